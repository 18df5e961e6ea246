//! Sockets. By hand instead of `axum::serve`, because that has no limit on the time a request's head may take and none on
//! the number of connections.

use super::crowd::Crowd;
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
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;

/// Time for a request's head, and for a kept connection to be idle.
const HEAD_TIMEOUT: Duration = Duration::from_secs(15);
/// How long an answer may wait for its reader to take any of it.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);
/// Longest head of a request, in bytes. Ours have one or two thousand.
const HEAD_BYTES_MAX: usize = 64 * 1024;
/// Connections at once; further ones wait in the system's queue.
const CONNECTIONS_MAX: usize = 4096;
/// Connections that the system keeps until they are taken. Beyond it a connection comes a second later, when the other
/// side knocks again: platforms that reconnect all at once must not wait so long. The usual 128 is passed by 256 of them.
const BACKLOG: u32 = 4096;
/// Pause when the system gives no connection, for example because it has no file descriptors left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// What an orderly end of the connections may take, a part of the whole one's time: answers under way are finished, open
/// streams are cut.
pub const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// Listens on an address.
///
/// # Errors
/// As the system refuses, for example because somebody else listens there.
pub fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // Else a restart would have to wait until the system has forgotten the connections of the program before.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves until `stop` ends, then finishes what is under way for at most [`STOP_TIMEOUT`].
pub async fn serve(listener: TcpListener, router: Router, crowd: Crowd, stop: impl Future<Output = ()>) {
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
        // Closed at once: whoever has that many waits for nothing.
        let Some(seat) = crowd.seat(from.ip()) else { continue };
        let connection = graceful.watch(talk(stream, from, router.clone(), WRITE_TIMEOUT));
        connections.spawn(async move {
            // A connection that ends in an error is the other side's business.
            let _ = connection.await;
            drop((place, seat));
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
    write_timeout: Duration,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> {
    // A streamed page is several small writes: without this each would wait for the other side's acknowledgement.
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(write_timeout));
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(from));
        router.clone().oneshot(request.map(axum::body::Body::new))
    });
    hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(Box::pin(stream)), service)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    async fn connected(write_timeout: Duration) -> (TcpStream, impl Future) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (stream, from) = listener.accept().await.unwrap();
        // More than two sockets hold on their way.
        let router = Router::new().route("/", get(|| async { vec![0_u8; 32 << 20] }));
        (client, talk(stream, from, router, write_timeout))
    }

    #[tokio::test]
    async fn who_does_not_read_is_let_go_and_who_reads_gets_all() {
        let (mut client, talking) = connected(Duration::from_millis(50)).await;
        client.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
        tokio::time::timeout(Duration::from_secs(10), talking).await.expect("the connection ends");

        let (mut client, talking) = connected(Duration::from_secs(5)).await;
        client.write_all(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n").await.unwrap();
        let mut answer = Vec::new();
        let (read, _) = tokio::join!(client.read_to_end(&mut answer), talking);
        assert!(read.unwrap() > 32 << 20);
    }

    #[tokio::test]
    async fn a_crowd_is_let_in_without_knocking_twice() {
        let listener = bind(([127, 0, 0, 1], 0).into()).unwrap();
        let address = listener.local_addr().unwrap();
        assert!(bind(address).is_err());
        let crowd = (0..600).map(|_| TcpStream::connect(address));
        let all = tokio::time::timeout(Duration::from_millis(900), futures::future::try_join_all(crowd)).await;
        assert_eq!(all.expect("nobody waits for a second knock").unwrap().len(), 600);
    }

    #[tokio::test]
    #[expect(clippy::disallowed_methods, reason = "the server runs beside the test")]
    async fn one_address_has_its_share_of_connections_and_a_proxy_is_not_counted() {
        for (proxies, expected) in [("", 2), ("127.0.0.1", 5)] {
            let listener = bind(([127, 0, 0, 1], 0).into()).unwrap();
            let address = listener.local_addr().unwrap();
            let router = Router::new().route("/", get(|| async { "here" }));
            let crowd = Crowd::new(2, crate::proxies::Proxies::parse(proxies).unwrap());
            let serving = tokio::spawn(serve(listener, router, crowd, std::future::pending()));
            let mut streams = Vec::new();
            for _ in 0..5 {
                streams.push(TcpStream::connect(address).await.unwrap());
            }
            let mut answered = 0;
            for stream in &mut streams {
                // It may have been closed before it could say anything.
                let _ = stream.write_all(b"GET / HTTP/1.1\r\n\r\n").await;
                let mut answer = [0_u8; 12];
                answered += usize::from(stream.read_exact(&mut answer).await.is_ok() && answer == *b"HTTP/1.1 200");
            }
            assert_eq!(answered, expected, "{proxies:?}");
            serving.abort();
        }
    }

    #[tokio::test]
    async fn a_head_without_end_is_refused() {
        let (mut client, talking) = connected(Duration::from_secs(5)).await;
        let head = format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "y".repeat(2 * HEAD_BYTES_MAX));
        let mut answer = Vec::new();
        let speaking = async {
            // It may be cut off in the middle.
            let _ = client.write_all(head.as_bytes()).await;
            client.read_to_end(&mut answer).await
        };
        let _ = tokio::join!(speaking, talking);
        assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 431"), "{}", String::from_utf8_lossy(&answer));
    }
}
