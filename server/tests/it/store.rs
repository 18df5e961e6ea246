//! Every statement of the store, on both databases.

mod audit_chain;
mod audit_search;
mod chats;
mod checks;
mod deliveries;
mod delivery_search;
mod digests;
mod directory;
mod groups;
mod inbox;
mod incidents;
mod integrations;
mod leases;
mod made;
mod meters;
mod opening;
mod people;
mod retention;
mod tasks;
mod texts;
mod war_rooms;
mod work_notices;

use crate::postgres;
use secrecy::SecretString;
use server::model::integration::{Edition, GroupEditors, Integration, PersonChannel, RouteSecrets, Secrets, Settings};
use server::store::{SealingKeys, Store, StoreError, Tx};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use world::{ManualClock, Millis, SystemChance, World};

/// Longer than any of these tests; a transaction begun inside another one hangs SQLite until it ends.
const TIMEOUT: Duration = Duration::from_secs(60);

const KEY: &str = "a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2U=";
const OTHER_KEY: &str = "b3RoZXJvdGhlcm90aGVyb3RoZXJvdGhlcm90aGVyb3Q=";

/// The moment at which the tests' clock stands.
const NOW: Millis = Millis(1_790_000_000_000);

/// An empty database, and how to open it.
struct Database {
    url: String,
    clock: Arc<ManualClock>,
    folder: Option<PathBuf>,
}

impl Database {
    /// A new SQLite file in a folder that goes with this value.
    fn sqlite() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("dingduty-store-{}-{number}", std::process::id()));
        std::fs::create_dir(&folder).unwrap();
        Self { url: format!("sqlite:{}", folder.join("test.db").display()), clock: clock(), folder: Some(folder) }
    }

    async fn open(&self) -> Store {
        self.open_with(KEY).await.unwrap()
    }

    async fn open_with(&self, keys: &str) -> Result<Store, StoreError> {
        let world = World::new(self.clock.clone(), Arc::new(SystemChance));
        Store::open(&self.url, SealingKeys::parse(keys).unwrap(), world).await
    }

    /// Runs a statement past the store.
    async fn raw(&self, sql: &'static str) -> u64 {
        use sqlx::Connection;
        let mut connection = sqlx::AnyConnection::connect(&self.url).await.unwrap();
        let changed = sqlx::query(sql).execute(&mut connection).await.unwrap().rows_affected();
        connection.close().await.unwrap();
        changed
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(NOW))
}

/// Runs a test on SQLite, then on PostgreSQL where there is one.
async fn on_both(test: impl AsyncFn(&Database)) {
    let sqlite = Database::sqlite();
    tokio::time::timeout(TIMEOUT, test(&sqlite)).await.expect("the test hangs on SQLite");
    if let Some(url) = postgres::database().await {
        let postgres = Database { url, clock: clock(), folder: None };
        tokio::time::timeout(TIMEOUT, test(&postgres)).await.expect("the test hangs on PostgreSQL");
    }
}

/// Runs a test in one write transaction on each database.
async fn in_both(test: impl AsyncFn(&mut Tx)) {
    on_both(async |database| {
        let store = database.open().await;
        let mut tx = store.begin().await.unwrap();
        test(&mut tx).await;
        tx.commit().await.unwrap();
        store.close().await;
    })
    .await;
}

fn secret(text: &str) -> SecretString {
    SecretString::from(text.to_owned())
}

/// An integration nobody has set up.
pub fn integration(key: &str) -> Integration {
    Integration {
        key: key.to_owned(),
        settings: Settings {
            name: "支付".into(),
            corp_id: "ding1".into(),
            agent_id: "7".into(),
            client_id: "client".into(),
            card_template_id: Some("card.schema".into()),
            war_room_template_id: None,
            war_room_bot_id: None,
            edition: Edition::Professional,
            person_channel: PersonChannel::Both,
            group_editors: GroupEditors::Members,
            storm_cards_per_minute: 5,
            card: Default::default(),
            language: contract::Language::default(),
            time_zone: "Asia/Shanghai".into(),
            account_name: String::new(),
            quota: server::model::quota::Overrides::default(),
            revision: 0,
        },
        secrets: Secrets {
            client_secret: secret("client secret"),
            aes_key: secret("aes"),
            token: secret("token"),
            flashduty_app_key: secret("app key"),
            routes: RouteSecrets {
                cards: secret("cards"),
                card_signing: secret("signing"),
                webhook: secret("webhook"),
                webhook_header: secret("header"),
                action: secret("action"),
            },
            former: Default::default(),
        },
        account_id: None,
        checked: None,
        webhook: None,
        webhook_header: None,
        created: NOW,
        updated: NOW,
        version: 1,
    }
}
