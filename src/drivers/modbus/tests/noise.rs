//! Peers that send anything: nothing they say may end the driver, become a value, or keep it from a good peer later.

use super::peer::{Row, Site, row, tcp};
use crate::peers;
use base::Value;
use base::canonical::splitmix64;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_serial::SerialStream;

/// Requests of which half are answered with noise. A device of which nothing but noise comes is asked ever more seldom.
const NOISE: u64 = 40;

/// What stands around a request and an answer.
#[derive(Clone, Copy)]
enum Frame {
    Tcp,
    Rtu,
}

/// CRC-16 of the serial protocol (Modbus over Serial Line V1.02 section 6.2.2).
fn crc(bytes: &[u8]) -> [u8; 2] {
    let step = |crc: u16| if crc & 1 == 1 { crc >> 1 ^ 0xa001 } else { crc >> 1 };
    bytes.iter().fold(0xffffu16, |crc, b| (0..8).fold(crc ^ u16::from(*b), |crc, _| step(crc))).to_le_bytes()
}

impl Frame {
    /// An answer as it goes over the line. `head` is the request up to its function code.
    fn around(self, head: &[u8], pdu: &[u8]) -> Vec<u8> {
        match self {
            Frame::Tcp => {
                let length = u16::try_from(pdu.len() + 1).unwrap().to_be_bytes();
                [&head[..4], &length, &head[6..7], pdu].concat()
            }
            Frame::Rtu => {
                let body = [&head[..1], pdu].concat();
                let crc = crc(&body);
                [body, crc.to_vec()].concat()
            }
        }
    }

    /// Answers requests with noise from a seed, then rightly, until the line ends.
    async fn serve(self, mut line: impl AsyncRead + AsyncWrite + Unpin, seed: u64, served: &AtomicU64) {
        let (size, function) = match self {
            Frame::Tcp => (12, 7),
            Frame::Rtu => (8, 1),
        };
        let mut request = vec![0; size];
        while line.read_exact(&mut request).await.is_ok() {
            let count = served.fetch_add(1, Ordering::Relaxed);
            let random = |n: u64| splitmix64(seed ^ count.wrapping_mul(0x9e37) ^ n << 32);
            let bytes = |most: u64| (0..random(1) % most).map(|n| random(n + 2).to_le_bytes()[0]).collect::<Vec<u8>>();
            let right = [&[request[function], 4][..], &[0, 7, 0, 9]].concat();
            let out = match if count > NOISE { 9 } else { random(0) % 16 } {
                0 => bytes(300),
                1 => self.around(&request, &bytes(40)),
                2 => self.around(&request, &[&[request[function]], bytes(40).as_slice()].concat()),
                3 => self.around(&request, &[request[function], 200, 1, 2]),
                4 => self.around(&request, &[request[function] | 0x80]),
                5 => Vec::new(),
                6 => self.around(&request, &right).into_iter().rev().collect(),
                7 if matches!(self, Frame::Tcp) => return,
                7 => self.around(&request, &[request[function] ^ 1, 4, 1, 2, 3, 4]),
                _ => self.around(&request, &right),
            };
            if line.write_all(&out).await.is_err() {
                return;
            }
        }
    }
}

fn rows() -> Vec<Row> {
    vec![
        row("a", "double", "r", json!({ "address": 0, "type": "u16" })),
        row("b", "double", "r", json!({ "address": 1, "type": "u16" })),
    ]
}

/// Through the noise and well again.
fn is_well(site: &Site, served: &AtomicU64) -> bool {
    let shows = site.shows(1, "a", &Value::Number(7.0)) && site.shows(1, "b", &Value::Number(9.0));
    shows && site.is_online(1, true) && served.load(Ordering::Relaxed) > NOISE + 10
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn noise_over_tcp() {
    for seed in [1, 2] {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let served = Arc::new(AtomicU64::new(0));
        let counter = served.clone();
        let peer = tokio::spawn(async move {
            loop {
                Frame::Tcp.serve(listener.accept().await.unwrap().0, seed, &counter).await;
            }
        });
        let changes = json!({ "timeout_ms": 100, "poll_ms": 50, "offline_after": 20 });
        let mut site = Site::start(tcp(port), changes, &[(1, rows())]);
        site.until("the good peer is not heard", |s| is_well(s, &served));
        site.stop().await;
        peer.abort();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn noise_over_a_serial_line() {
    for seed in [4, 5] {
        let (_line, ours, theirs) = peers::serial_pair();
        let builder = tokio_serial::new(theirs.display().to_string(), 115_200);
        let line = SerialStream::open(&builder).unwrap();
        let served = Arc::new(AtomicU64::new(0));
        let counter = served.clone();
        let peer = tokio::spawn(async move { Frame::Rtu.serve(line, seed, &counter).await });
        let rtu = json!({ "rtu": { "device": ours.display().to_string(), "baud": 115_200, "parity": "none" } });
        let changes = json!({ "timeout_ms": 100, "poll_ms": 50, "offline_after": 20 });
        let mut site = Site::start(rtu, changes, &[(1, rows())]);
        site.until("the good peer is not heard", |s| is_well(s, &served));
        site.stop().await;
        peer.abort();
    }
}
