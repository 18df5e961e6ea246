//! How we are registered at Flashduty's sign-in.

use super::sql::sql;
use super::{StoreError, Tx};
use secrecy::{ExposeSecret, SecretString};

const TABLE: &str = "oauth_client";

/// A registration: good only for the issuer and the address it was made with.
#[derive(Clone, Debug)]
pub struct OauthClient {
    pub issuer: String,
    pub redirect_uri: String,
    pub client_id: String,
    /// None for a public client.
    pub client_secret: Option<SecretString>,
}

/// The registration of an integration.
pub async fn get(tx: &mut Tx, integration: &str) -> Result<Option<OauthClient>, StoreError> {
    let row =
        sql("SELECT issuer, redirect_uri, client_id, client_secret_sealed FROM oauth_client WHERE integration = $1")
            .text(integration)
            .row(tx)
            .await?;
    let Some(row) = row else { return Ok(None) };
    let sealed = row.maybe_text("client_secret_sealed")?;
    Ok(Some(OauthClient {
        issuer: row.text("issuer")?,
        redirect_uri: row.text("redirect_uri")?,
        client_id: row.text("client_id")?,
        client_secret: sealed.map(|sealed| tx.unseal(TABLE, integration, &sealed)).transpose()?,
    }))
}

/// Keeps a registration in place of the one before.
pub async fn put(tx: &mut Tx, integration: &str, client: &OauthClient) -> Result<(), StoreError> {
    let secret = client.client_secret.as_ref();
    let sealed = secret.map(|secret| tx.seal(TABLE, integration, secret.expose_secret())).transpose()?;
    let now = tx.shared.world.now();
    sql("INSERT INTO oauth_client (integration, issuer, redirect_uri, client_id, client_secret_sealed, created_ms) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (integration) DO UPDATE SET issuer = excluded.issuer, \
         redirect_uri = excluded.redirect_uri, client_id = excluded.client_id, \
         client_secret_sealed = excluded.client_secret_sealed, created_ms = excluded.created_ms")
    .text(integration)
    .text(&client.issuer)
    .text(&client.redirect_uri)
    .text(&client.client_id)
    .maybe_text(sealed.as_deref())
    .at(now)
    .run(tx)
    .await?;
    Ok(())
}
