//! Subscriptions of a group: what is sent to it in words, and the plain forms that change it. The console and a group's
//! own page show the same.

use super::{moment, problem_box, severity_words};
use crate::moment::Clock;
use crate::visit::Visit;
use contract::Language;
use contract::chat::SubscriptionView;
use contract::group::{GroupAsked, Preview, PreviewLine, RuleDesk, RuleForm, TestView};
use contract::incident::Severity;
use contract::words::{group as words, page};
use leptos::prelude::*;

/// The severities a rule can name.
const SEVERITIES: [Severity; 3] = [Severity::Critical, Severity::Warning, Severity::Info];

/// Where the forms of one group lead.
pub struct Forms<'a> {
    pub visit: &'a Visit,
    pub clock: Clock,
    /// The address that takes an act.
    pub act: &'a dyn Fn(&str) -> String,
    /// The address of the page that is asked for more.
    pub page: &'a dyn Fn(&GroupAsked) -> String,
    /// The address of an incident, where it has a page.
    pub incident: Option<&'a dyn Fn(&str) -> String>,
    /// What each form says besides.
    pub fields: Vec<(&'static str, String)>,
}

impl Forms<'_> {
    fn language(&self) -> Language {
        self.clock.language
    }

    /// The fields that every form has.
    fn hidden(&self) -> AnyView {
        let fields = self.fields.iter().map(|(name, value)| {
            view! { <input type="hidden" name=*name value=value.clone()/> }
        });
        view! { <input type="hidden" name="csrf" value=self.visit.csrf.clone()/>{fields.collect::<Vec<_>>()} }
            .into_any()
    }

    /// A form of one button.
    pub fn button(&self, act: &'static str, class: &'static str, label: &'static str, fields: AnyView) -> AnyView {
        view! {
            <form class="act" method="post" action=(self.act)(act)>
                {self.hidden()}
                {fields}
                <button class=class type="submit" data-group-act=act>{label}</button>
            </form>
        }
        .into_any()
    }
}

/// What is sent to the group, each line with what can be done to it, and the way to add one.
pub fn subscriptions(forms: &Forms<'_>, all: &[SubscriptionView]) -> AnyView {
    let language = forms.language();
    let lines: Vec<_> = all
        .iter()
        .map(|one| {
            let edit = GroupAsked { edit: Some(one.id.clone()), ..GroupAsked::default() };
            let fields = view! {
                <input type="hidden" name="edit" value=one.id.clone()/>
                <input type="hidden" name="revision" value=one.revision.clone()/>
            };
            let remove = forms.button("remove", "button danger", words::remove_confirm(language), fields.into_any());
            view! {
                <li class="subscription" data-subscription=one.id.clone()>
                    <p dir="auto">{sentence(one, language)}</p>
                    <div class="links">
                        <a class="button quiet" href=(forms.page)(&edit)>{words::change(language)}</a>
                        <details class="fold">
                            <summary>{words::remove(language)}</summary>
                            <p class="hint">{words::remove_more(language)}</p>
                            {remove}
                        </details>
                    </div>
                </li>
            }
        })
        .collect();
    let none = lines.is_empty().then(|| view! { <p>{words::no_subscription(language)}</p> });
    let add = GroupAsked { edit: Some("new".into()), ..GroupAsked::default() };
    view! {
        <ul class="lines">{lines}</ul>
        {none}
        <a class="button" href=(forms.page)(&add) data-add-subscription>{words::add(language)}</a>
    }
    .into_any()
}

/// The open form, what it would have brought, and why not.
pub fn desk(forms: &Forms<'_>, desk: &RuleDesk) -> AnyView {
    let problem = desk.problem.as_ref().map(|problem| problem_box(problem, forms.language(), &forms.visit.key));
    let form = desk.form.as_ref().map(|one| form(forms, one));
    let preview = desk.preview.as_ref().map(|shown| preview(forms, shown));
    view! { {problem} {form} {preview} }.into_any()
}

/// A message that says that it is a test, and what became of the last one.
pub fn test(forms: &Forms<'_>, last: Option<&TestView>) -> AnyView {
    let language = forms.language();
    let send = forms.button("test", "button", words::test(language), ().into_any());
    let last = last.map(|last| {
        let at = moment(&forms.clock, last.at_ms);
        let said = match (last.waiting, last.arrived) {
            (_, true) => view! { <span class="yes">"✓ "{words::test_arrived(language)}</span> }.into_any(),
            (true, _) if last.outcome == "waiting" => words::test_waiting(language).into_any(),
            _ => view! { <span class="no">{last.cause.clone()}</span>" "{last.cure.clone()} }.into_any(),
        };
        let reload = last.waiting.then(|| {
            let here = (forms.page)(&GroupAsked::default());
            view! { " "<a href=here>{words::reload(language)}</a> }
        });
        view! { <p data-test=last.outcome.clone()>{said}" · "{at}{reload}</p> }
    });
    view! {
        <section class="card">
            <h2>{words::test_title(language)}</h2>
            <p class="hint">{words::test_more(language)}</p>
            {last}
            {send}
        </section>
    }
    .into_any()
}

fn form(forms: &Forms<'_>, shown: &RuleForm) -> AnyView {
    let language = forms.language();
    let title = if shown.id.is_empty() { words::new_title(language) } else { words::change_title(language) };
    let edit = if shown.id.is_empty() { "new".to_owned() } else { shown.id.clone() };
    let cancel = (forms.page)(&GroupAsked::default());
    view! {
        <section class="card" id="form">
            <h2>{title}</h2>
            <form class="rule" method="post" action=(forms.act)("save") data-subscription-form=edit.clone()>
                {forms.hidden()}
                <input type="hidden" name="typed" value="yes"/>
                <input type="hidden" name="edit" value=edit.clone()/>
                <input type="hidden" name="revision" value=shown.revision.clone()/>
                {channels(shown, language)}
                {severities(shown, language)}
                {further(shown, language)}
                <div class="links">
                    <button class="button primary" type="submit" data-group-act="save">{words::save(language)}</button>
                    <button class="button" type="submit" formaction=(forms.act)("preview") data-group-act="preview">
                        {words::preview(language)}
                    </button>
                    <a class="button quiet" href=cancel>{words::cancel(language)}</a>
                </div>
            </form>
        </section>
    }
    .into_any()
}

fn channels(shown: &RuleForm, language: Language) -> AnyView {
    let boxes: Vec<_> =
        shown.channels.iter().map(|one| tick("channel", one.id.to_string(), &one.name, one.chosen)).collect();
    let hint = if shown.all_allowed { words::channels_all(language) } else { words::channels_some(language) };
    view! {
        <fieldset class="ticks">
            <legend>{words::channels(language)}" "<span class="hint">{hint}</span></legend>
            <div class="boxes">{boxes}</div>
        </fieldset>
        <label class="field">
            <span>{words::channels_more(language)}</span>
            <input type="text" name="channels" inputmode="numeric" maxlength="2000" value=shown.channels_more.clone()/>
        </label>
    }
    .into_any()
}

fn severities(shown: &RuleForm, language: Language) -> AnyView {
    let boxes: Vec<_> = SEVERITIES
        .into_iter()
        .map(|one| {
            let chosen = shown.severities.iter().any(|name| name == one.name());
            tick("severity", one.name().to_owned(), severity_words(one, language), chosen)
        })
        .collect();
    view! {
        <fieldset class="ticks">
            <legend>{words::severities(language)}" "<span class="hint">{words::severities_all(language)}</span></legend>
            <div class="boxes">{boxes}</div>
        </fieldset>
    }
    .into_any()
}

fn further(shown: &RuleForm, language: Language) -> AnyView {
    // As markup, because an empty text would be drawn as a blank. A line break at its beginning would be swallowed.
    let labels = format!("\n{}", shown.labels.replace('&', "&amp;").replace('<', "&lt;"));
    let options: Vec<_> = [
        ("all", words::repaint_all(language)),
        ("state", words::repaint_state(language)),
        ("none", words::repaint_none(language)),
    ]
    .into_iter()
    .map(|(name, word)| view! { <option value=name selected=name == shown.repaint>{word}</option> })
    .collect();
    view! {
        <label class="field">
            <span>{words::labels(language)}</span>
            <textarea name="labels" rows="3" inner_html=labels></textarea>
            <span class="hint">{words::labels_all(language)}</span>
        </label>
        <label class="field">
            <span>{words::repaint(language)}</span>
            <select name="repaint">{options}</select>
        </label>
        {tick("mention", "yes".into(), words::mention(language), shown.mention)}
    }
    .into_any()
}

fn tick(name: &'static str, value: String, label: &str, chosen: bool) -> AnyView {
    let label = label.to_owned();
    view! {
        <label class="check">
            <input type="checkbox" name=name value=value checked=chosen/>
            <span dir="auto">{label}</span>
        </label>
    }
    .into_any()
}

fn preview(forms: &Forms<'_>, shown: &Preview) -> AnyView {
    let language = forms.language();
    let line = |one: &PreviewLine| {
        let title = format!("#{} {}", one.num, one.title);
        let title = match forms.incident {
            Some(address) => view! { <a href=address(&one.id)><bdi>{title}</bdi></a> }.into_any(),
            None => view! { <bdi>{title}</bdi> }.into_any(),
        };
        let about = [severity(&one.severity, language), one.channel.clone()];
        let about = about.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" · ");
        view! { <li>{title}" "<span class="age"><bdi>{about}</bdi>" · "{moment(&forms.clock, one.at_ms)}</span></li> }
    };
    let count = match shown.fitting {
        0 => words::preview_none(language, shown.looked),
        fitting => words::preview_count(language, fitting, shown.looked),
    };
    let cut = (shown.fitting > shown.items.len())
        .then(|| view! { <p class="hint">{words::preview_shown(language, shown.items.len())}</p> });
    view! {
        <section class="card" data-preview=shown.fitting.to_string()>
            <h2>{words::preview_title(language)}</h2>
            <p>{count}</p>
            <ul class="lines">{shown.items.iter().map(line).collect::<Vec<_>>()}</ul>
            {cut}
        </section>
    }
    .into_any()
}

/// A subscription in words.
pub fn sentence(subscription: &SubscriptionView, language: Language) -> String {
    let some = |names: &[String], all: &'static str| {
        if names.is_empty() { all.to_owned() } else { names.join(page::joiner(language)) }
    };
    let severities: Vec<String> = subscription.severities.iter().map(|name| severity(name, language)).collect();
    let mut parts = vec![
        some(&subscription.channels, page::all_channels(language)),
        some(&severities, page::all_severities(language)),
    ];
    parts.extend(subscription.labels.iter().map(|(name, value)| format!("{name} = {value}")));
    if subscription.mention {
        parts.push(page::mentions(language).into());
    }
    match subscription.repaint.as_str() {
        "state" => parts.push(page::follows_state(language).into()),
        "none" => parts.push(page::follows_nothing(language).into()),
        _ => {}
    }
    parts.join(" · ")
}

/// Flashduty's name of a severity in the reader's language; one this product does not know stays as it is.
fn severity(name: &str, language: Language) -> String {
    let known = [Severity::Critical, Severity::Warning, Severity::Info, Severity::Ok];
    let known = known.into_iter().find(|severity| severity.name() == name);
    known.map_or_else(|| name.to_owned(), |severity| severity_words(severity, language).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subscriptions_in_words() {
        let all = SubscriptionView {
            id: "s1".into(),
            revision: "r".into(),
            channels: vec![],
            severities: vec![],
            labels: vec![],
            mention: false,
            repaint: "all".into(),
        };
        assert_eq!(sentence(&all, Language::En), "all channels · all severities");
        let some = SubscriptionView {
            channels: vec!["Ops".into(), "Pay".into()],
            severities: vec!["Critical".into()],
            labels: vec![("env".into(), "prod".into())],
            mention: true,
            repaint: "state".into(),
            ..all
        };
        assert_eq!(
            sentence(&some, Language::En),
            "Ops, Pay · Critical · env = prod · mentions responders · cards follow changes of state"
        );
        assert!(sentence(&some, Language::Zh).contains("严重"));
    }
}
