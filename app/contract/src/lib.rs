//! What the browser and the server say to each other, and the sentences people read. Only serde: the browser carries
//! this crate, so it knows nothing of databases, platforms or servers, and none of its types holds a secret.
//!
//! Reading order: [`paths`], [`words`], [`problem`], [`incident`], [`live`], [`person`], [`chat`], [`console`].

pub mod bulk;
pub mod chat;
pub mod choice;
pub mod console;
pub mod directory;
pub mod form;
pub mod group;
pub mod health;
pub mod incident;
pub mod listing;
pub mod live;
pub mod on_call;
pub mod paths;
pub mod people;
pub mod person;
pub mod problem;
pub mod read;
pub mod settings;
pub mod war_room;
pub mod words;

pub use problem::{Problem, ProblemCode};
pub use words::Language;
