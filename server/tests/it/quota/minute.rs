//! How often the bot speaks in one group, over two programs on one database.

use crate::postgres;
use dingtalk::{Admission, Call, DingTalkError, ErrorClass, Held, Why};
use server::flow::quota::Pilot;
use server::model::quota::Priority;
use server::model::throttle::Span;
use server::store::{SealingKeys, Store};
use std::sync::Arc;
use std::time::Duration;
use world::{ManualClock, Millis, SystemChance, World};

const KEY: &str = "a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2U=";
const GROUP: &str = "cid-one";
/// More than the second of an API lasts.
const STEP: Duration = Duration::from_millis(1_100);

struct Program {
    pilot: Pilot,
    store: Store,
}

impl Program {
    async fn start(url: &str, world: &World) -> Self {
        let store = Store::open(url, SealingKeys::parse(KEY).unwrap(), world.clone()).await.unwrap();
        Self { pilot: Pilot::start(store.clone(), world.clone()), store }
    }

    fn gate(&self, priority: Priority) -> Arc<dyn Admission> {
        self.pilot.gate(&crate::store::integration("spoken"), priority)
    }

    /// Says something in a group, and hears the answer.
    async fn say(&self, group: &str, priority: Priority, answer: Result<(), &DingTalkError>) -> Result<(), Held> {
        self.gate(priority).admit(&Call::SEND_TO_GROUP, Some(group)).await?.answered(answer);
        self.pilot.flush().await;
        Ok(())
    }
}

async fn a_bot_speaks_twenty_times_a_minute(url: &str) {
    let clock = Arc::new(ManualClock::at(Millis(1_790_000_000_000)));
    let world = World::new(clock.clone(), Arc::new(SystemChance));
    let programs = [Program::start(url, &world).await, Program::start(url, &world).await];
    // Long enough to trust the clock.
    clock.advance(Span::Minute.untold());
    let begun = world.now();
    for n in 0..16 {
        assert_eq!(programs[n % 2].say(GROUP, Priority::State, Ok(())).await, Ok(()), "{n}");
        clock.advance(STEP);
    }
    let first_ends = begun.plus(Span::Minute.behind());
    let full = Err(Held { until: first_ends, why: Why::Minute });
    assert_eq!(programs[0].say(GROUP, Priority::State, Ok(())).await, full, "the last are kept for what is new");
    for n in 16..20 {
        assert_eq!(programs[n % 2].say(GROUP, Priority::Page, Ok(())).await, Ok(()), "{n}");
        clock.advance(STEP);
    }
    for program in &programs {
        assert_eq!(program.say(GROUP, Priority::Page, Ok(())).await, full);
        assert_eq!(program.say("cid-other", Priority::Page, Ok(())).await, Ok(()), "another group is another minute");
        clock.advance(STEP);
    }
    clock.advance(first_ends.since(world.now()) - Duration::from_millis(1));
    assert_eq!(programs[1].say(GROUP, Priority::Page, Ok(())).await, full);
    clock.advance(Duration::from_millis(1));
    assert_eq!(programs[1].say(GROUP, Priority::Page, Ok(())).await, Ok(()));

    // Somebody else speaks as this bot: DingTalk refuses, and whoever asks next is not sent to be refused, too.
    clock.advance(Span::Minute.untold());
    let too_much = DingTalkError {
        class: ErrorClass::Throttled { retry_after_ms: None },
        code: "send.too.fast".into(),
        message: String::new(),
        request_id: None,
        http_status: Some(400),
        by_space: false,
    };
    assert_eq!(programs[0].say(GROUP, Priority::Page, Err(&too_much)).await, Ok(()));
    let refused = programs[1].say(GROUP, Priority::Page, Ok(())).await.unwrap_err();
    assert_eq!((refused.why, refused.until), (Why::Minute, world.now().plus(Duration::from_secs(30))));
    clock.advance(STEP);
    assert_eq!(programs[1].say("cid-other", Priority::Page, Ok(())).await, Ok(()), "the API itself goes on");
    clock.advance(Duration::from_secs(30));
    assert_eq!(programs[1].say(GROUP, Priority::Page, Ok(())).await, Ok(()));
    for program in programs {
        program.store.close().await;
    }
}

#[tokio::test]
async fn a_bot_speaks_twenty_times_a_minute_on_sqlite() {
    let folder = std::env::temp_dir().join(format!("dingduty-minute-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    a_bot_speaks_twenty_times_a_minute(&format!("sqlite:{}", folder.join("minute.db").display())).await;
    std::fs::remove_dir_all(&folder).unwrap();
}

#[tokio::test]
async fn a_bot_speaks_twenty_times_a_minute_on_postgresql() {
    let Some(url) = postgres::database().await else { return };
    a_bot_speaks_twenty_times_a_minute(&url).await;
}
