use super::*;
use secrecy::ExposeSecret;
use server::model::link_attempt::{Goal, LinkAttempt};
use server::store::oauth_client::OauthClient;
use server::store::seal::SealError;
use server::store::{audit, integration, link, link_attempt, oauth_client};

#[tokio::test]
async fn programs_that_start_at_once_wait_for_each_other() {
    on_both(async |database| {
        let opened = tokio::join!(database.open(), database.open(), database.open());
        for store in [opened.0, opened.1, opened.2] {
            store.ready().await.unwrap();
            store.close().await;
            assert!(store.begin().await.is_err(), "closed");
        }
        database.open().await.ready().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_was_not_committed_leaves_nothing() {
    on_both(async |database| {
        let store = database.open().await;
        let mut tx = store.begin().await.unwrap();
        integration::insert(&mut tx, &super::integration("alpha")).await.unwrap();
        drop(tx);
        let mut tx = store.begin().await.unwrap();
        integration::insert(&mut tx, &super::integration("beta")).await.unwrap();
        let mut reading = store.read().await.unwrap();
        assert!(integration::by_key(&mut reading, "alpha").await.unwrap().is_none());
        tx.commit().await.unwrap();
        let beta = integration::by_key(&mut reading, "beta").await.unwrap();
        assert!(beta.is_none(), "a read sees the state it began with");
        drop(reading);
        let mut reading = store.read().await.unwrap();
        assert!(integration::by_key(&mut reading, "beta").await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn a_read_cannot_write() {
    on_both(async |database| {
        let store = database.open().await;
        for _ in 0..20 {
            let mut tx = store.read().await.unwrap();
            let written = integration::insert(&mut tx, &super::integration("alpha")).await;
            assert!(matches!(written, Err(StoreError::Full)), "{written:?}");
        }
        let mut tx = store.begin().await.unwrap();
        integration::insert(&mut tx, &super::integration("alpha")).await.unwrap();
    })
    .await;
}

/// What a full disk does to SQLite, done by a trigger: the transaction is over before anybody has ended it.
#[tokio::test]
async fn the_only_writer_survives_a_transaction_that_the_database_ended() {
    let database = Database::sqlite();
    let store = database.open().await;
    let refuse = "CREATE TRIGGER refuse BEFORE INSERT ON probe BEGIN SELECT RAISE(ROLLBACK, 'no'); END";
    database.raw(refuse).await;
    for _ in 0..3 {
        let refused = store.ready().await.unwrap_err();
        assert_eq!(refused.to_string(), "database: refused with code 1811");
    }
    database.raw("DROP TRIGGER refuse").await;
    store.ready().await.unwrap();
}

#[tokio::test]
async fn addresses_that_lead_nowhere() {
    for (url, words) in [
        ("mysql://u:hunter2@h/d", "the address cannot be used"),
        ("nonsense", "the address cannot be used"),
        ("sqlite:/nowhere/at/all.db", "not reachable"),
        ("postgres://u:hunter2@127.0.0.1:1/d", "not reachable"),
    ] {
        let world = World::new(clock(), Arc::new(SystemChance));
        let error = Store::open(url, SealingKeys::parse(KEY).unwrap(), world).await.err().unwrap();
        let text = format!("{error} {error:?}");
        assert!(text.contains(words) && !text.contains("hunter2"), "{url}: {text}");
    }
    let database = Database::sqlite();
    std::fs::write(database.folder.as_ref().unwrap().join("test.db"), "no database, ".repeat(100)).unwrap();
    let error = database.open_with(KEY).await.err().unwrap();
    assert_eq!(error.to_string(), "database: the file is not a database");
}

#[tokio::test]
async fn the_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let database = Database::sqlite();
    let store = database.open().await;
    store.ready().await.unwrap();
    let mut names = Vec::new();
    for entry in std::fs::read_dir(database.folder.as_ref().unwrap()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o077, 0, "{entry:?}");
        names.push(entry.file_name().into_string().unwrap());
    }
    assert!(names.contains(&"test.db-wal".to_owned()), "{names:?}");
}

#[tokio::test]
async fn nothing_secret_is_readable_in_the_file() {
    let database = Database::sqlite();
    let store = database.open().await;
    let mut tx = store.begin().await.unwrap();
    integration::insert(&mut tx, &super::integration("alpha")).await.unwrap();
    link::put(&mut tx, &people::link("1", "alpha", "li", 7)).await.unwrap();
    tx.commit().await.unwrap();
    store.close().await;
    let file = std::fs::read(database.folder.as_ref().unwrap().join("test.db")).unwrap();
    let holds = |text: &str| file.windows(text.len()).any(|bytes| bytes == text.as_bytes());
    assert!(holds("alpha"), "the test looks in the right place");
    for text in ["client secret", "app key", "signing", "key of li"] {
        assert!(!holds(text), "{text}");
    }
}

#[tokio::test]
async fn a_sealed_value_opens_in_its_own_row_only() {
    on_both(async |database| {
        let store = database.open().await;
        let mut tx = store.begin().await.unwrap();
        link::put(&mut tx, &people::link("1", "alpha", "li", 7)).await.unwrap();
        link::put(&mut tx, &people::link("2", "alpha", "wang", 8)).await.unwrap();
        tx.commit().await.unwrap();
        let moved =
            "UPDATE link SET credential_sealed = (SELECT credential_sealed FROM link WHERE id = '1') WHERE id = '2'";
        assert_eq!(database.raw(moved).await, 1);
        let mut tx = store.read().await.unwrap();
        assert!(link::by_user(&mut tx, "alpha", "li").await.is_ok());
        let refused = link::by_user(&mut tx, "alpha", "wang").await;
        assert!(matches!(refused, Err(StoreError::Sealed { table: "link", error: SealError::Refused })), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn keys_can_be_changed() {
    on_both(async |database| {
        let store = database.open().await;
        let mut tx = store.begin().await.unwrap();
        integration::insert(&mut tx, &super::integration("alpha")).await.unwrap();
        let client_secret = Some(secret("s"));
        let text = String::new;
        let client = OauthClient { issuer: text(), redirect_uri: text(), client_id: text(), client_secret };
        oauth_client::put(&mut tx, "alpha", &client).await.unwrap();
        link::put(&mut tx, &people::link("1", "alpha", "li", 7)).await.unwrap();
        link_attempt::insert(&mut tx, &LinkAttempt::open("a".into(), "alpha", Goal::Home, None, NOW)).await.unwrap();
        tx.commit().await.unwrap();
        store.close().await;

        let store = database.open_with(OTHER_KEY).await.unwrap();
        let mut tx = store.read().await.unwrap();
        let refused = integration::by_key(&mut tx, "alpha").await;
        assert!(matches!(refused, Err(StoreError::Sealed { error: SealError::UnknownKey, .. })), "{refused:?}");
        drop(tx);
        store.close().await;

        database.open_with(&format!("{OTHER_KEY},{KEY}")).await.unwrap().close().await;

        let store = database.open_with(OTHER_KEY).await.unwrap();
        let mut tx = store.read().await.unwrap();
        let found = integration::by_key(&mut tx, "alpha").await.unwrap().unwrap();
        assert_eq!((found.secrets.token.expose_secret(), found.version), ("token", 1), "sealed anew, else unchanged");
        let found = oauth_client::get(&mut tx, "alpha").await.unwrap().unwrap();
        assert_eq!(found.client_secret.unwrap().expose_secret(), "s");
        assert!(link::by_user(&mut tx, "alpha", "li").await.unwrap().unwrap().credential.is_some());
        assert!(link_attempt::get(&mut tx, "alpha", "a", NOW).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn a_row_nobody_could_have_written_is_named_not_shown() {
    on_both(async |database| {
        let store = database.open().await;
        let insert = "INSERT INTO audit (id, integration, actor, act, subject, detail, at_ms) \
                      VALUES ('1', 'alpha', 'li', 'a', 's', 'hunter2', 1)";
        assert_eq!(database.raw(insert).await, 1);
        let mut tx = store.read().await.unwrap();
        let error = audit::list(&mut tx, "alpha", None, 9).await.unwrap_err();
        assert_eq!(error.to_string(), "audit holds what cannot be read: detail");
    })
    .await;
}
