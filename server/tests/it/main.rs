//! Behaviour, as short stories on the [`bench`]: the real server, the simulator as its peers, a clock moved by hand.

mod arrows;
mod attack;
mod audit;
mod bench;
mod cards;
mod clicks;
mod deliveries;
mod doors;
mod failures;
mod groups;
mod groups_health;
mod linking;
mod postgres;
mod program;
mod quota;
mod restart;
mod robot_push;
mod store;
mod storm;
mod storm_digest;
mod truth;
mod viewers;
mod visits;
mod weather;
mod work_notices;
mod worker;
