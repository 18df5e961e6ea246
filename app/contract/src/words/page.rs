//! Sentences of the pages.

super::sentences! {
    product: "Flashduty 值班", "Flashduty on-call";
}
