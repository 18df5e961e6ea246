use super::*;
use contract::person::SignInWay;
use secrecy::ExposeSecret;
use server::model::link::{Credential, Employee, Link, LinkState, Member};
use server::model::link_attempt::{Goal, LinkAttempt, Step};
use server::model::session::Session;
use server::store::console::Role;
use server::store::{console, integration, link, link_attempt, session};

pub fn link(id: &str, integration: &str, user_id: &str, member_id: i64) -> Link {
    Link {
        id: id.into(),
        integration: integration.into(),
        employee: Employee { user_id: user_id.into(), name: "李".into(), union_id: Some("u".into()) },
        member: Member { member_id, name: "Li".into(), account_id: 99, account_name: "Shop".into() },
        proof: SignInWay::AppKey,
        credential: Some(Credential::AppKey(secret("key of li"))),
        state: LinkState::Linked,
        created: NOW,
        updated: NOW,
        version: 1,
    }
}

fn app_key(link: &Link) -> &str {
    match &link.credential {
        Some(Credential::AppKey(key)) => key.expose_secret(),
        _ => panic!("no APP key"),
    }
}

#[tokio::test]
async fn a_link_is_found_from_both_sides() {
    in_both(async |tx| {
        assert!(link::put(tx, &link("1", "alpha", "li", 7)).await.unwrap().is_none());
        assert!(link::put(tx, &link("2", "beta", "li", 7)).await.unwrap().is_none(), "integrations are apart");
        let found = link::by_user(tx, "alpha", "li").await.unwrap().unwrap();
        assert_eq!((found.id.as_str(), app_key(&found)), ("1", "key of li"));
        assert_eq!((&found.employee, &found.member), (&link("", "", "li", 7).employee, &link("", "", "li", 7).member));
        assert_eq!((found.proof, found.state, found.version), (SignInWay::AppKey, LinkState::Linked, 1));
        assert_eq!(link::by_member(tx, "beta", 7).await.unwrap().unwrap().id, "2");
        assert!(link::by_user(tx, "alpha", "wang").await.unwrap().is_none());
        assert!(link::by_user(tx, "alpha", "li\0").await.unwrap().is_none(), "a NUL is an ordinary wrong id");
        assert!(link::by_member(tx, "alpha", 8).await.unwrap().is_none());
        let oauth = Credential::Oauth { access: secret("a"), refresh: Some(secret("r")), expires: Some(NOW) };
        let wang = Link { credential: Some(oauth), proof: SignInWay::Oauth, ..link("3", "alpha", "wang", 8) };
        link::put(tx, &wang).await.unwrap();
        let found = link::by_members(tx, "alpha", &[8, 5, 7]).await.unwrap();
        assert_eq!(found.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["3", "1"]);
        let Some(Credential::Oauth { access, refresh, expires }) = &found[0].credential else { panic!("no tokens") };
        assert_eq!((access.expose_secret(), expires), ("a", &Some(NOW)));
        assert_eq!(refresh.as_ref().unwrap().expose_secret(), "r");
        assert_eq!(link::count(tx, "alpha").await.unwrap(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_new_link_takes_the_place_of_the_employees_and_of_the_members_former_one() {
    in_both(async |tx| {
        link::put(tx, &link("1", "alpha", "li", 7)).await.unwrap();
        let directory = Link { credential: None, proof: SignInWay::Directory, ..link("2", "alpha", "li", 8) };
        assert!(link::put(tx, &directory).await.unwrap().is_none());
        assert!(link::by_member(tx, "alpha", 7).await.unwrap().is_none());
        let found = link::by_user(tx, "alpha", "li").await.unwrap().unwrap();
        assert_eq!((found.id.as_str(), found.proof, found.version), ("2", SignInWay::Directory, 2));
        assert!(found.credential.is_none());

        let pushed_out = link::put(tx, &link("3", "alpha", "wang", 8)).await.unwrap().unwrap();
        assert_eq!((pushed_out.id.as_str(), pushed_out.employee.user_id.as_str()), ("2", "li"));
        assert!(link::by_user(tx, "alpha", "li").await.unwrap().is_none());
        assert_eq!(app_key(&link::by_member(tx, "alpha", 8).await.unwrap().unwrap()), "key of li");
    })
    .await;
}

#[tokio::test]
async fn of_two_that_renew_a_credential_one_wins() {
    in_both(async |tx| {
        link::put(tx, &link("1", "alpha", "li", 7)).await.unwrap();
        let renewed = |key| Link { credential: Some(Credential::AppKey(secret(key))), ..link("1", "alpha", "li", 7) };
        assert!(link::set_credential(tx, &renewed("first")).await.unwrap());
        assert!(!link::set_credential(tx, &renewed("second")).await.unwrap());
        assert_eq!(app_key(&link::by_user(tx, "alpha", "li").await.unwrap().unwrap()), "first");
        assert!(!link::set_broken(tx, "1", 1, Millis(5)).await.unwrap(), "it was renewed since");
        assert!(link::set_broken(tx, "1", 2, Millis(5)).await.unwrap());
        let found = link::by_user(tx, "alpha", "li").await.unwrap().unwrap();
        assert_eq!((found.state, found.updated, found.version), (LinkState::Broken, Millis(5), 3));
        assert!(link::delete(tx, "1").await.unwrap());
        assert!(!link::delete(tx, "1").await.unwrap());
        assert!(!link::set_broken(tx, "1", 3, NOW).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn one_process_at_a_time_renews_a_credential() {
    in_both(async |tx| {
        link::put(tx, &link("1", "alpha", "li", 7)).await.unwrap();
        let until = Millis(NOW.0 + 20_000);
        assert!(link::lease_refresh(tx, "1", NOW, until).await.unwrap());
        assert!(!link::lease_refresh(tx, "1", NOW, until).await.unwrap());
        assert!(!link::lease_refresh(tx, "2", NOW, until).await.unwrap(), "no such link");
        let later = Millis(until.0 + 20_000);
        assert!(link::lease_refresh(tx, "1", until, later).await.unwrap(), "the former one died");
        link::release_refresh(tx, "1", until).await.unwrap();
        assert!(!link::lease_refresh(tx, "1", until, later).await.unwrap(), "a lost lease gives nothing free");
        link::release_refresh(tx, "1", later).await.unwrap();
        assert!(link::lease_refresh(tx, "1", NOW, until).await.unwrap());
        assert!(link::set_credential(tx, &link("1", "alpha", "li", 7)).await.unwrap());
        assert!(link::lease_refresh(tx, "1", NOW, until).await.unwrap(), "who renewed it gave it free");
    })
    .await;
}

#[tokio::test]
async fn links_are_listed_by_page_and_state() {
    in_both(async |tx| {
        for number in 0..5 {
            let new = link(&number.to_string(), "alpha", &format!("u{number}"), number);
            let state = if number == 2 { LinkState::Broken } else { LinkState::Linked };
            link::put(tx, &Link { state, created: Millis(number / 2), ..new }).await.unwrap();
        }
        let ids = |links: &[Link]| links.iter().map(|one| one.id.clone()).collect::<String>();
        let first = link::list(tx, "alpha", None, None, 2).await.unwrap();
        assert_eq!(ids(&first), "43");
        let last = &first[1];
        let rest = link::list(tx, "alpha", None, Some((last.created, last.id.clone())), 9).await.unwrap();
        assert_eq!(ids(&rest), "210");
        assert_eq!(ids(&link::list(tx, "alpha", Some(LinkState::Broken), None, 9).await.unwrap()), "2");
    })
    .await;
}

/// Two transactions at once: on SQLite they wait for each other, PostgreSQL lets one of them find the place taken.
#[tokio::test]
async fn a_member_is_linked_once_however_many_try() {
    on_both(async |database| {
        let store = database.open().await;
        let mut tries = tokio::task::JoinSet::new();
        for number in 0..8 {
            let store = store.clone();
            tries.spawn(async move {
                let mut tx = store.begin().await?;
                link::put(&mut tx, &link(&number.to_string(), "alpha", &format!("u{number}"), 7)).await?;
                tx.commit().await
            });
        }
        for result in tries.join_all().await {
            assert!(matches!(result, Ok(()) | Err(StoreError::Taken)), "{result:?}");
        }
        let mut tx = store.read().await.unwrap();
        assert_eq!(link::count(&mut tx, "alpha").await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_attempt_is_used_once() {
    in_both(async |tx| {
        let mut attempt = LinkAttempt::open("secret id".into(), "alpha", Goal::PcHome, Some("li".into()), NOW);
        link_attempt::insert(tx, &attempt).await.unwrap();
        assert!(link_attempt::get(tx, "beta", "secret id", NOW).await.unwrap().is_none());
        assert!(link_attempt::get(tx, "alpha", "secret id", attempt.expires).await.unwrap().is_none());
        let li = Employee { user_id: "li".into(), name: "Li".into(), union_id: None };
        attempt.arrive(li, "browser", NOW).unwrap();
        assert!(link_attempt::update(tx, &attempt).await.unwrap());
        assert!(!link_attempt::update(tx, &attempt).await.unwrap());
        assert!(!link_attempt::consume(tx, &attempt).await.unwrap(), "it has changed since it was read");
        let found = link_attempt::get(tx, "alpha", "secret id", NOW).await.unwrap().unwrap();
        assert_eq!((found.version, found.goal.clone()), (attempt.version + 1, Goal::PcHome));
        assert!(matches!(&found.step, Step::Known { employee, .. } if employee.user_id == "li"));
        assert!(link_attempt::consume(tx, &found).await.unwrap());
        assert!(!link_attempt::consume(tx, &found).await.unwrap());
        assert!(link_attempt::get(tx, "alpha", "secret id", NOW).await.unwrap().is_none());

        link_attempt::insert(tx, &attempt).await.unwrap();
        assert_eq!(link_attempt::sweep(tx, NOW).await.unwrap(), 0);
        assert_eq!(link_attempt::sweep(tx, attempt.expires).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn sessions_end_by_time_by_hand_and_by_person() {
    in_both(async |tx| {
        let session = |id: &str, user_id: &str| Session {
            id: id.into(),
            integration: "alpha".into(),
            user_id: user_id.into(),
            user_name: "李".into(),
            created: NOW,
            expires: Millis(NOW.0 + 10),
        };
        for (id, user_id) in [("1", "li"), ("2", "li"), ("3", "wang"), ("4", "zhao")] {
            session::insert(tx, &session(id, user_id)).await.unwrap();
        }
        assert_eq!(session::get(tx, "1", NOW).await.unwrap(), Some(session("1", "li")));
        assert_eq!(session::get(tx, "1", Millis(NOW.0 + 10)).await.unwrap(), None);
        assert!(session::extend(tx, "1", Millis(NOW.0 + 20)).await.unwrap());
        assert_eq!(session::sweep(tx, Millis(NOW.0 + 9)).await.unwrap(), 0);
        assert!(session::delete(tx, "4").await.unwrap());
        assert!(!session::delete(tx, "4").await.unwrap());
        assert_eq!(session::sweep(tx, Millis(NOW.0 + 10)).await.unwrap(), 2);
        assert_eq!(session::delete_of_user(tx, "alpha", "li").await.unwrap(), 1);
        assert!(!session::extend(tx, "1", NOW).await.unwrap());
        for (number, user_id) in [(1, "li"), (2, "li"), (3, "li"), (4, "wang")] {
            let created = Millis(NOW.0 + number);
            session::insert(tx, &Session { created, ..session(&number.to_string(), user_id) }).await.unwrap();
        }
        assert_eq!(session::delete_oldest_of_user(tx, "alpha", "li", 2).await.unwrap(), 1);
        assert_eq!(session::delete_oldest_of_user(tx, "alpha", "li", 2).await.unwrap(), 0);
        let left = [session::get(tx, "1", NOW).await.unwrap(), session::get(tx, "3", NOW).await.unwrap()];
        assert_eq!(left.map(|one| one.is_some()), [false, true]);
    })
    .await;
}

#[tokio::test]
async fn a_console_link_opens_once_and_tokens_stay() {
    in_both(async |tx| {
        assert!(console::is_empty(tx).await.unwrap());
        console::put_link(tx, "hash", Role::Observer, Millis(NOW.0 + 10)).await.unwrap();
        assert!(!console::is_empty(tx).await.unwrap());
        assert_eq!(console::take_link(tx, "hash", Millis(NOW.0 + 10)).await.unwrap(), None, "it has expired");
        assert_eq!(console::take_link(tx, "hash", NOW).await.unwrap(), Some(Role::Observer));
        assert_eq!(console::take_link(tx, "hash", NOW).await.unwrap(), None);
        console::put_link(tx, "other", Role::Administrator, NOW).await.unwrap();
        assert_eq!(console::sweep(tx, NOW).await.unwrap(), 1);
        assert!(console::is_empty(tx).await.unwrap());
        integration::insert(tx, &super::integration("alpha")).await.unwrap();
        assert!(!console::is_empty(tx).await.unwrap());

        console::add_token(tx, "t", "monitoring", Role::Observer, NOW).await.unwrap();
        let token = console::token(tx, "t").await.unwrap().unwrap();
        assert_eq!((token.name.as_str(), token.role), ("monitoring", Role::Observer));
        assert_eq!(console::token(tx, "other").await.unwrap(), None);
    })
    .await;
}
