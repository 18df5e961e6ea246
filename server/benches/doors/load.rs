//! A load generator that costs little: one kept connection per worker, requests prepared beforehand.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What came of a load.
pub struct Measured {
    pub per_second: f64,
    pub latencies: Vec<Duration>,
    pub refused: usize,
}

impl Measured {
    /// The latency that `share` of the requests did not exceed.
    pub fn quantile(&self, share: f64) -> Duration {
        let place = ((self.latencies.len() as f64 * share) as usize).min(self.latencies.len() - 1);
        self.latencies[place]
    }
}

/// The bytes of a POST.
pub fn post(path: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    );
    (head + body).into_bytes()
}

/// Sends every request once over so many connections, as fast as answers come.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures time and starts its own workers")]
pub async fn closed_loop(address: &str, requests: Vec<Vec<u8>>, connections: usize) -> Measured {
    let requests = Arc::new(requests);
    let next = Arc::new(AtomicUsize::new(0));
    let mut open = Vec::new();
    for _ in 0..connections {
        open.push(Connection::open(address).await);
    }
    let begin = Instant::now();
    let mut workers = Vec::new();
    for mut connection in open {
        let (requests, next) = (Arc::clone(&requests), Arc::clone(&next));
        workers.push(tokio::spawn(async move {
            let (mut latencies, mut refused) = (Vec::new(), 0);
            while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
                let sent = Instant::now();
                refused += usize::from(connection.exchange(request).await != 200);
                latencies.push(sent.elapsed());
            }
            (latencies, refused)
        }));
    }
    gather(begin, workers).await
}

/// Sends every request at its time, so many a second; latency counts from that time, whatever held the sender up.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures time and starts its own workers")]
pub async fn open_loop(address: &str, requests: Vec<Vec<u8>>, per_second: u32, connections: usize) -> Measured {
    let requests = Arc::new(requests);
    let begin = Instant::now();
    let mut workers = Vec::new();
    for worker in 0..connections {
        let (address, requests) = (address.to_owned(), Arc::clone(&requests));
        workers.push(tokio::spawn(async move {
            let mut connection = Connection::open(&address).await;
            let (mut latencies, mut refused) = (Vec::new(), 0);
            for (number, request) in requests.iter().enumerate().skip(worker).step_by(connections) {
                let due = begin + Duration::from_secs(1) * u32::try_from(number).unwrap() / per_second;
                tokio::time::sleep_until(due.into()).await;
                refused += usize::from(connection.exchange(request).await != 200);
                latencies.push(due.elapsed());
            }
            (latencies, refused)
        }));
    }
    gather(begin, workers).await
}

type Worker = tokio::task::JoinHandle<(Vec<Duration>, usize)>;

async fn gather(begin: Instant, workers: Vec<Worker>) -> Measured {
    let (mut latencies, mut refused) = (Vec::new(), 0);
    for worker in workers {
        let (of_one, refused_of_one) = worker.await.unwrap();
        latencies.extend(of_one);
        refused += refused_of_one;
    }
    let per_second = latencies.len() as f64 / begin.elapsed().as_secs_f64();
    latencies.sort_unstable();
    Measured { per_second, latencies, refused }
}

struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    async fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, buffer: Vec::new() }
    }

    /// Sends one request and reads its answer. Returns the status.
    async fn exchange(&mut self, request: &[u8]) -> u16 {
        self.stream.write_all(request).await.unwrap();
        self.buffer.clear();
        loop {
            let mut piece = [0; 4096];
            let length = self.stream.read(&mut piece).await.unwrap();
            assert!(length > 0, "the server closed the connection");
            self.buffer.extend_from_slice(&piece[..length]);
            if let Some(status) = whole(&self.buffer) {
                return status;
            }
        }
    }
}

/// The status, once the answer is complete.
fn whole(buffer: &[u8]) -> Option<u16> {
    let end = buffer.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&buffer[..end]).ok()?.to_ascii_lowercase();
    let length: usize = head.lines().find_map(|line| line.strip_prefix("content-length:"))?.trim().parse().ok()?;
    (buffer.len() >= end + length).then(|| head[9..12].parse().ok()).flatten()
}
