use crate::{Call, Client, DingTalkError};
use serde_json::json;

/// Who opened the app inside DingTalk (4.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeUser {
    /// The employee's id in the company.
    pub user_id: String,
    /// The person's id among all apps of one maker.
    pub union_id: Option<String>,
    /// Display name.
    pub name: Option<String>,
}

/// An employee (4.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserDetails {
    /// The employee's id in the company.
    pub user_id: String,
    /// The person's id among all apps of one maker.
    pub union_id: Option<String>,
    /// Display name.
    pub name: Option<String>,
    /// Address of the picture; none for the default one.
    pub avatar: Option<String>,
    /// Only with the permission `fieldMobile`.
    pub mobile: Option<String>,
    /// Whether the person has activated the account; taken for true where the platform does not say.
    pub active: bool,
}

impl Client {
    /// Who the login-free code was given to. The code works once, for five minutes (4.3).
    ///
    /// # Errors
    /// `CodeRefused` for a used, expired or foreign code.
    pub async fn user_by_code(&self, code: &str) -> Result<CodeUser, DingTalkError> {
        let answer = self.call(&Call::USER_BY_CODE, &json!({ "code": code })).await?;
        let result = answer.fields().object("result").ok_or_else(|| answer.lacks("result"))?;
        Ok(CodeUser {
            user_id: result.text("userid").ok_or_else(|| answer.lacks("userid"))?,
            union_id: result.text("unionid"),
            name: result.text("name"),
        })
    }

    /// An employee's details (4.4).
    ///
    /// # Errors
    /// `UnknownPerson`, `OutOfRange`, `MissingScope`.
    pub async fn user(&self, user_id: &str) -> Result<UserDetails, DingTalkError> {
        let answer = self.call(&Call::USER, &json!({ "userid": user_id })).await?;
        let result = answer.fields().object("result").ok_or_else(|| answer.lacks("result"))?;
        Ok(UserDetails {
            user_id: result.text("userid").ok_or_else(|| answer.lacks("userid"))?,
            union_id: result.text("unionid"),
            name: result.text("name"),
            avatar: result.text("avatar"),
            mobile: result.text("mobile"),
            active: result.truth("active").unwrap_or(true),
        })
    }

    /// The id of the employee with this mobile number (4.4).
    ///
    /// # Errors
    /// `UnknownPerson`, also for what is no mobile number; `MissingScope`.
    pub async fn user_id_by_mobile(&self, mobile: &str) -> Result<String, DingTalkError> {
        let answer = self.call(&Call::USER_BY_MOBILE, &json!({ "mobile": mobile })).await?;
        let result = answer.fields().object("result").ok_or_else(|| answer.lacks("result"))?;
        result.text("userid").ok_or_else(|| answer.lacks("userid"))
    }
}
