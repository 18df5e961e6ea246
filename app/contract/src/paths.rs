//! Every path the product answers, in one place. `{…}` are axum's placeholders; the functions fill them.

/// Application homepage, phone.
pub const HOME: &str = "/i/{key}";
/// Application homepage, PC.
pub const PC_HOME: &str = "/i/{key}/pc";
/// The page behind a group's quick entry; `?corpid=…&cid=…`.
pub const COOL_APP: &str = "/i/{key}/cool-app";
/// One incident.
pub const INCIDENT: &str = "/i/{key}/incidents/{id}";
/// What an act asks before it is done: whom to give the incident to, which level, which custom action.
pub const INCIDENT_ACT: &str = "/i/{key}/incidents/{id}/{act}";
/// The war room of an incident; `?open=yes` shows an address of its group.
pub const WAR_ROOM: &str = "/i/{key}/incidents/{id}/war-room";
/// One act on the incidents that were chosen in a list, before it is done; `?id=` for each of them.
pub const BULK: &str = "/i/{key}/bulk/{act}";
/// A new incident.
pub const CREATE: &str = "/i/{key}/create";
/// Linking of accounts.
pub const SIGN_IN: &str = "/i/{key}/sign-in";
/// Own account: links, switch, unlink.
pub const ACCOUNT: &str = "/i/{key}/account";
/// Administrator's console.
pub const CONSOLE: &str = "/console";
/// The console's overview of one integration.
pub const CONSOLE_INTEGRATION: &str = "/console/{key}";
/// One of its other pages, see [`crate::console::Section`].
pub const CONSOLE_SECTION: &str = "/console/{key}/{section}";
/// One group, and what is sent to it.
pub const CONSOLE_GROUP: &str = "/console/{key}/groups/{chat}";
/// What is done with a group and its subscriptions: `save`, `preview`, `remove`, `move` or `test`.
pub const CONSOLE_GROUP_ACT: &str = "/console/{key}/groups/{chat}/{act}";
/// Looks at every step of an integration's set-up now.
pub const CONSOLE_CHECKS: &str = "/console/{key}/checks";
/// Begins a look into the directory, as a dry run.
pub const CONSOLE_PEOPLE_LOOK: &str = "/console/{key}/people/look";
/// Makes the links of the newest look.
pub const CONSOLE_PEOPLE_APPLY: &str = "/console/{key}/people/apply";
/// Takes the last application back.
pub const CONSOLE_PEOPLE_UNDO: &str = "/console/{key}/people/undo";
/// Ends a person's link.
pub const CONSOLE_PEOPLE_UNLINK: &str = "/console/{key}/people/unlink";
/// Gives a person a role in the console, or takes it.
pub const CONSOLE_PEOPLE_GRANT: &str = "/console/{key}/people/grant";
/// Reminds people to link.
pub const CONSOLE_PEOPLE_REMIND: &str = "/console/{key}/people/remind";
/// All people as a file; `?form=csv` or `lines`.
pub const CONSOLE_PEOPLE_EXPORT: &str = "/console/{key}/people/export";
/// Signs out of the console.
pub const CONSOLE_LEAVE: &str = "/console/leave";
/// The way into the console for a person who is signed in and may.
pub const API_CONSOLE: &str = "/api/i/{key}/console";
/// One delivery.
pub const CONSOLE_DELIVERY: &str = "/console/{key}/deliveries/{id}";
/// Sends one anew.
pub const CONSOLE_RESEND: &str = "/console/{key}/deliveries/{id}/resend";
/// Changes the company's figures at DingTalk.
pub const CONSOLE_QUOTA_FIGURES: &str = "/console/{key}/quota/figures";
/// Begins the countdown after which a war room is disbanded.
pub const CONSOLE_DISMISS: &str = "/console/{key}/war-rooms/{id}/dismiss";
/// The audit log as lines of JSON.
pub const CONSOLE_AUDIT_EXPORT: &str = "/console/{key}/audit/export";
/// Sends all of a kind anew.
pub const CONSOLE_RESEND_ALL: &str = "/console/{key}/deliveries/resend";
/// The form of a new integration.
pub const CONSOLE_NEW: &str = "/console/new";
/// The form of one that there is.
pub const CONSOLE_SETTINGS: &str = "/console/{key}/settings";
/// Ends the former values of secrets that are being changed.
pub const CONSOLE_END_FORMER: &str = "/console/{key}/settings/end-former";
/// Removes an integration.
pub const CONSOLE_REMOVE: &str = "/console/{key}/settings/remove";
/// One-time console sign-in, `?code=…`.
pub const CONSOLE_ENTER: &str = "/console/enter";

/// DingTalk's encrypted event push.
pub const DINGTALK_EVENTS: &str = "/dingtalk/{key}/events";
/// DingTalk's card button callback.
pub const DINGTALK_CARDS: &str = "/dingtalk/{key}/cards/{secret}";
/// Flashduty's incident webhook.
pub const FLASHDUTY_WEBHOOK: &str = "/flashduty/{key}/webhook/{secret}";
/// Flashduty's custom action.
pub const FLASHDUTY_ACTION: &str = "/flashduty/{key}/action/{secret}";
/// Flashduty's `dingtalk` robot target of one group.
pub const FLASHDUTY_ROBOT: &str = "/flashduty/{key}/robot/{chat}/{secret}";

/// Who is looking.
pub const API_ME: &str = "/api/i/{key}/me";
/// Login-free arrival: takes DingTalk's code, opens a session or starts linking.
pub const API_SESSION: &str = "/api/i/{key}/session";
/// Leave for DingTalk's sign-in page, outside of its clients.
pub const API_LOGIN: &str = "/api/i/{key}/login";
/// Where DingTalk's sign-in page returns to; registered in DingTalk's console.
pub const API_LOGIN_RETURN: &str = "/api/i/{key}/login/return";
/// Lists of incidents.
pub const API_INCIDENTS: &str = "/api/i/{key}/incidents";
/// One incident with its timeline.
pub const API_INCIDENT: &str = "/api/i/{key}/incidents/{id}";
/// One act on an incident; the last segment is the act's name.
pub const API_ACT: &str = "/api/i/{key}/incidents/{id}/{act}";
/// One act on many incidents: what it would mean, or done by a post.
pub const API_BULK: &str = "/api/i/{key}/bulk/{act}";
/// What can be chosen for a new incident, or made by a post.
pub const API_CREATE: &str = "/api/i/{key}/create";
/// Alerts, deliveries and fields of an incident; `?alerts=` is the page of alerts.
pub const API_INCIDENT_MORE: &str = "/api/i/{key}/incidents/{id}/more";
/// Whom an incident can be given to; `?query=` is a part of a name.
pub const API_INCIDENT_PEOPLE: &str = "/api/i/{key}/incidents/{id}/people";
/// The levels it can be given to, with whom each calls.
pub const API_INCIDENT_LEVELS: &str = "/api/i/{key}/incidents/{id}/levels";
/// The custom actions it can be given to.
pub const API_INCIDENT_CUSTOM_ACTIONS: &str = "/api/i/{key}/incidents/{id}/custom-actions";
/// Who is on call.
pub const API_ON_CALL: &str = "/api/i/{key}/on-call";
/// What changes, told to an open page as server-sent events.
pub const API_LIVE: &str = "/api/i/{key}/live";
/// The war room of an incident: read, or made by a post.
pub const API_WAR_ROOM: &str = "/api/i/{key}/incidents/{id}/war-room";
/// Join, invite into, dismiss or keep the war room of an incident; the last segment says which.
pub const API_WAR_ROOM_ACT: &str = "/api/i/{key}/incidents/{id}/war-room/{act}";
/// The group page's data.
pub const API_CHAT: &str = "/api/i/{key}/chat";
/// What a group's page changes: `save`, `preview`, `remove` or `test`.
pub const API_CHAT_ACT: &str = "/api/i/{key}/chat/{act}";
/// Proof of the Flashduty side by an own APP key.
pub const API_LINK_APP_KEY: &str = "/api/i/{key}/link/app-key";
/// Leave for Flashduty's own sign-in.
pub const API_LINK_OAUTH: &str = "/api/i/{key}/link/oauth";
/// Where Flashduty's sign-in returns to.
pub const API_LINK_RETURN: &str = "/api/i/{key}/link/return";
/// Confirm both names.
pub const API_LINK_CONFIRM: &str = "/api/i/{key}/link/confirm";
/// Start linking again with another Flashduty account.
pub const API_LINK_SWITCH: &str = "/api/i/{key}/link/switch";
/// Remove the own link and its credential.
pub const API_LINK_UNLINK: &str = "/api/i/{key}/link/unlink";
/// Remember the chosen language or theme in a cookie.
pub const API_PREFERENCES: &str = "/api/preferences";

/// Description of the JSON API.
pub const OPENAPI: &str = "/api/openapi.json";
/// Groups, for automation.
pub const AUTOMATION_CHATS: &str = "/api/integrations/{key}/chats";
/// Subscriptions, for automation.
pub const AUTOMATION_SUBSCRIPTIONS: &str = "/api/integrations/{key}/subscriptions";
/// One subscription.
pub const AUTOMATION_SUBSCRIPTION: &str = "/api/integrations/{key}/subscriptions/{id}";
/// Points a subscription at another group.
pub const AUTOMATION_SUBSCRIPTION_REPLACE: &str = "/api/integrations/{key}/subscriptions/{id}/replace";
/// Finding members' employees by the directory: how it stands; POST begins a look.
pub const AUTOMATION_DIRECTORY: &str = "/api/integrations/{key}/directory";
/// What the newest look found of each member.
pub const AUTOMATION_DIRECTORY_ROWS: &str = "/api/integrations/{key}/directory/rows";
/// Makes the links of the newest look.
pub const AUTOMATION_DIRECTORY_APPLY: &str = "/api/integrations/{key}/directory/apply";
/// Takes the last application back.
pub const AUTOMATION_DIRECTORY_UNDO: &str = "/api/integrations/{key}/directory/undo";
/// Links of people.
pub const AUTOMATION_LINKS: &str = "/api/integrations/{key}/links";
/// What went out.
pub const AUTOMATION_DELIVERIES: &str = "/api/integrations/{key}/deliveries";
/// One delivery with its attempts.
pub const AUTOMATION_DELIVERY: &str = "/api/integrations/{key}/deliveries/{id}";
/// Send one anew.
pub const AUTOMATION_RESEND: &str = "/api/integrations/{key}/deliveries/{id}/resend";
/// Send all of a kind anew.
pub const AUTOMATION_RESEND_ALL: &str = "/api/integrations/{key}/deliveries/resend";
/// What is left of the month at DingTalk, for other programs.
pub const AUTOMATION_QUOTA: &str = "/api/integrations/{key}/quota";
/// Work notices.
pub const AUTOMATION_WORK_NOTICES: &str = "/api/integrations/{key}/work-notices";
/// One work notice and what became of it for each of its people.
pub const AUTOMATION_WORK_NOTICE: &str = "/api/integrations/{key}/work-notices/{id}";
/// Takes a work notice back.
pub const AUTOMATION_RECALL: &str = "/api/integrations/{key}/work-notices/{id}/recall";
/// The checks of the set-up: last results, and a run now.
pub const AUTOMATION_CHECKS: &str = "/api/integrations/{key}/checks";
/// War rooms, for automation.
pub const AUTOMATION_WAR_ROOMS: &str = "/api/integrations/{key}/war-rooms";
/// Begins the countdown after which a war room is disbanded.
pub const AUTOMATION_WAR_ROOM_DISMISS: &str = "/api/integrations/{key}/war-rooms/{id}/dismiss";
/// Audit log.
pub const AUTOMATION_AUDIT: &str = "/api/integrations/{key}/audit";

/// The process is up.
pub const LIVE: &str = "/live";
/// The process can work.
pub const READY: &str = "/ready";
/// Prometheus metrics.
pub const METRICS: &str = "/metrics";
/// Styles, scripts, icons; names carry a hash.
pub const ASSETS: &str = "/assets/{*file}";

/// Fills the placeholders of a path in order of appearance. Values are percent-encoded.
///
/// ```
/// assert_eq!(contract::paths::fill(contract::paths::INCIDENT, &["k1", "a/b"]), "/i/k1/incidents/a%2Fb");
/// ```
pub fn fill(path: &str, values: &[&str]) -> String {
    let mut filled = String::with_capacity(path.len() + 32);
    let mut values = values.iter();
    let mut rest = path;
    while let Some(open) = rest.find('{') {
        let Some(close) = rest[open..].find('}') else { break };
        filled.push_str(&rest[..open]);
        encode_into(&mut filled, values.next().copied().unwrap_or_default());
        rest = &rest[open + close + 1..];
    }
    filled.push_str(rest);
    filled
}

/// Percent-encodes `text` for use as a path segment or a query value.
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    encode_into(&mut encoded, text);
    encoded
}

/// What [`encode`] has encoded; none for what it never makes.
pub fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
                u8::try_from(digit(rest.next())? * 16 + digit(rest.next())?).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

fn encode_into(encoded: &mut String, text: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => encoded.push(char::from(byte)),
            _ => {
                encoded.push('%');
                encoded.push(char::from(HEX[usize::from(byte >> 4)]));
                encoded.push(char::from(HEX[usize::from(byte & 15)]));
            }
        }
    }
}
