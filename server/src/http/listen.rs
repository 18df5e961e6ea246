//! Sockets. By hand instead of `axum::serve`, because that has no limit on the time a request's head may take and none on
//! the number of connections.

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tower::ServiceExt;

/// Time for a request's head, and for a kept connection to be idle.
const HEAD_TIMEOUT: Duration = Duration::from_secs(15);
/// Connections at once; further ones wait in the system's queue.
const CONNECTIONS_MAX: usize = 4096;
/// Pause when the system gives no connection, for example because it has no file descriptors left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// What an orderly end of the connections may take, a part of the whole one's time: answers under way are finished, open
/// streams are cut.
pub const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// Serves until `stop` ends, then finishes what is under way for at most [`STOP_TIMEOUT`].
pub async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    let mut stop = pin!(stop);
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, accept(&listener).await)
        };
        let (place, (stream, from)) = tokio::select! {
            next = next => next,
            () = &mut stop => break,
            Some(_) = connections.join_next() => continue,
        };
        let connection = graceful.watch(talk(stream, from, router.clone()));
        connections.spawn(async move {
            // A connection that ends in an error is the other side's business.
            let _ = connection.await;
            drop(place);
        });
    }
    drop(listener);
    if tokio::time::timeout(STOP_TIMEOUT, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests were cut off because they did not end in time");
    }
}

#[expect(clippy::disallowed_methods, reason = "without a pause a shortage of sockets would burn a core")]
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    matches!(error.kind(), Kind::ConnectionRefused | Kind::ConnectionAborted | Kind::ConnectionReset)
}

fn talk(
    stream: TcpStream,
    from: SocketAddr,
    router: Router,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> {
    // A streamed page is several small writes: without this each would wait for the other side's acknowledgement.
    let _ = stream.set_nodelay(true);
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(from));
        router.clone().oneshot(request.map(axum::body::Body::new))
    });
    hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service)
}
