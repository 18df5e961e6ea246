//! The form of an integration, values to paste, and how it goes.

use crate::fake::{Fake, settings};
use crate::render::open;
use contract::settings::{FormSaid, SettingsForm};

#[test]
fn fields_show_what_is_set_and_secrets_only_that_they_are() {
    open("/console/k1/settings", Fake::default())
        .has("action=\"/console/k1/settings\"")
        .has("name=\"revision\" value=\"7\"")
        .has("value=\"Flash&lt;cat&gt;\"")
        .has("<option value=\"exclusive\" selected>")
        .has("type=\"password\" name=\"aes_key\" value=\"\"")
        .has("last used")
        .has("value=\"labels\" checked")
        .has("action=\"/console/k1/settings/remove\"")
        .has_not("data-mistake")
        .has_not("data-end-former")
        .has_not("<details open class=\"card fold\">");
    open("/console/new", Fake::default()).has("action=\"/console/new\"").has_not("Remove for good");
    open("/console/k1/settings?saved=yes", Fake::default()).has("Saved; it takes effect at once");
}

#[test]
fn what_is_wrong_stands_beside_its_field_and_opens_what_is_folded() {
    let mut form = SettingsForm { said: FormSaid::Mistakes, ..settings() };
    form.groups[0].fields[0].mistake = Some("must be <short>".into());
    form.groups[1].fields[0].elsewhere = Some("alerts".into());
    form.groups[0].fields[2].secret.as_mut().unwrap().replaced_ms = Some(crate::fake::NOW_MS);
    open("/console/k1/settings", Fake { form, ..Fake::default() })
        .has("what you typed is still here")
        .has("aria-invalid=\"true\"")
        .has("must be &lt;short&gt;")
        .has("Changed meanwhile to: alerts")
        .has("<details open class=\"card fold\">")
        .has("data-former")
        .has("action=\"/console/k1/settings/end-former\"");
    let form = SettingsForm { said: FormSaid::Overtaken, removal: Some("not its name".into()), ..settings() };
    open("/console/k1/settings", Fake { form, ..Fake::default() }).has("somebody else has saved").has("not its name");
}

#[test]
fn values_to_paste_have_a_button_that_waits_for_scripts() {
    open("/console/k1", Fake::default())
        .has("src=\"/assets/console.js\"")
        .has("data-copy=\"Copied\"")
        .has("hidden")
        .has("data-watch=\"/console/k1/checks\"")
        .has_not("http-equiv=\"refresh\"");
}

#[test]
fn health_says_what_came_last_and_what_waits() {
    open("/console/k1/health", Fake::default())
        .has("5 min ago")
        .has("not yet")
        .has("failed: &lt;Unauthorized&gt;")
        .has("data-queue=\"deliver\"")
        .has("Only the first ones are counted");
}
