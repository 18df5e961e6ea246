//! The help for keys on the PC homepage. The keys themselves are in `public/page.js`.

use contract::Language;
use contract::words::keys as words;
use leptos::prelude::*;

/// The help, folded.
pub fn keys(language: Language) -> AnyView {
    let lines: Vec<_> = [
        (vec!["J", "↓"], words::next(language)),
        (vec!["K", "↑"], words::previous(language)),
        (vec![words::enter(language)], words::open(language)),
        (vec!["A"], words::acknowledge(language)),
        (vec!["S"], words::choose(language)),
        (vec!["N"], words::create(language)),
        (vec!["/"], words::search(language)),
        (vec!["?"], words::help(language)),
    ]
    .into_iter()
    .map(|(keys, what)| {
        let keys: Vec<_> = keys
            .into_iter()
            .enumerate()
            .map(|(place, key)| {
                let or = (place > 0).then(|| format!(" {} ", words::or(language)));
                view! { {or} <kbd>{key}</kbd> }
            })
            .collect();
        view! { <div><dt>{keys}</dt><dd>{what}</dd></div> }
    })
    .collect();
    view! {
        <details id="keys" class="card fold keys">
            <summary>{words::keys(language)}" "<kbd>"?"</kbd></summary>
            <noscript><p class="hint">{words::no_script(language)}</p></noscript>
            <dl class="labels">{lines}</dl>
        </details>
    }
    .into_any()
}
