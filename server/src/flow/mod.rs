//! What the product does. Flows know the store, the platform clients and the model; they know nothing of HTTP.

pub mod access;
pub mod act;
pub mod address;
pub mod arrive;
mod audit;
pub mod automation;
pub mod caches;
pub mod chats;
pub mod click;
pub mod console;
pub mod convert;
pub mod credential;
pub mod deliver;
pub mod delivery_log;
pub mod events;
pub mod failed_pushes;
pub mod incidents;
pub mod introduce;
pub mod link;
pub mod link_end;
mod mention;
pub mod merges;
pub mod notify;
mod open_ones;
pub mod people;
pub mod prove;
pub mod quota;
pub mod read;
pub mod reconcile;
pub mod refresh;
pub mod refusal;
pub mod repaint;
pub mod session;
pub mod set_up;

pub use refusal::{ReceiveError, Refusal};
