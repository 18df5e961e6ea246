//! The month at DingTalk: both meters, charts, what it comes to, other circumstances, and the company's figures.

use super::records::{figure, select};
use super::section;
use crate::moment::Clock;
use crate::pages::query;
use crate::parts::chart::{self, Chart};
use crate::place::Place;
use crate::visit::Visit;
use contract::console::Section;
use contract::console::quota::{Meter, Outlook, PERCENT_MAX, Quota, WhatIf};
use contract::words::records as words;
use contract::{Language, paths};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// Routes that have a bar of their own; the others share one.
const ROUTES_MAX: usize = 8;

/// `/console/{key}/quota`
#[component]
pub fn QuotaPage() -> impl IntoView {
    let mut asked = WhatIf::default();
    use_query_map().with_untracked(|map| {
        for name in WhatIf::NAMES {
            if let Some(value) = map.get(name) {
                asked.read(name, &value);
            }
        }
    });
    let typed = Typed::read();
    section(
        Section::Quota,
        |door, key| async move { door.quota(&key, asked).await },
        move |visit, quota: Quota| {
            let clock = visit.clock();
            view! {
                {said(&typed, visit.language)}
                {standing(&quota, &clock)}
                {meter("api", words::api_calls(visit.language), &quota.api, Some(&quota.now), &clock, &quota)}
                {meter("push", words::pushes(visit.language), &quota.push, None, &clock, &quota)}
                {what_if(visit, &quota, &clock)}
                {figures(visit, &quota, &typed)}
            }
            .into_any()
        },
    )
}

/// What became of changing the figures, and what was typed where it was refused.
struct Typed {
    is_saved: bool,
    wrong: Option<String>,
    fields: Vec<(&'static str, Option<String>)>,
}

impl Typed {
    fn read() -> Self {
        let names = ["edition", "quota_preset", "quota_api_month", "quota_push_month", "quota_qps"];
        let fields = names.map(|name| (name, query(name))).into();
        Self { is_saved: query("saved").is_some(), wrong: query("wrong"), fields }
    }

    /// What was typed into a field that was refused, else what is stored.
    fn or(&self, name: &str, stored: &str) -> String {
        let typed = self.fields.iter().find(|(known, _)| *known == name).and_then(|(_, value)| value.clone());
        typed.filter(|_| self.wrong.is_some()).unwrap_or_else(|| stored.to_owned())
    }
}

fn said(typed: &Typed, language: Language) -> Option<AnyView> {
    if typed.is_saved {
        return Some(view! { <p class="notice" role="status">{words::saved(language)}</p> }.into_any());
    }
    let sentence = match typed.wrong.as_deref()? {
        "seen" => words::changed_meanwhile(language),
        "quota_qps" => words::wrong_per_second(language),
        _ => words::wrong_figure(language),
    };
    Some(view! { <p class="notice" role="alert" data-wrong="">{sentence}</p> }.into_any())
}

/// Why less is sent than otherwise, and until when nothing is.
fn standing(quota: &Quota, clock: &Clock) -> AnyView {
    let language = clock.language;
    let economy = quota.economy.map(|economy| match economy {
        "near-the-end" => words::economy_near_the_end(language),
        _ => words::economy_forecast(language),
    });
    let economy = economy.map(|sentence| view! { <p class="warning" role="status" data-economy="">{sentence}</p> });
    let banned = quota.banned_until_ms.map(|until_ms| {
        view! { <p class="warning" role="alert">{words::banned_until(language, clock.full(until_ms))}</p> }
    });
    view! { {economy} {banned} }.into_any()
}

fn meter(
    id: &'static str,
    title: &'static str,
    meter: &Meter,
    outlook: Option<&Outlook>,
    clock: &Clock,
    quota: &Quota,
) -> AnyView {
    let language = clock.language;
    let used = match meter.limit {
        Some(limit) => words::used_of(language, figure(meter.used), figure(limit), percent(meter.used, limit)),
        None => words::used_no_limit(language, figure(meter.used)),
    };
    let bar = meter.limit.map(|limit| {
        view! { <progress max=limit.max(1).to_string() value=meter.used.min(limit).to_string() aria-label=title></progress> }
    });
    let forecast = match (meter.is_spent, meter.forecast_ms, meter.limit) {
        (true, ..) => Some(words::spent(language, clock.full(quota.ends_ms))),
        (false, Some(at_ms), _) => Some(words::spent_on(language, clock.full(at_ms))),
        (false, None, Some(_)) => Some(words::lasts(language).to_owned()),
        (false, None, None) => None,
    };
    let reserve = (meter.reserve > 0).then(|| view! { <li>{words::reserve(language, figure(meter.reserve))}</li> });
    let warnings = (!meter.warnings.is_empty()).then(|| {
        let levels: Vec<String> = meter.warnings.iter().map(|level| format!("{level} %")).collect();
        view! { <li>{words::warned(language, levels.join(", "))}</li> }
    });
    let per_second = outlook.map(|_| view! { <li>{words::per_second(language, quota.per_second)}</li> });
    view! {
        <section class="card" data-meter=id>
            <h2>{title}" "<span class="age">{quota.month.clone()}</span></h2>
            <p class="meter">{used}</p>
            {bar}
            <ul class="lines">{forecast.map(|text| view! { <li data-forecast="">{text}</li> })}{reserve}{warnings}{per_second}</ul>
            {by_day(id, title, meter, outlook, quota.today, language)}
            {by_route(id, title, meter, language)}
        </section>
    }
    .into_any()
}

/// A column for each day; days to come as they are expected.
fn by_day(
    id: &'static str,
    title: &str,
    meter: &Meter,
    outlook: Option<&Outlook>,
    today: i64,
    language: Language,
) -> AnyView {
    let expected = outlook.map_or(0, |outlook| outlook.per_day);
    let figures = meter.days.iter().map(|(day, used)| {
        let figure = if *day > today { expected } else { *used };
        (day.to_string(), figure)
    });
    chart::columns(Chart {
        id: if id == "api" { "api-by-day" } else { "push-by-day" },
        title: words::by_day(language, title),
        heads: [words::day(language), words::count(language)],
        as_table: words::as_table(language),
        figures: figures.collect(),
        expected_from: usize::try_from(today).ok(),
    })
}

fn by_route(id: &'static str, title: &str, meter: &Meter, language: Language) -> Option<AnyView> {
    let (shown, rest) = meter.routes.split_at(meter.routes.len().min(ROUTES_MAX));
    let mut figures: Vec<(String, i64)> =
        shown.iter().map(|(route, used)| (words::route(route, language), *used)).collect();
    let rest: i64 = rest.iter().map(|(_, used)| *used).sum();
    if rest > 0 {
        figures.push((words::other_routes(language).to_owned(), rest));
    }
    (!figures.is_empty()).then(|| {
        chart::rows(Chart {
            id: if id == "api" { "api-by-route" } else { "push-by-route" },
            title: words::by_route(language, title),
            heads: [words::used_for(language), words::count(language)],
            as_table: words::as_table(language),
            figures,
            expected_from: None,
        })
    })
}

/// Other circumstances: a form that leads to this page with them.
fn what_if(visit: &Visit, quota: &Quota, clock: &Clock) -> AnyView {
    let language = visit.language;
    let asked = &quota.asked;
    let check = |name: &'static str, label: &'static str, checked: bool| {
        view! {
            <label class="check"><input type="checkbox" name=name value="yes" checked=checked/><span>{label}</span></label>
        }
    };
    let percent = |name: &'static str, label: &'static str, value: i64| {
        view! {
            <label class="field">
                <span>{label}</span>
                <input type="number" name=name min="0" max=PERCENT_MAX.to_string() inputmode="numeric" value=value.to_string()/>
            </label>
        }
    };
    let editions = editions(language);
    let row = |head: &'static str, one: &Outlook| {
        let spent = one.spent_ms.map_or_else(|| words::not_this_month(language).to_owned(), |at_ms| clock.full(at_ms));
        view! {
            <tr>
                <th scope="row">{head}</th>
                <td>{figure(one.per_day)}</td>
                <td>{figure(one.at_end)}</td>
                <td>{figure(one.limit)}</td>
                <td>{spent}</td>
            </tr>
        }
    };
    let heads = [
        words::circumstances(language),
        words::per_day(language),
        words::at_end(language),
        words::limit(language),
        words::spent_when(language),
    ]
    .map(|head| view! { <th scope="col">{head}</th> })
    .to_vec();
    let address = Place::Administer { section: Section::Quota }.address(&visit.key);
    view! {
        <section class="card" data-what-if="">
            <h2>{words::what_if(language)}</h2>
            <p class="hint">{words::what_if_more(language, quota.groups_share)}</p>
            <form method="get" action=address>
                {check("no_repaints", words::no_repaints(language), asked.no_repaints)}
                {check("no_people", words::no_people(language), asked.no_people)}
                <div class="fields">
                    {percent("groups", words::groups_percent(language), asked.groups)}
                    {percent("incidents", words::incidents_percent(language), asked.incidents)}
                    {select(words::with_edition(language), "with_edition", words::as_it_is(language), &editions, &asked.edition)}
                </div>
                <button class="button" type="submit">{words::compute(language)}</button>
            </form>
            <div class="scroll" tabindex="0" role="region" aria-label=words::what_if(language)>
                <table>
                    <thead><tr>{heads}</tr></thead>
                    <tbody>{row(words::as_it_goes(language), &quota.now)}{row(words::so_it_would(language), &quota.then)}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn editions(language: Language) -> [(&'static str, &'static str); 3] {
    ["standard", "professional", "exclusive"].map(|name| (name, words::edition_name(name, language)))
}

/// The company's figures, and the table they come from.
fn figures(visit: &Visit, quota: &Quota, typed: &Typed) -> AnyView {
    let language = visit.language;
    let number = |name: &'static str, label: &'static str, most: &'static str, stored: &str| {
        view! {
            <label class="field">
                <span>{label}</span>
                <input type="number" name=name min="0" max=most inputmode="numeric" value=typed.or(name, stored)
                    placeholder=words::as_preset(language)/>
            </label>
        }
    };
    let presets =
        [("before-2025-11-19", words::preset_former(language)), ("2025-11-19", words::preset_present(language))];
    let rows: Vec<_> = quota
        .presets
        .iter()
        .map(|one| {
            let push = one.push_month.map_or_else(|| words::by_contract(language).to_owned(), figure);
            let is_present = (one.edition == quota.edition && one.preset == quota.preset).then_some("true");
            view! {
                <tr aria-current=is_present>
                    <th scope="row">{words::edition_name(one.edition, language)}</th>
                    <td>{one.preset}</td>
                    <td>{figure(one.api_month)}</td>
                    <td>{push}</td>
                    <td>{one.per_second}</td>
                </tr>
            }
        })
        .collect();
    let heads = [
        words::edition(language),
        words::holds_from(language),
        words::api_calls(language),
        words::pushes(language),
        words::calls_a_second(language),
    ]
    .map(|head| view! { <th scope="col">{head}</th> })
    .to_vec();
    let (edition, preset) = (typed.or("edition", quota.edition), typed.or("quota_preset", quota.preset));
    view! {
        <section class="card" data-figures="">
            <h2>{words::figures(language)}</h2>
            <form method="post" action=paths::fill(paths::CONSOLE_QUOTA_FIGURES, &[&visit.key])>
                <input type="hidden" name="csrf" value=visit.csrf.clone()/>
                <input type="hidden" name="seen" value=quota.seen.clone()/>
                <div class="fields">
                    {select(words::edition(language), "edition", "", &editions(language), &edition)}
                    {select(words::preset(language), "quota_preset", "", &presets, &preset)}
                    {number("quota_api_month", words::own_api(language), "1000000000", &quota.own.api_month)}
                    {number("quota_push_month", words::own_push(language), "1000000000", &quota.own.push_month)}
                    {number("quota_qps", words::own_per_second(language), "1000", &quota.own.per_second)}
                </div>
                <p class="hint">{words::own_more(language)}</p>
                {visit.may_change.then(|| view! { <button class="button primary" type="submit">{words::save(language)}</button> })}
            </form>
            <details class="fold">
                <summary>{words::presets(language)}</summary>
                <div class="scroll" tabindex="0" role="region" aria-label=words::presets(language)>
                    <table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>
                </div>
            </details>
        </section>
    }
    .into_any()
}

/// Hundredths that are used, without a fraction.
fn percent(used: i64, limit: i64) -> i64 {
    let percent = i128::from(used.max(0)) * 100 / i128::from(limit.max(1));
    i64::try_from(percent).unwrap_or(i64::MAX)
}
