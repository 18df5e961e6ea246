use super::*;
use secrecy::ExposeSecret;

fn good() -> serde_json::Map<String, Value> {
    let good = serde_json::json!({
        "name": "生产 Production", "corp_id": "ding5e8c0d41f7a9b362", "agent_id": 3105512877_i64,
        "client_id": "dingq7m2xk4rtv9w3bze", "client_secret": "Zr8sT2-_o",
        "aes_key": "kT3vNq8LmXw2ZrYb6HcJd9Fs5GpAeU1iOoRtWxBnMzQ", "token": "dutyToken", "flashduty_app_key": "0123abcd",
    });
    good.as_object().unwrap().clone()
}

fn faults(fields: serde_json::Map<String, Value>) -> Vec<(String, String)> {
    let result = Form::from_json(&Value::Object(fields).to_string()).and_then(Form::check);
    result
        .err()
        .unwrap_or_default()
        .into_iter()
        .map(|error| (error.field.clone(), error.message(Language::En)))
        .collect()
}

#[test]
fn a_good_form_and_its_defaults() {
    let checked = Form::from_json(&Value::Object(good()).to_string()).and_then(Form::check).ok().unwrap();
    assert_eq!((checked.agent_id.as_str(), checked.key), ("3105512877", None));
    assert_eq!((checked.edition, checked.person_channel), (Edition::Standard, PersonChannel::Bot));
    assert_eq!(checked.token.expose_secret(), "dutyToken");
}

#[test]
fn each_field_has_its_shape() {
    let long = "x".repeat(129);
    for (name, value, fits) in [
        ("name", "", false),
        ("name", "  x  ", true),
        ("name", &"名".repeat(100), true),
        ("name", &"名".repeat(101), false),
        ("name", "a\u{0}b", false),
        ("corp_id", "dingabc", false),
        ("corp_id", "ding5e8c", true),
        ("corp_id", "wx5e8c0d41", false),
        ("agent_id", "12a", false),
        ("agent_id", "-1", false),
        ("client_id", "with space", false),
        ("client_secret", &long, false),
        ("aes_key", "kT3vNq8LmXw2ZrYb6HcJd9Fs5GpAeU1iOoRtWxBnMz", false),
        ("aes_key", "kT3vNq8LmXw2ZrYb6HcJd9Fs5GpAeU1iOoRtWxBnMz+", false),
        ("token", "ab", false),
        ("token", "abc_", false),
        ("token", &"a".repeat(32), true),
        ("token", &"a".repeat(33), false),
        ("card_template_id", "x.schema", true),
        ("card_template_id", "", true),
        ("edition", "exclusive", true),
        ("edition", "Standard", false),
        ("key", "short", false),
        ("key", "Production", false),
        ("key", "production1", true),
        ("person_channel", "work_notice", true),
        ("person_channel", "work-notice", false),
        ("group_editors", "members", true),
        ("group_editors", "everybody", false),
        ("quota_preset", "2025-11-19", true),
        ("quota_preset", "2024-01-01", false),
        ("quota_api_month", "200000", true),
        ("quota_api_month", "-1", false),
        ("quota_push_month", "1000000001", false),
        ("quota_qps", "0", false),
        ("quota_qps", "60", true),
        ("storm_cards_per_minute", "1", true),
        ("storm_cards_per_minute", "0", false),
        ("storm_cards_per_minute", "10001", false),
        ("storm_cards_per_minute", "many", false),
        ("card_hidden_fields", "labels, description", true),
        ("card_hidden_fields", "labels, title", false),
        ("snooze_minutes", "30,120", true),
        ("snooze_minutes", "1441", false),
        ("card_text_template_id", "6321aad26c12104586a88916", true),
        ("card_text_template_id", "6321AAD26C12104586A88916", false),
    ] {
        let mut fields = good();
        fields.insert(name.to_owned(), Value::from(value));
        let faults: Vec<_> = faults(fields).into_iter().map(|(field, _)| field).collect();
        assert_eq!(faults, if fits { vec![] } else { vec![name.to_owned()] }, "{name}={value}");
    }
}

#[test]
fn lists_may_be_arrays() {
    let mut fields = good();
    fields.insert("card_hidden_fields".into(), serde_json::json!(["labels", "description"]));
    fields.insert("snooze_minutes".into(), serde_json::json!([30, "120"]));
    let checked = Form::from_json(&Value::Object(fields).to_string()).and_then(Form::check).ok().unwrap();
    assert_eq!(checked.card.snooze_minutes(), [30, 120]);
    assert_eq!(checked.card.hidden, hidden_fields("labels,description").unwrap());
    let mut fields = good();
    fields.insert("snooze_minutes".into(), serde_json::json!([]));
    let checked = Form::from_json(&Value::Object(fields).to_string()).and_then(Form::check).ok().unwrap();
    assert_eq!(checked.card.snooze_minutes(), [120, 240, 720], "none is the default");
}

#[test]
fn all_mistakes_are_told_at_once() {
    let mut fields = good();
    fields.remove("token");
    fields.insert("agent_id".into(), Value::from("x"));
    fields.insert("war_room_bot_id".into(), Value::from("bot"));
    let found = faults(fields);
    assert_eq!(
        found.iter().map(|(field, _)| field.as_str()).collect::<Vec<_>>(),
        ["agent_id", "token", "war_room_template_id",]
    );
    assert!(found.contains(&("token".into(), "is needed".into())));
}

#[test]
fn unknown_fields_and_wrong_types() {
    for (text, expected) in [
        ("[]", "(file)"),
        ("", "(file)"),
        (r#"{"corpid": "x"}"#, "corpid"),
        (r#"{"name": {"zh": "x"}}"#, "name"),
        (r#"{"token": true}"#, "token"),
        (r#"{"token": ["a"]}"#, "token"),
        (r#"{"snooze_minutes": [30, [60]]}"#, "snooze_minutes"),
    ] {
        let errors = Form::from_json(text).err().unwrap();
        assert_eq!(errors[0].field, expected, "{text}");
    }
    assert!(Form::from_json(r#"{"name": null}"#).is_ok());
}
