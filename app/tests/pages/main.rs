//! Every page drawn from a fake `Backend`: what people and browser tools find in the HTML.

mod asking;
mod beside;
mod console_people;
mod fake;
mod records;
mod render;

mod framed;
mod groups_and_console;
mod hostile;
mod incidents;
mod linking;
mod lists;
mod many;
mod obstacles;
mod settings;
