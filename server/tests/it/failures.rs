//! What a platform refuses of the settings is kept and shown until it goes well.

use crate::bench::{Bench, KEY};
use server::flow::set_up;
use std::time::Duration;

async fn change(bench: &Bench, field: &str, value: &str) {
    let pairs = vec![(field.to_owned(), Some(value.to_owned()))];
    set_up::set(&bench.app.state, KEY, pairs, "bench").await.unwrap();
    bench.run_due().await;
}

#[tokio::test]
async fn a_wrong_key_is_told_without_looking_into_the_log() {
    let bench = Bench::start().await;
    assert_eq!(set_up::failures(&bench.app.state, KEY).await.unwrap(), Default::default());
    let wrong = "0123456789abcdef0123456789abcdef";
    change(&bench, "flashduty_app_key", wrong).await;
    bench.reconcile().await;
    let failures = set_up::failures(&bench.app.state, KEY).await.unwrap();
    assert_eq!(failures.account.as_ref().map(|one| one.code.as_str()), Some("Unauthorized"), "{failures:?}");
    assert!(failures.open_incidents.is_some() && failures.card_callback.is_none(), "{failures:?}");
    assert!(!format!("{failures:?}").contains(wrong));

    change(&bench, "flashduty_app_key", simulator::flashduty::seed::SERVICE_APP_KEY).await;
    for _ in 0..8 {
        bench.advance(Duration::from_secs(400));
        bench.run_due().await;
    }
    assert_eq!(set_up::failures(&bench.app.state, KEY).await.unwrap(), Default::default());
}
