use super::*;
use secrecy::ExposeSecret;
use server::model::card::Card;
use server::model::chat::Chat;
use server::model::check::Run;
use server::model::delivery::Target;
use server::model::digest::Digest;
use server::model::incident::{Incident, Mirror};
use server::model::link_attempt::{Goal, LinkAttempt};
use server::model::link_message::LinkMessage;
use server::model::mention::{Mention, Note};
use server::model::session::Session;
use server::model::subscription::{Rule, Subscription};
use server::model::task::TaskKind;
use server::store::audit::AuditEntry;
use server::store::console::Role;
use server::store::inbox::{NewItem, Source};
use server::store::made_incident::{self, FormKey};
use server::store::oauth_client::OauthClient;
use server::store::robot_push::RobotPush;
use server::store::{
    audit, card, card_text, chat, chat_health, check_run, console, delivery, digest, evidence, incident, integration,
    link, link_attempt, link_message, mention, note, oauth_client, reconcile, robot_push, session, subscription, task,
    work_notice_person,
};
use sqlx::{Connection, Row};

#[tokio::test]
async fn an_integration_comes_back_as_it_was() {
    in_both(async |tx| {
        integration::insert(tx, &super::integration("alpha")).await.unwrap();
        let mut found = integration::by_key(tx, "alpha").await.unwrap().unwrap();
        assert_eq!(found.settings, super::integration("alpha").settings);
        assert_eq!(found.secrets.routes.card_signing.expose_secret(), "signing");
        assert_eq!((found.account_id, found.version), (None, 1));
        assert!(integration::by_key(tx, "beta").await.unwrap().is_none());

        found.account_id = Some(i64::MAX);
        found.settings.name = "new".into();
        found.secrets.token = secret("new token");
        assert!(integration::update(tx, &found).await.unwrap());
        assert!(!integration::update(tx, &found).await.unwrap(), "the version is older now");
        let again = integration::by_key(tx, "alpha").await.unwrap().unwrap();
        assert_eq!((again.settings.name.as_str(), again.account_id, again.version), ("new", Some(i64::MAX), 2));
        assert_eq!(again.secrets.token.expose_secret(), "new token");

        let later = super::integration("beta");
        integration::insert(tx, &Integration { created: Millis(NOW.0 + 1), ..later }).await.unwrap();
        let keys: Vec<String> = integration::list(tx).await.unwrap().into_iter().map(|one| one.key).collect();
        assert_eq!(keys, ["alpha", "beta"]);
    })
    .await;
}

#[tokio::test]
async fn marks_leave_the_version_alone_and_the_header_is_remembered() {
    in_both(async |tx| {
        integration::insert(tx, &super::integration("alpha")).await.unwrap();
        integration::mark_checked(tx, "alpha", Millis(5)).await.unwrap();
        integration::mark_webhook(tx, "alpha", Millis(6), true).await.unwrap();
        integration::mark_webhook(tx, "alpha", Millis(7), false).await.unwrap();
        let found = integration::by_key(tx, "alpha").await.unwrap().unwrap();
        assert_eq!(
            (found.checked, found.webhook, found.webhook_header),
            (Some(Millis(5)), Some(Millis(7)), Some(Millis(6)))
        );
        assert_eq!(found.version, 1);
    })
    .await;
}

#[tokio::test]
async fn a_key_is_taken_once() {
    on_both(async |database| {
        let store = database.open().await;
        let mut tx = store.begin().await.unwrap();
        integration::insert(&mut tx, &super::integration("alpha")).await.unwrap();
        let taken = integration::insert(&mut tx, &super::integration("alpha")).await;
        assert!(matches!(taken, Err(StoreError::Taken)), "{taken:?}");
    })
    .await;
}

#[tokio::test]
async fn the_registration_at_the_sign_in_is_replaced() {
    in_both(async |tx| {
        assert!(oauth_client::get(tx, "alpha").await.unwrap().is_none());
        let mut client = OauthClient {
            issuer: "https://f".into(),
            redirect_uri: "https://d/back".into(),
            client_id: "1".into(),
            client_secret: Some(secret("s")),
        };
        oauth_client::put(tx, "alpha", &client).await.unwrap();
        let found = oauth_client::get(tx, "alpha").await.unwrap().unwrap();
        assert_eq!((found.issuer.as_str(), found.redirect_uri.as_str()), ("https://f", "https://d/back"));
        assert_eq!(found.client_secret.unwrap().expose_secret(), "s");
        client.client_id = "2".into();
        client.client_secret = None;
        oauth_client::put(tx, "alpha", &client).await.unwrap();
        let found = oauth_client::get(tx, "alpha").await.unwrap().unwrap();
        assert_eq!(found.client_id, "2");
        assert!(found.client_secret.is_none());
    })
    .await;
}

#[tokio::test]
async fn the_record_of_changes_comes_newest_first() {
    in_both(async |tx| {
        for (number, at) in [("a", 1), ("b", 2), ("c", 2)] {
            let entry = AuditEntry {
                id: number.into(),
                integration: "alpha".into(),
                actor: "li".into(),
                act: "link".into(),
                subject: "7".into(),
                detail: serde_json::json!({ "number": number }),
                address: "192.0.2.1".into(),
                at: Millis(at),
            };
            audit::add(tx, &entry).await.unwrap();
        }
        let page = audit::list(tx, "alpha", None, 2).await.unwrap();
        assert_eq!(page.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["c", "b"]);
        assert_eq!(page[1].detail, serde_json::json!({ "number": "b" }));
        let rest = audit::list(tx, "alpha", Some((page[1].at, page[1].id.clone())), 2).await.unwrap();
        assert_eq!(rest.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["a"]);
        assert_eq!(audit::list(tx, "beta", None, 2).await.unwrap(), []);
    })
    .await;
}

/// Fails when a table gets an `integration` column and removal forgets it.
#[tokio::test]
async fn removal_leaves_no_row_and_spares_the_others() {
    on_both(async |database| {
        let store = database.open().await;
        for key in ["alpha", "beta"] {
            let mut tx = store.begin().await.unwrap();
            fill(&mut tx, key).await;
            tx.commit().await.unwrap();
            let (integration, source) = (key.to_owned(), Source::Event);
            let item = NewItem { integration, source, event_id: "1".into(), body: "{}".into() };
            store.inbox().put(item).await.unwrap();
        }
        let before = rows(database).await;
        assert!(before.iter().all(|(_, count)| *count == 2), "a table is not covered: {before:?}");
        let mut tx = store.begin().await.unwrap();
        assert!(integration::remove(&mut tx, "alpha").await.unwrap());
        assert!(!integration::remove(&mut tx, "alpha").await.unwrap());
        assert_eq!(delivery::attempts(&mut tx, "delivery-alpha", 9).await.unwrap(), []);
        assert_eq!(delivery::attempts(&mut tx, "delivery-beta", 9).await.unwrap().len(), 1);
        assert_eq!(note::get(&mut tx, "delivery-alpha").await.unwrap(), None);
        assert!(note::get(&mut tx, "delivery-beta").await.unwrap().is_some());
        assert_eq!(work_notice_person::get(&mut tx, "delivery-alpha").await.unwrap(), None);
        assert!(work_notice_person::get(&mut tx, "delivery-beta").await.unwrap().is_some());
        tx.commit().await.unwrap();
        let after = rows(database).await;
        assert!(after.iter().all(|(_, count)| *count == 1), "{after:?}");
    })
    .await;
}

/// How many rows each table with an `integration` column has.
async fn rows(database: &Database) -> Vec<(String, i64)> {
    let mut connection = sqlx::AnyConnection::connect(&database.url).await.unwrap();
    let tables = if database.url.starts_with("sqlite") {
        "SELECT m.name AS name FROM sqlite_master m, pragma_table_info(m.name) c \
         WHERE m.type = 'table' AND c.name = 'integration'"
    } else {
        "SELECT CAST(table_name AS TEXT) AS name FROM information_schema.columns \
         WHERE table_schema = 'public' AND column_name = 'integration'"
    };
    let mut counts = Vec::new();
    for table in sqlx::query(tables).fetch_all(&mut connection).await.unwrap() {
        let name: String = table.get("name");
        let count = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) AS n FROM {name}"));
        counts.push((name, sqlx::query(count).fetch_one(&mut connection).await.unwrap().get("n")));
    }
    assert!(counts.len() >= 12, "{counts:?}");
    counts
}

async fn fill(tx: &mut Tx, key: &str) {
    integration::insert(tx, &super::integration(key)).await.unwrap();
    let client = OauthClient {
        issuer: "https://f".into(),
        redirect_uri: "https://d".into(),
        client_id: "1".into(),
        client_secret: None,
    };
    oauth_client::put(tx, key, &client).await.unwrap();
    link::put(tx, &people::link(&format!("link-{key}"), key, "li", 7)).await.unwrap();
    let attempt = LinkAttempt::open(format!("attempt-{key}"), key, Goal::Home, None, NOW);
    link_attempt::insert(tx, &attempt).await.unwrap();
    let session = Session {
        id: format!("session-{key}"),
        integration: key.into(),
        user_id: "li".into(),
        user_name: "Li".into(),
        created: NOW,
        expires: NOW,
    };
    session::insert(tx, &session).await.unwrap();
    let form = FormKey { integration: key, user_id: "li", token: "t" };
    assert!(made_incident::begin(tx, form, NOW, NOW).await.unwrap());
    chat::insert(tx, &Chat::unknown(format!("chat-{key}"), key, "cid", "secret".into(), NOW)).await.unwrap();
    chat_health::event(tx, key, &format!("chat-{key}"), NOW).await.unwrap();
    let (id, chat_id) = (format!("push-{key}"), format!("chat-{key}"));
    let push = RobotPush { id, integration: key.into(), chat_id, body: "{}".into(), created: NOW };
    robot_push::insert(tx, &push).await.unwrap();
    let somebody = Mention { person: "li".into(), name: "Li".into(), linked: true, number: None, at: NOW };
    mention::put(tx, key, "i", "chat", &somebody).await.unwrap();
    let subscription = Subscription {
        id: format!("subscription-{key}"),
        integration: key.into(),
        chat_id: format!("chat-{key}"),
        rule: Rule::default(),
        created: NOW,
    };
    subscription::insert(tx, &subscription).await.unwrap();
    let mirror = Mirror { integration: key.into(), incident: Incident::empty("i"), event_at: NOW, version: 1 };
    incident::insert(tx, &mirror).await.unwrap();
    reconcile::put(tx, key, &reconcile::Run::default()).await.unwrap();
    digest::insert(tx, &Digest::begin(key, key, Target::Chat("ops".into()), "运维", NOW)).await.unwrap();
    let card = Card { out_track_id: format!("card-{key}"), ..incidents::card(key, "i") };
    card::insert(tx, &card).await.unwrap();
    card_text::put(tx, key, "i", &texts::text(1, "x", "")).await.unwrap();
    let message = LinkMessage { integration: key.into(), ..texts::message(&format!("delivery-{key}"), "i", "x", 1) };
    link_message::put(tx, &message).await.unwrap();
    let id = format!("delivery-{key}");
    delivery::insert(tx, &deliveries::delivery_of(&id, key, "i", Target::Person("li".into()))).await.unwrap();
    delivery::add_attempt(tx, &deliveries::attempt(&id, 1)).await.unwrap();
    note::insert(tx, &id, &Note { title: "t".into(), text: "x".into() }, NOW).await.unwrap();
    work_notices::fill(tx, key).await;
    war_rooms::fill(tx, key).await;
    directory::fill(tx, key).await;
    task::add(tx, key, &TaskKind::Introduce, NOW, NOW).await.unwrap();
    let entry = AuditEntry {
        id: format!("audit-{key}"),
        integration: key.into(),
        actor: "li".into(),
        act: "set up".into(),
        subject: key.into(),
        detail: serde_json::Value::Null,
        address: "192.0.2.1".into(),
        at: NOW,
    };
    audit::add(tx, &entry).await.unwrap();
    evidence::put(tx, key, "event:x", NOW).await.unwrap();
    check_run::put(tx, key, &Run { findings: Vec::new(), ran: NOW }, NOW).await.unwrap();
    console::put_link(tx, &format!("console-{key}"), Role::Administrator, NOW).await.unwrap();
}
