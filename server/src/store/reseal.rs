//! After a change of keys: seals with the newest key what an older one has sealed, so that the older one can go.

use super::sql::sql;
use super::{Store, StoreError};
use secrecy::ExposeSecret;

/// What was found to be sealed with an older key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Values that the newest key seals now.
    pub sealed_anew: u64,
    /// Values that no configured key opens.
    pub closed: u64,
}

struct Table {
    name: &'static str,
    /// Rows whose value does not begin as `$1` says.
    find: &'static str,
    /// Puts `$3` in the place of `$2` in the row `$1`.
    replace: &'static str,
}

const TABLES: [Table; 4] = [
    Table {
        name: "integration",
        find: "SELECT key AS id, secrets_sealed AS sealed FROM integration WHERE secrets_sealed NOT LIKE $1",
        replace: "UPDATE integration SET secrets_sealed = $3 WHERE key = $1 AND secrets_sealed = $2",
    },
    Table {
        name: "oauth_client",
        find: "SELECT integration AS id, client_secret_sealed AS sealed FROM oauth_client \
               WHERE client_secret_sealed NOT LIKE $1",
        replace: "UPDATE oauth_client SET client_secret_sealed = $3 WHERE integration = $1 AND client_secret_sealed = $2",
    },
    Table {
        name: "link",
        find: "SELECT id, credential_sealed AS sealed FROM link WHERE credential_sealed NOT LIKE $1",
        replace: "UPDATE link SET credential_sealed = $3 WHERE id = $1 AND credential_sealed = $2",
    },
    Table {
        name: "link_attempt",
        find: "SELECT id, body_sealed AS sealed FROM link_attempt WHERE body_sealed NOT LIKE $1",
        replace: "UPDATE link_attempt SET body_sealed = $3 WHERE id = $1 AND body_sealed = $2",
    },
];

/// Seals everything anew that the newest key has not sealed. What no configured key opens stays as it is: its owner is
/// told when it is needed.
pub(super) async fn reseal(store: &Store) -> Result<Resealed, StoreError> {
    let mut all = Resealed::default();
    let mut tx = store.begin().await?;
    let sealed_now = format!("{}%", store.shared.keys.prefix());
    for table in &TABLES {
        let (mut sealed_anew, mut closed) = (0_u64, 0_u64);
        for row in sql(table.find).text(&sealed_now).rows(&mut tx).await? {
            let (id, sealed) = (row.text("id")?, row.text("sealed")?);
            let Ok(clear) = tx.unseal(table.name, &id, &sealed) else {
                closed += 1;
                continue;
            };
            let anew = tx.seal(table.name, &id, clear.expose_secret())?;
            sealed_anew += sql(table.replace).text(&id).text(&sealed).text(&anew).run(&mut tx).await?;
        }
        all.sealed_anew += sealed_anew;
        all.closed += closed;
        if sealed_anew + closed > 0 {
            tracing::warn!(table = table.name, sealed_anew, closed, "values were not sealed with the newest key");
        }
    }
    tx.commit().await?;
    Ok(all)
}
