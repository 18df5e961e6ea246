use crate::{Call, ErrorClass, Meter};

/// How long to wait after "this app calls this API too fast", per second and per minute (10.2), in milliseconds.
const SECOND_MS: u64 = 1_000;
const MINUTE_MS: u64 = 60_000;

/// The class of a code of either host, sub-codes of wrapped errors included (1.6, 6.7, 7.3, 8.3, 10.2). `None`: a code
/// that says nothing to us. Messages are never consulted, their text is not promised.
pub(crate) fn class_of(code: &str, call: &Call) -> Option<ErrorClass> {
    let code = code.trim().to_ascii_lowercase();
    // Throttling before everything else that begins with "Forbidden".
    throttle(&code).or_else(|| access(&code, call)).or_else(|| person_or_group(&code)).or_else(|| content(&code))
}

fn throttle(code: &str) -> Option<ErrorClass> {
    let wait = |retry_after_ms| Some(ErrorClass::Throttled { retry_after_ms });
    match code {
        "90002" | "90018" => wait(Some(SECOND_MS)),
        "90003" | "90004" | "90005" | "90006" | "90007" | "90008" | "90009" | "90010" | "90011" | "90012" | "90013"
        | "90014" => wait(Some(SECOND_MS)),
        // Too many people in this minute, of work notifications (9.2).
        "143103" | "143104" => wait(Some(MINUTE_MS)),
        "90020" | "forbidden.accessdenied.apicountlimitfororg" => Some(ErrorClass::QuotaSpent { meter: Meter::Api }),
        // A bot's own limit of a minute; how long to wait is not told with it.
        // Also what a template's bot is told that speaks too often in a minute (8.6).
        "660026" => wait(None),
        "130101" | "send.too.fast" | "send.bytoken.toofast" | "too.many.group" | "too.many.people" => wait(None),
        _ if code.starts_with("forbidden.accessdenied.qps") => wait(Some(SECOND_MS)),
        _ if code.starts_with("forbidden.accessdenied.qpm") => wait(Some(MINUTE_MS)),
        _ => None,
    }
}

fn access(code: &str, call: &Call) -> Option<ErrorClass> {
    Some(match code {
        "-1" | "serviceunavailable" | "system.error" | "system.busy" | "systemerror" | "systembusy"
        | "unknownerror" => ErrorClass::Busy,
        "unknown.send.result" => ErrorClass::Unclear,
        // Some old calls say 40001 for a bad token; where a token is asked for it can only be the credentials.
        "40001" if *call != Call::TOKEN => ErrorClass::TokenRefused,
        "40001" | "40096" | "invalidclientidorsecret" | "invalid.client" | "unauthorized.client" => {
            ErrorClass::CredentialsRefused
        }
        "40014" | "42001" | "invalidauthentication" => ErrorClass::TokenRefused,
        "40078" | "42007" | "42008" | "invalidparameter.authcode.notfound" => ErrorClass::CodeRefused,
        "60011"
        | "43007"
        | "forbidden.accessdenied.accesstokenpermissiondenied"
        | "permession.checkfailed"
        | "permission.checkfailed"
        | "unauthorized"
        | "auth.error"
        | "auth.failed" => ErrorClass::MissingScope { name: None, apply_url: None },
        // Of a group from a template; a new one is not the app's at once (8.2, 8.3).
        "400020" | "grouptemplatepermissiondenied" => ErrorClass::Unsettled,
        "60020" | "forbidden.accessdenied.ipnotinwhitelist" => ErrorClass::IpNotAllowed,
        _ => return None,
    })
}

fn person_or_group(code: &str) -> Option<ErrorClass> {
    Some(match code {
        "60121"
        | "33012"
        | "40003"
        | "40104"
        | "invalidparameter.user.notfound"
        | "staffid.notexisted"
        | "member.notfound"
        | "660022"
        | "param.useridnotexist" => ErrorClass::UnknownPerson,
        "50002" => ErrorClass::OutOfRange,
        "robot.oto.notexist" => ErrorClass::NoSession,
        "34001"
        | "49000"
        | "group.disbanded"
        | "invalid.openconversationid"
        | "invalidopenconversationid"
        | "miss.openconversationid"
        | "conversation.org.notmatch"
        | "invalidechatid"
        | "chat.notexist"
        | "660015"
        | "660023"
        | "cidencrypterror" => ErrorClass::ChatGone,
        "invalidparameter.robotcode.coolapp"
        | "coolappuninstalled"
        | "coolappunexist"
        | "chat.coolapp.notinstalled"
        | "grouppermissiondenied"
        | "resource.not.found"
        | "resource.unavailable" => ErrorClass::NotInstalled,
        "bot.stopped"
        | "template.stopped"
        | "send.forbidden"
        | "bot.forbidden.sendmessage"
        | "660012"
        | "660014"
        | "660016"
        | "chatbotid.notallow.sendoto" => ErrorClass::BotUnusable,
        _ if code.starts_with("invalidparameter.robotcode.") => ErrorClass::BotUnusable,
        _ => return None,
    })
}

fn content(code: &str) -> Option<ErrorClass> {
    Some(match code {
        "param.cardalreadyexist" => ErrorClass::CardExists,
        "param.cardnotexist" => ErrorClass::CardGone,
        "param.templatenotexist" | "param.templateunpublished" | "grouptemplate.notfound" => {
            ErrorClass::TemplateUnusable
        }
        "contain.unsafe.url" | "param.contentunsafe" | "invalidparameter.msg.unsupport" => ErrorClass::ContentRefused,
        // The misspelling is the platform's: .orgNotInGrayList, .appNotInstalled, .orgNotConsistent (8.1).
        _ if code.starts_with("grouptemplate.permessiondenied.") => ErrorClass::TemplateUnusable,
        // Sent with HTTP 500, but nothing is broken.
        "param.callbackroutekeyexist" => ErrorClass::Refused,
        _ if code.starts_with("contain.notallowed.")
            || code.starts_with("invalidparameter.msgkey.")
            || code.starts_with("invalidparameter.msgparam.") =>
        {
            ErrorClass::ContentRefused
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_named_code_has_its_class() {
        let table = [
            ("90018", "throttled"),
            ("90002", "throttled"),
            ("Forbidden.AccessDenied.QpsLimitForApi", "throttled"),
            ("Forbidden.AccessDenied.QpmLimitForAppkeyAndApi", "throttled"),
            ("send.too.fast", "throttled"),
            ("130101", "throttled"),
            ("143104", "throttled"),
            ("90020", "quota_spent"),
            ("Forbidden.AccessDenied.ApiCountLimitForOrg", "quota_spent"),
            ("Forbidden.AccessDenied.AccessTokenPermissionDenied", "missing_scope"),
            ("60011", "missing_scope"),
            ("permession.checkFailed", "missing_scope"),
            ("Forbidden.AccessDenied.IpNotInWhiteList", "ip_not_allowed"),
            ("InvalidAuthentication", "token_refused"),
            ("40014", "token_refused"),
            ("42001", "token_refused"),
            ("40001", "token_refused"),
            ("invalidClientIdOrSecret", "credentials_refused"),
            ("40078", "code_refused"),
            ("60121", "unknown_person"),
            ("staffId.notExisted", "unknown_person"),
            ("50002", "out_of_range"),
            ("robot.oto.notExist", "no_session"),
            ("group.disbanded", "chat_gone"),
            ("cidEncryptError", "chat_gone"),
            ("coolAppUninstalled", "not_installed"),
            ("invalidParameter.robotCode.coolApp", "not_installed"),
            ("invalidParameter.robotCode.notExsit", "bot_unusable"),
            ("bot.stopped", "bot_unusable"),
            ("param.cardAlreadyExist", "card_exists"),
            ("param.cardNotExist", "card_gone"),
            ("param.templateUnpublished", "template_unusable"),
            ("param.contentUnsafe", "content_refused"),
            ("contain.notAllowed.text", "content_refused"),
            ("invalidParameter.msgParam.tooLong", "content_refused"),
            ("ServiceUnavailable", "busy"),
            ("system.busy", "busy"),
            ("400020", "unsettled"),
            ("groupTemplatePermissionDenied", "unsettled"),
            ("member.notFound", "unknown_person"),
            ("groupTemplate.notFound", "template_unusable"),
            ("groupTemplate.permessionDenied.orgNotInGrayList", "template_unusable"),
            ("660015", "chat_gone"),
            ("660016", "bot_unusable"),
            ("660026", "throttled"),
            ("-1", "busy"),
            ("unknown.send.result", "unclear"),
        ];
        for (code, name) in table {
            assert_eq!(class_of(code, &Call::SEND_TO_GROUP).map(|class| class.name()), Some(name), "{code}");
        }
        assert_eq!(class_of("40001", &Call::TOKEN), Some(ErrorClass::CredentialsRefused));
        assert_eq!(class_of("88", &Call::USER), None);
        assert_eq!(class_of("Forbidden.Whatever", &Call::USER), None);
    }
}
