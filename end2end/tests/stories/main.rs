//! What people do with the product in a browser, told as stories. Each is told in several clients: live, and plain,
//! which is without scripts.

/// One test for each client that a story is told in.
macro_rules! told {
    ($story:ident: $($name:ident = $way:expr),+ $(,)?) => {
        $(
            #[test]
            fn $name() {
                end2end::tell(concat!(module_path!(), "::", stringify!($name)), $way, $story);
            }
        )+
    };
}

mod access;
mod account;
mod choices;
mod console;
mod console_people;
mod console_records;
mod console_settings;
mod desk;
mod giving;
mod group;
mod home;
mod incident;
mod live;
mod main_job;
mod many;
mod old_engine;
mod outside;
mod pc_home;
mod safety_net;
mod set_up;
mod war_room;
