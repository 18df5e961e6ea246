//! Every page drawn from a fake `Backend`: what people and browser tools find in the HTML.

mod fake;
mod render;

mod framed;
mod hostile;
mod incidents;
mod linking;
mod lists;
mod obstacles;
mod others;
