//! `dingduty serve`.

use super::Failure;
use crate::application::Application;
use crate::config::Config;
use crate::flow::quota::pushes;
use crate::flow::{access, address};
use crate::http::listen;
use crate::work;
use contract::paths;
use std::io;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use world::World;

/// What an orderly end may take from the signal on: whoever sent it kills after 10 s.
const STOP_LIMIT: Duration = Duration::from_secs(9);

/// Runs the server until it is told to stop.
pub(super) async fn run(config: Config) -> Result<(), Failure> {
    let address = config.listen;
    let refused = |error: io::Error| {
        Failure::Failed(format!("cannot listen on {address}: {error}; choose another address with DINGDUTY_LISTEN"))
    };
    let listener = listen::bind(address).map_err(refused)?;
    let application = Application::build(config, World::system()).await?;
    let state = &application.state;
    println!("dingduty {} listens on {address}", env!("CARGO_PKG_VERSION"));
    println!("public address  {}", state.config.public_url);
    println!("console         {}", address::page(state, paths::CONSOLE, &[]));
    if access::is_first_start(state).await? {
        let link = access::console_link(state, "first start").await?;
        println!("first sign-in   {link}  (once, within ten minutes; later: dingduty console-link)");
    }
    until_stopped(application, listener).await
}

/// Serves and works until SIGINT or SIGTERM, then ends in order, but within [`STOP_LIMIT`].
pub(crate) async fn until_stopped(application: Application, listener: TcpListener) -> Result<(), Failure> {
    let signal = stop_signal().map_err(|error| Failure::Failed(format!("signals cannot be received: {error}")))?;
    let (told, stopped) = watch::channel(false);
    let signalled = async {
        signal.await;
        tracing::info!("stopping");
        // Nobody listens any more only when everything has ended already.
        let _ = told.send(true);
        let _ = tokio::time::timeout(STOP_LIMIT, std::future::pending::<()>()).await;
    };
    let state = application.state.clone();
    let worker = work::start(application.state.clone());
    let serving = async {
        let mut stopped = stopped;
        // An error means that the sender is gone, which is an end too.
        let stop = async move { stopped.wait_for(|stop| *stop).await.map_or((), drop) };
        application.serve(listener, stop).await;
        worker.stop().await;
        state.pilot.flush().await;
        if let Err(error) = pushes::flush(&state).await {
            tracing::warn!(%error, "some pushes were not counted");
        }
        state.store.close().await;
    };
    tokio::select! {
        () = serving => {}
        () = signalled => tracing::warn!("some work had not ended in time; it is taken up again at the next start"),
    }
    Ok(())
}

#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        // Without signals the process is ended from outside.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
