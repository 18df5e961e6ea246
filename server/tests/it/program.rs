//! The program from outside, as an operator, DingTalk, Flashduty and other people's tools meet it: the binary as a
//! process of its own, its command line, its addresses, its pages. Only what the outside contract names is relied on.

mod automation;
mod backup;
pub mod child;
mod clock;
mod command_line;
mod configuration;
mod copies;
mod disk;
mod ends;
mod integrations;
mod kills;
mod main_job;
mod markup;
mod outage;
mod pace;
mod stage;
