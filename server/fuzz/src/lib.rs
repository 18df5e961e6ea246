//! What the fuzz targets call. The rules of the server (`model` is pure: no I/O, no clock) and the properties are compiled
//! in by path: the whole server would bring pages, databases and HTTP, slow to build and slow to run under observation.

// The properties speak of `server`, as the server's own tests do.
extern crate self as server;

#[path = "../../src/model/mod.rs"]
pub mod model;

pub mod flow;

#[path = "../../tests/it/properties/mod.rs"]
pub mod properties;
