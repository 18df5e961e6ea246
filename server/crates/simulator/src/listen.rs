//! Serving by hand instead of `axum::serve`, because a simulator must be able to close a connection without an answer
//! and to take its open connections down with it.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tower::ServiceExt;

/// Put into a response's extensions by the faults: close the connection instead of sending it.
#[derive(Clone, Copy)]
pub(crate) struct CloseConnection;

/// The address a request came from, in its extensions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CameFrom(pub(crate) SocketAddr);

/// Opens a port of the loopback interface; 0 takes any free one.
pub(crate) async fn bind(port: u16) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Serves `router` until the future is dropped, which also ends all connections.
pub(crate) async fn serve(listener: TcpListener, router: Router) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => if let Ok((stream, from)) = accepted {
                connections.spawn(talk(stream, from, router.clone()));
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn talk(stream: TcpStream, from: SocketAddr, router: Router) {
    // Small answers must not wait for the other side's acknowledgement; when it cannot be set, they do.
    let _ = stream.set_nodelay(true);
    let service = hyper::service::service_fn(move |request| answer(request, from, router.clone()));
    // A connection that ends in an error is the peer's business, or a fault that was asked for.
    let _ = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(mut request: Request<Incoming>, from: SocketAddr, router: Router) -> io::Result<Response<Body>> {
    request.extensions_mut().insert(CameFrom(from));
    let Ok(response) = router.oneshot(request.map(Body::new)).await;
    match response.extensions().get::<CloseConnection>() {
        Some(_) => Err(io::Error::other("cut on demand")),
        None => Ok(response),
    }
}
