//! The company both platforms are filled with, so that a demo can configure the product and its people match.

/// CorpId.
pub const CORP_ID: &str = "ding5e8c0d41f7a9b36235c2f4657eb6378f";
/// AgentId of the app, as text.
pub const AGENT_ID: &str = "3105512877";
/// Client ID of the app, which is also its bot's robotCode.
pub const CLIENT_ID: &str = "dingq7m2xk4rtv9w3bze";
/// Client Secret of the app.
pub const CLIENT_SECRET: &str = "Zr8sT2mVqYkX5wLd0HnJf7BcGpEa3U6iOxM9eRvKtN1hWbQyAzSjDgFu4CPlI_-o";
/// Event subscription key, 43 characters.
pub const AES_KEY: &str = "kT3vNq8LmXw2ZrYb6HcJd9Fs5GpAeU1iOoRtWxBnMzQ";
/// Event subscription token.
pub const TOKEN: &str = "dutyDemoToken2026";
/// Code of the cool app.
pub const COOL_APP_CODE: &str = "COOLAPP-1-10D5C4A7F03B2111A6C9000K";
/// Card template, published, tied to the app.
pub const CARD_TEMPLATE_ID: &str = "dingduty-card.schema";
/// A template of the app that nobody has published yet.
pub const DRAFT_TEMPLATE_ID: &str = "dingduty-draft.schema";
/// Group template of war rooms, and its bot.
pub const WAR_ROOM_TEMPLATE_ID: &str = "5d0b7c6e-2a41-4a0b-9c55-7b4f1d3e8a20";
/// Code of the war rooms' bot.
pub const WAR_ROOM_BOT_ID: &str = "wrbot5k2m8q1z7x4c9v3b6";

/// One person, in both platforms where `in_flashduty`.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    /// DingTalk user id; also the first half of the e-mail address.
    pub id: &'static str,
    /// Name in Chinese (or the only one).
    pub name: &'static str,
    /// Name in English.
    pub english_name: &'static str,
    /// Mobile number without country code (China).
    pub mobile: &'static str,
    /// What they do.
    pub title: &'static str,
    /// Whether Flashduty knows them too, by the same mobile number and address.
    pub in_flashduty: bool,
}

impl Person {
    /// E-mail address, the same on both platforms.
    pub fn email(&self) -> String {
        format!("{}@example.com", self.id)
    }
}

/// Everybody. The first six are also members of the Flashduty account.
pub const PEOPLE: [Person; 12] = [
    person("zhang.wei", "张伟", "Zhang Wei", "13800000001", "SRE 负责人", true),
    person("li.na", "李娜", "Li Na", "13800000002", "支付研发", true),
    person("wang.fang", "王芳", "Wang Fang", "13800000003", "平台研发", true),
    person("liu.yang", "刘洋", "Liu Yang", "13800000004", "DBA", true),
    person("chen.jie", "陈杰", "Chen Jie", "13800000005", "网络", true),
    person("alice", "Alice Brown", "Alice Brown", "13800000006", "Engineering manager", true),
    person("zhao.min", "赵敏", "Zhao Min", "13800000007", "支付研发", false),
    person("sun.lei", "孙磊", "Sun Lei", "13800000008", "测试", false),
    person("zhou.ting", "周婷", "Zhou Ting", "13800000009", "客服", false),
    person("wu.hao", "吴昊", "Wu Hao", "13800000010", "平台研发", false),
    person("bob", "Bob Miller", "Bob Miller", "13800000011", "Product", false),
    person("huang.yu", "黄宇", "Huang Yu", "13800000012", "运维", false),
];

const fn person(
    id: &'static str,
    name: &'static str,
    english_name: &'static str,
    mobile: &'static str,
    title: &'static str,
    in_flashduty: bool,
) -> Person {
    Person { id, name, english_name, mobile, title, in_flashduty }
}

/// One group of the company.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// Title.
    pub title: &'static str,
    /// User id of the owner.
    pub owner: &'static str,
    /// User ids of all members, the owner included.
    pub members: &'static [&'static str],
}

/// The groups; the cool app is installed in none.
pub const GROUPS: [Group; 4] = [
    Group {
        title: "支付值班 Payments on-call",
        owner: "zhang.wei",
        members: &["zhang.wei", "li.na", "zhao.min", "alice", "liu.yang"],
    },
    Group {
        title: "平台组",
        owner: "wang.fang",
        members: &["wang.fang", "wu.hao", "zhang.wei", "chen.jie", "huang.yu"],
    },
    Group {
        title: "故障通报 Incidents",
        owner: "alice",
        members: &["alice", "zhang.wei", "li.na", "wang.fang", "liu.yang", "chen.jie", "zhou.ting", "bob", "sun.lei"],
    },
    Group { title: "Night shift 夜班", owner: "liu.yang", members: &["liu.yang", "chen.jie", "huang.yu"] },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_have_the_shapes_of_the_platform() {
        assert_eq!(AES_KEY.len(), 43);
        assert!(AES_KEY.chars().all(|letter| letter.is_ascii_alphanumeric()));
        assert!((3..=32).contains(&TOKEN.len()) && TOKEN.chars().all(|letter| letter.is_ascii_alphanumeric()));
        assert!(CORP_ID.starts_with("ding") && (20..=36).contains(&CORP_ID.len()));
        assert!(CLIENT_ID.starts_with("ding") && (20..=24).contains(&CLIENT_ID.len()));
        assert!(AGENT_ID.chars().all(|digit| digit.is_ascii_digit()));
        for group in GROUPS {
            assert!(group.members.contains(&group.owner));
            for member in group.members {
                assert!(PEOPLE.iter().any(|person| person.id == *member), "{member}");
            }
        }
    }
}
