//! What must hold of every input from outside, whatever its bytes: one function for each reader. They are run by the fuzz
//! targets (`server/fuzz`, which includes this folder) on inputs that are searched for, and by the test `corpus` on those
//! that were found worth keeping.

pub mod callback;
pub mod click;
pub mod event;
pub mod markdown;
pub mod robot;
pub mod webhook;

/// Panics where what must hold of these bytes does not.
pub type Property = fn(&[u8]);

/// All properties, by the name of their fuzz target and of the folder of their corpus.
pub const ALL: [(&str, Property); 6] = [
    ("callback", callback::property),
    ("click", click::property),
    ("event", event::property),
    ("markdown", markdown::property),
    ("robot", robot::property),
    ("webhook", webhook::property),
];

/// Longest identifier that may become a key of a table.
const IDENTIFIER_BYTES_MAX: usize = 512;

/// PostgreSQL takes no zero character in text.
fn assert_storable(text: &str) {
    assert!(!text.contains('\0'), "cannot be stored: {text:?}");
}

/// A database's index takes no key of any length.
fn assert_identifier(text: &str) {
    assert_storable(text);
    assert!(!text.trim().is_empty() && text.len() <= IDENTIFIER_BYTES_MAX, "no identifier: {} bytes", text.len());
}
