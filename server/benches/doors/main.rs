//! How fast the doors are, as ratios within one run: `cargo bench -p server --bench doors`.
//!
//! The event receiver with a durable write before its answer beside the same verification without storing; the same
//! while everything downstream hangs; and a click beside the call to Flashduty that it consists of.

mod child;
mod clicks;
mod load;
mod receiver;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let mut arguments = std::env::args().skip(1);
    // The benchmark starts itself again as the receiver that stores nothing.
    if arguments.next().as_deref() == Some(receiver::BASELINE) {
        receiver::serve_baseline();
        return;
    }
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        receiver::run().await;
        clicks::run().await;
    });
}
