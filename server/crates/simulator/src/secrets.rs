//! Keeps secrets out of the journal.

use serde_json::Value;

/// Names whose values are never written down, compared without regard to case and underscores.
const SECRET_NAMES: [&str; 13] = [
    "accesstoken",
    "appkey",
    "appsecret",
    "clientsecret",
    "refreshtoken",
    "apisecret",
    "integrationkey",
    "jsapiticket",
    "aeskey",
    "password",
    "token",
    "code",
    "codeverifier",
];

/// The query with the values of secret parameters replaced by `***`.
pub(crate) fn mask_query(query: &str) -> String {
    let mask = |pair: &str| match pair.split_once('=') {
        Some((name, _)) if is_secret(name) => format!("{name}=***"),
        _ => pair.to_owned(),
    };
    query.split('&').map(mask).collect::<Vec<_>>().join("&")
}

/// The body with the values of secret top-level fields replaced, where it is JSON or a form; otherwise unchanged.
pub(crate) fn mask_body(body: &str) -> String {
    match serde_json::from_str::<Value>(body) {
        Ok(Value::Object(mut fields)) => {
            let mut touched = false;
            for (name, value) in &mut fields {
                // Numbers stay: an error `code` is no secret, a login `code` is text.
                if is_secret(name) && value.as_str().is_some_and(|text| !looks_like_an_error_code(name, text)) {
                    *value = Value::from("***");
                    touched = true;
                }
            }
            if touched { Value::Object(fields).to_string() } else { body.to_owned() }
        }
        Ok(_) => body.to_owned(),
        Err(_) if body.contains('=') && !body.contains(char::is_whitespace) => mask_query(body),
        Err(_) => body.to_owned(),
    }
}

/// DingTalk's and Flashduty's error codes sit in fields named `code` too; they have dots or capitals, login codes not.
fn looks_like_an_error_code(name: &str, text: &str) -> bool {
    name == "code" && (text.contains('.') || text.contains(|letter: char| letter.is_ascii_uppercase()))
}

fn is_secret(name: &str) -> bool {
    let plain: String = name.chars().filter(|letter| *letter != '_').flat_map(char::to_lowercase).collect();
    SECRET_NAMES.contains(&plain.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked_and_the_rest_is_kept() {
        let cases = [
            (r#"{"appKey":"a","appSecret":"b","x":"c"}"#, r#"{"appKey":"***","appSecret":"***","x":"c"}"#),
            (r#"{"code":"InvalidAuthentication"}"#, r#"{"code":"InvalidAuthentication"}"#),
            (r#"{"code":"0a9f"}"#, r#"{"code":"***"}"#),
            ("grant_type=x&client_secret=abc", "grant_type=x&client_secret=***"),
            ("<html>a=b</html> ", "<html>a=b</html> "),
        ];
        for (body, masked) in cases {
            assert_eq!(mask_body(body), masked);
        }
        assert_eq!(mask_query("app_key=1&appsecret=2&p=3"), "app_key=***&appsecret=***&p=3");
    }
}
