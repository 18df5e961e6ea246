use super::people::link as linked;
use super::*;
use contract::directory::{Kind, Reason};
use contract::people::Standing;
use server::model::directory::{Row, RowResult, Run, RunState, Step};
use server::model::link::{Employee, Link, LinkState, Member};
use server::store::console::Role;
use server::store::console_session::{ConsoleSession, Ground};
use server::store::member::Wanted;
use server::store::{console, console_grant, console_session, directory, link, link_reminder, member};

pub fn run(id: &str, integration: &str) -> Run {
    Run {
        id: id.into(),
        integration: integration.into(),
        state: RunState::Looking,
        step: Step::Members,
        cursor: 0,
        asked_by: "administrator".into(),
        done: 0,
        total: 0,
        groups_read: 0,
        groups_all: 0,
        failure: String::new(),
        created: NOW,
        updated: NOW,
        version: 0,
    }
}

pub fn row(run: &str, member_id: i64, kind: Kind) -> Row {
    Row {
        run: run.into(),
        member: Member { member_id, name: format!("M{member_id}"), account_id: 9, account_name: String::new() },
        clue: "185****0300".into(),
        kind,
        reason: Reason::NobodyHasIt,
        employee: None,
        seen: String::new(),
        result: RowResult::Nothing,
        link_id: None,
    }
}

/// A row of every table of people, for an integration.
pub async fn fill(tx: &mut Tx, key: &str) {
    let id = format!("run-{key}");
    directory::begin(tx, &run(&id, key)).await.unwrap();
    directory::put(tx, &row(&id, 7, Kind::New)).await.unwrap();
    directory::add_candidate(tx, &id, "li").await.unwrap();
    member::put(tx, key, 7, "Li", NOW).await.unwrap();
    console_grant::put(tx, key, 7, Role::Observer, NOW).await.unwrap();
    link_reminder::take(tx, key, "li", NOW, NOW).await.unwrap();
    console_session::insert(tx, &session(&format!("console-session-{key}"), key)).await.unwrap();
}

fn session(id: &str, key: &str) -> ConsoleSession {
    ConsoleSession {
        id: id.into(),
        integration: key.into(),
        user_id: "li".into(),
        user_name: "李".into(),
        role: Role::Observer,
        ground: Ground::Grant,
        checked: NOW,
        created: NOW,
        expires: Millis(NOW.0 + 10),
    }
}

#[tokio::test]
async fn one_run_at_a_time_and_each_row_says_what_became_of_it() {
    in_both(async |tx| {
        assert!(directory::begin(tx, &run("1", "alpha")).await.unwrap());
        assert!(!directory::begin(tx, &run("2", "alpha")).await.unwrap(), "another is under way");
        assert!(directory::begin(tx, &run("3", "beta")).await.unwrap());
        let shown = Run { state: RunState::Shown, step: Step::People, done: 4, total: 5, ..run("1", "alpha") };
        assert!(directory::update(tx, &shown).await.unwrap());
        assert!(!directory::update(tx, &shown).await.unwrap(), "somebody was faster");
        assert_eq!(directory::get(tx, "alpha", "1").await.unwrap(), Some(Run { version: 1, ..shown.clone() }));
        assert_eq!(directory::get(tx, "beta", "1").await.unwrap(), None);
        assert_eq!(directory::last_applied(tx, "alpha").await.unwrap(), None);
        let later = Run { created: Millis(NOW.0 + 1), ..run("2", "alpha") };
        assert!(directory::begin(tx, &later).await.unwrap());
        assert_eq!(directory::newest(tx, "alpha").await.unwrap().unwrap().id, "2");
        directory::update(tx, &Run { state: RunState::Applied, ..later }).await.unwrap();
        assert_eq!(directory::last_applied(tx, "alpha").await.unwrap().unwrap().id, "2");

        for (member_id, kind) in [(7, Kind::New), (8, Kind::Changed), (9, Kind::Conflict)] {
            directory::put(tx, &row("2", member_id, kind)).await.unwrap();
        }
        let employee = Employee { user_id: "li".into(), name: "李".into(), union_id: Some("u".into()) };
        let done = Row {
            employee: Some(employee),
            clue: String::new(),
            reason: Reason::None,
            seen: "a b".into(),
            result: RowResult::Linked,
            link_id: Some("l".into()),
            ..row("2", 7, Kind::New)
        };
        directory::put(tx, &done).await.unwrap();
        assert_eq!(directory::row_of(tx, "2", 7).await.unwrap(), Some(done));
        let ids = |rows: Vec<Row>| rows.iter().map(|row| row.member.member_id).collect::<Vec<_>>();
        assert_eq!(ids(directory::rows(tx, "2", None, None, 7, 1).await.unwrap()), [8]);
        assert_eq!(ids(directory::rows(tx, "2", Some(Kind::Conflict), None, 0, 9).await.unwrap()), [9]);
        assert_eq!(ids(directory::rows(tx, "2", None, Some(RowResult::Linked), 0, 9).await.unwrap()), [7]);
        assert_eq!(ids(directory::to_apply(tx, "2", 9).await.unwrap()), [8]);
        let mut counts = directory::counts(tx, "2").await.unwrap();
        counts.sort_by_key(|(kind, ..)| *kind);
        assert_eq!(counts[0], (Kind::New, RowResult::Linked, 1));

        for user_id in ["b", "a", "a"] {
            directory::add_candidate(tx, "2", user_id).await.unwrap();
        }
        assert_eq!(directory::candidates(tx, "2", 9).await.unwrap(), ["a", "b"]);
        directory::drop_candidate(tx, "2", "a").await.unwrap();
        assert_eq!(directory::candidates_left(tx, "2").await.unwrap(), 1);
        assert_eq!(directory::sweep(tx, NOW, 9).await.unwrap(), 0);
        assert_eq!(directory::sweep(tx, Millis(NOW.0 + 2), 9).await.unwrap(), 2, "not what is under way");
        assert_eq!(directory::candidates_left(tx, "2").await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn members_come_by_their_shift_and_name_with_how_they_are_linked() {
    in_both(async |tx| {
        link::put(tx, &linked("1", "alpha", "li", 7)).await.unwrap();
        let by_directory = Link { credential: None, ..linked("2", "alpha", "wang", 8) };
        link::put(tx, &by_directory).await.unwrap();
        link::put(tx, &Link { state: LinkState::Broken, ..linked("3", "alpha", "zhao", 9) }).await.unwrap();
        assert_eq!(member::last_read(tx, "alpha").await.unwrap(), None, "known by links alone");
        for (member_id, name) in [(7, "Li"), (8, "wang"), (10, "Ada 100%"), (11, "Bob")] {
            member::put(tx, "alpha", member_id, name, NOW).await.unwrap();
        }
        member::put(tx, "beta", 7, "Li", NOW).await.unwrap();
        assert_eq!(member::last_read(tx, "alpha").await.unwrap(), Some(NOW));
        member::on_call(tx, "alpha", 11, Millis(NOW.0 + 5)).await.unwrap();
        member::on_call(tx, "alpha", 11, Millis(NOW.0 + 9)).await.unwrap();
        let wanted = |standing, query: &str| Wanted {
            standing,
            query: Some(query.to_owned()).filter(|query| !query.is_empty()),
        };
        let all = member::list(tx, "alpha", &Wanted::default(), 0, 9).await.unwrap();
        let names: Vec<_> = all.iter().map(|one| one.member_id).collect();
        assert_eq!(names, [11, 10, 7, 9, 8], "on call, then by name in small letters");
        assert_eq!(all[0].on_call, Some(Millis(NOW.0 + 5)));
        for (standing, expected) in [
            (Standing::Linked, vec![7]),
            (Standing::Directory, vec![8]),
            (Standing::Unlinked, vec![11, 10]),
            (Standing::Broken, vec![9]),
        ] {
            let found = member::list(tx, "alpha", &wanted(Some(standing), ""), 0, 9).await.unwrap();
            assert_eq!(found.iter().map(|one| one.member_id).collect::<Vec<_>>(), expected, "{standing:?}");
        }
        assert_eq!(member::list(tx, "alpha", &wanted(None, "100%"), 0, 9).await.unwrap()[0].member_id, 10);
        assert!(member::list(tx, "alpha", &wanted(None, "a%b"), 0, 9).await.unwrap().is_empty());
        assert_eq!(member::list(tx, "alpha", &Wanted::default(), 4, 9).await.unwrap().len(), 1);
        let counts = member::counts(tx, "alpha").await.unwrap();
        assert!(counts.contains(&(Standing::Unlinked, 2)) && counts.contains(&(Standing::Linked, 1)), "{counts:?}");
        let one = member::one(tx, "alpha", 8).await.unwrap().unwrap();
        assert_eq!((one.standing, one.link.unwrap().user_id), (Standing::Directory, "wang".to_owned()));
        member::clear_on_call(tx, "alpha").await.unwrap();
        assert_eq!(member::one(tx, "alpha", 11).await.unwrap().unwrap().on_call, None);
        assert_eq!(member::forget(tx, "alpha", Millis(NOW.0 + 1)).await.unwrap(), 2, "who has a link stays");
    })
    .await;
}

#[tokio::test]
async fn reminders_are_for_who_cannot_act_and_once() {
    in_both(async |tx| {
        link::put(tx, &linked("1", "alpha", "li", 7)).await.unwrap();
        link::put(tx, &Link { credential: None, ..linked("2", "alpha", "wang", 8) }).await.unwrap();
        link::put(tx, &Link { state: LinkState::Broken, ..linked("3", "alpha", "zhao", 9) }).await.unwrap();
        let (yesterday, later) = (Millis(NOW.0 - 100), Millis(NOW.0 + 200));
        assert_eq!(link_reminder::due(tx, "alpha", yesterday, 9).await.unwrap(), ["wang", "zhao"]);
        assert!(link_reminder::take(tx, "alpha", "wang", yesterday, NOW).await.unwrap());
        assert!(!link_reminder::take(tx, "alpha", "wang", yesterday, NOW).await.unwrap(), "somebody was faster");
        assert_eq!(link_reminder::due(tx, "alpha", yesterday, 9).await.unwrap(), ["zhao"]);
        assert_eq!(link_reminder::due(tx, "alpha", NOW, 9).await.unwrap(), ["wang", "zhao"]);
        assert!(link_reminder::take(tx, "alpha", "wang", NOW, later).await.unwrap());
        assert_eq!(link_reminder::sweep(tx, later).await.unwrap(), 0);
        assert_eq!(link_reminder::sweep(tx, Millis(later.0 + 1)).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn roles_are_given_and_taken() {
    in_both(async |tx| {
        assert_eq!(console_grant::get(tx, "alpha", 7).await.unwrap(), None);
        console_grant::put(tx, "alpha", 7, Role::Observer, NOW).await.unwrap();
        console_grant::put(tx, "alpha", 7, Role::Administrator, NOW).await.unwrap();
        console_grant::put(tx, "beta", 7, Role::Observer, NOW).await.unwrap();
        assert_eq!(console_grant::get(tx, "alpha", 7).await.unwrap(), Some(Role::Administrator));
        assert_eq!(
            console_grant::all(tx, "beta").await.unwrap().into_iter().collect::<Vec<_>>(),
            [(7, Role::Observer)]
        );
        assert!(console_grant::remove(tx, "alpha", 7).await.unwrap());
        assert!(!console_grant::remove(tx, "alpha", 7).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_console_session_has_a_role_until_it_ends() {
    in_both(async |tx| {
        for (id, key) in [("1", "alpha"), ("2", "alpha"), ("3", "beta"), ("4", "")] {
            console_session::insert(tx, &session(id, key)).await.unwrap();
        }
        assert_eq!(console_session::get(tx, "1", NOW).await.unwrap(), Some(session("1", "alpha")));
        assert_eq!(console_session::get(tx, "1", Millis(NOW.0 + 10)).await.unwrap(), None, "it has expired");
        let later = Millis(NOW.0 + 1);
        assert!(console_session::check(tx, "1", Role::Administrator, Ground::Flashduty, later).await.unwrap());
        let checked = console_session::get(tx, "1", NOW).await.unwrap().unwrap();
        assert_eq!((checked.role, checked.ground, checked.checked), (Role::Administrator, Ground::Flashduty, later));
        assert!(console_session::delete(tx, "2").await.unwrap());
        assert!(!console_session::delete(tx, "2").await.unwrap());
        assert_eq!(console_session::delete_of_user(tx, "alpha", "li").await.unwrap(), 1);
        assert_eq!(console_session::sweep(tx, Millis(NOW.0 + 9)).await.unwrap(), 0);
        assert_eq!(console_session::sweep(tx, Millis(NOW.0 + 10)).await.unwrap(), 2);
    })
    .await;
}

#[tokio::test]
async fn whom_the_console_is_offered_to_and_tokens_that_end() {
    in_both(async |tx| {
        assert!(!member::is_admin(tx, "alpha", 7).await.unwrap());
        member::note_admin(tx, "alpha", 7, "Li", true).await.unwrap();
        assert!(member::is_admin(tx, "alpha", 7).await.unwrap());
        member::put(tx, "alpha", 7, "Li Na", NOW).await.unwrap();
        assert!(member::is_admin(tx, "alpha", 7).await.unwrap(), "reading names leaves it alone");
        member::note_admin(tx, "alpha", 7, "Li", false).await.unwrap();
        assert!(!member::is_admin(tx, "alpha", 7).await.unwrap());
        assert_eq!(member::one(tx, "alpha", 7).await.unwrap().unwrap().name, "Li Na");

        for (hash, name, role) in
            [("1", "b", Role::Observer), ("2", "a", Role::Administrator), ("3", "b", Role::Observer)]
        {
            console::add_token(tx, hash, name, role, NOW).await.unwrap();
        }
        let names: Vec<_> = console::tokens(tx).await.unwrap().into_iter().map(|(token, _)| token.name).collect();
        assert_eq!(names, ["a", "b", "b"]);
        assert_eq!(console::remove_tokens(tx, "b").await.unwrap(), 2);
        assert_eq!(console::remove_tokens(tx, "b").await.unwrap(), 0);
        assert!(console::token(tx, "1").await.unwrap().is_none());
    })
    .await;
}
