//! The account, its members, teams and APP keys (reference sections 6 and 7.5).

/// The organization all data belong to.
pub struct Account {
    pub id: i64,
    pub name: String,
    pub email: String,
    pub domain: String,
    pub locale: String,
    pub time_zone: String,
}

/// What a member may do, by the ids of the default roles (reference section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Admin,
    Responder,
    Viewer,
}

impl Role {
    /// All roles, for `/role/list`.
    pub const ALL: [Role; 3] = [Role::Admin, Role::Responder, Role::Viewer];

    /// The role's id on the wire.
    pub fn id(self) -> i64 {
        match self {
            Role::Admin => 2,
            Role::Responder => 6,
            Role::Viewer => 8,
        }
    }

    /// The role's name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Role::Admin => "Admin",
            Role::Responder => "Responder",
            Role::Viewer => "Viewer",
        }
    }
}

/// A person in the account.
#[derive(Clone)]
pub struct Member {
    pub id: i64,
    /// The part of the e-mail before `@`: how tests name people.
    pub key: String,
    pub name: String,
    pub email: String,
    pub email_verified: bool,
    /// National number; empty when none is known.
    pub phone: String,
    pub phone_verified: bool,
    pub password: String,
    pub locale: String,
    pub role: Role,
    pub licensed: bool,
    pub deleted: bool,
    /// Made for programs: not offered on sign-in pages.
    pub is_service: bool,
    pub ref_id: String,
    pub created_at: i64,
    pub updated_at: i64,
}

impl Member {
    /// `enabled` or `deleted`.
    pub fn status(&self) -> &'static str {
        if self.deleted { "deleted" } else { "enabled" }
    }

    /// The phone as answers show it: country code and the middle four digits hidden, `+86185****0300`.
    pub fn masked_phone(&self) -> String {
        mask_phone(&self.phone)
    }

    /// Whether a `/member/list` query finds this member: a phone number must match exactly, anything else is a
    /// substring of name or e-mail (reference section 6.2).
    pub fn matches(&self, query: &str) -> bool {
        match phone_digits(query) {
            Some(digits) => !self.phone.is_empty() && digits == self.phone,
            None => {
                let query = query.to_lowercase();
                self.name.to_lowercase().contains(&query) || self.email.to_lowercase().contains(&query)
            }
        }
    }
}

/// A group of members.
pub struct Team {
    pub id: i64,
    pub name: String,
    pub description: String,
    pub person_ids: Vec<i64>,
    pub created_at: i64,
}

/// A credential for `?app_key=`.
#[derive(Clone)]
pub struct AppKey {
    pub id: i64,
    pub name: String,
    pub secret: String,
    /// The member it acts as, or the account's id for the owner's key.
    pub owner_id: i64,
    pub enabled: bool,
    /// Made through `/person/app-key/create` by the account owner: invisible to the member.
    pub by_owner: bool,
    pub created_at: i64,
}

/// Shows a number as the directory does.
pub fn mask_phone(phone: &str) -> String {
    let digits: Vec<char> = phone.chars().collect();
    match digits.len() {
        0 => String::new(),
        1..=7 => "****".to_owned(),
        length => {
            let (head, tail): (String, String) = (digits[..3].iter().collect(), digits[length - 4..].iter().collect());
            format!("+86{head}****{tail}")
        }
    }
}

/// The national digits of a text that reads as a phone number.
fn phone_digits(text: &str) -> Option<String> {
    let bare: String = text.chars().filter(|letter| !matches!(letter, ' ' | '-' | '(' | ')')).collect();
    let bare = bare.strip_prefix("+86").map(str::to_owned).unwrap_or(bare);
    let is_phone = (7..=15).contains(&bare.len()) && bare.bytes().all(|byte| byte.is_ascii_digit());
    is_phone.then_some(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_are_masked_and_read() {
        assert_eq!(mask_phone("18512340300"), "+86185****0300");
        assert_eq!(mask_phone("123"), "****");
        assert_eq!(mask_phone(""), "");
        for (text, digits) in [
            ("13800000001", Some("13800000001")),
            ("+86 138-0000-0001", Some("13800000001")),
            ("138****0001", None),
            ("zhang", None),
            ("123456", None),
        ] {
            assert_eq!(phone_digits(text).as_deref(), digits, "{text}");
        }
    }
}
