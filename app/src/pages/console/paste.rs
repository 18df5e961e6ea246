//! Values to paste elsewhere: read-only fields that select as a whole, each with a button that copies where scripts run.

use contract::Language;
use contract::words::setting as words;
use leptos::prelude::*;

/// A label with its value.
pub fn value_to_paste(label: &str, value: &str, language: Language) -> AnyView {
    let name = format!("{} {label}", words::copy(language));
    view! {
        <div class="paste">
            <label class="field">
                <span dir="auto">{label.to_owned()}</span>
                <input type="text" readonly=true value=value.to_owned()/>
            </label>
            <button class="button" type="button" hidden=true aria-label=name data-copy=words::copied(language)>
                {words::copy(language)}
            </button>
        </div>
    }
    .into_any()
}
