use crate::{Call, Client, CodeUser, DingTalkError};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use url::Url;

/// The page at which a browser outside of DingTalk's clients signs in (4.5). It returns to `redirect`, which has to be
/// registered in DingTalk's console, with `code` and `state`, or with `error`.
pub fn sign_in_page(login: &Url, client_id: &str, redirect: &str, state: &str) -> Url {
    let mut page = login.clone();
    let path = format!("{}/oauth2/auth", page.path().trim_end_matches('/'));
    page.set_path(&path);
    page.query_pairs_mut()
        .clear()
        .append_pair("redirect_uri", redirect)
        .append_pair("response_type", "code")
        .append_pair("client_id", client_id)
        .append_pair("scope", "openid")
        .append_pair("state", state)
        .append_pair("prompt", "consent");
    page
}

impl Client {
    /// The employee who signed in at DingTalk's page (4.5). The code works once; it is no login-free code.
    ///
    /// # Errors
    /// `CodeRefused` for a used, expired or foreign code; `UnknownPerson` for somebody who is not in the company;
    /// `MissingScope`.
    pub async fn user_by_web_code(&self, code: &str) -> Result<CodeUser, DingTalkError> {
        let app = self.app();
        let body = json!({
            "clientId": app.client_id, "clientSecret": app.client_secret.expose_secret(), "code": code,
            "grantType": "authorization_code",
        });
        let answer = self.exchange(&Call::USER_TOKEN, None, &body, &[&app.client_secret]).await?;
        let token = answer.fields().text("accessToken").ok_or_else(|| answer.lacks("accessToken"))?;
        let token = SecretString::from(token);
        // The person's own token, not the app's.
        let answer = self.exchange(&Call::ME, Some(&token), &json!({}), &[&token]).await?;
        let fields = answer.fields();
        let union_id = fields.text("unionId").ok_or_else(|| answer.lacks("unionId"))?;
        let name = fields.text("nick");
        let answer = self.call(&Call::USER_BY_UNION_ID, &json!({ "unionid": union_id })).await?;
        let result = answer.fields().object("result").ok_or_else(|| answer.lacks("result"))?;
        let user_id = result.text("userid").ok_or_else(|| answer.lacks("userid"))?;
        Ok(CodeUser { user_id, union_id: Some(union_id), name })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_asked_for_one_code_and_comes_back_here() {
        let login = Url::parse("https://login.dingtalk.com").unwrap();
        let page = sign_in_page(&login, "ding1", "https://duty.example/api/i/k/login/return", "s.home");
        assert_eq!(
            page.as_str(),
            "https://login.dingtalk.com/oauth2/auth?redirect_uri=https%3A%2F%2Fduty.example%2Fapi%2Fi%2Fk%2Flogin%2Freturn\
             &response_type=code&client_id=ding1&scope=openid&state=s.home&prompt=consent"
        );
    }
}
