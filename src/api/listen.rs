//! Accepts connections and hands their requests to the router, with who is at the other end. Bounded in connections and
//! in the time for the head of a request; stops in an orderly way.
//!
//! What it is *not*: no way around TLS: it binds wider than to this machine only with a certificate ([`bind`]).

use crate::limits::{ACCEPT_PAUSE, CONNECTIONS_MAX, DRAIN_TIME_MAX, HEAD_TIME_MAX};
use crate::metrics::Metric;
use crate::{Api, Peer};
use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream, UnixListener};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio_rustls::TlsAcceptor;
use tower::Service;

/// Ports that are tried after the wanted one.
pub const PORTS_TRIED: u16 = 100;
/// Name of the control socket in the data folder.
pub const SOCKET: &str = "control.sock";

/// Why it cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Without TLS everybody on the network could read along.
    #[error(
        "binding to {0} without TLS would be readable by everybody on the way; give it a certificate, or bind to 127.0.0.1"
    )]
    NotLocal(IpAddr),
    /// No port is free.
    #[error("no free port from {first} to {last}; name another with --port")]
    NoPort {
        /// First that was tried.
        first: u16,
        /// Last that was tried.
        last: u16,
    },
    /// The certificate or its key cannot be used.
    #[error("the certificate {file} with its key cannot be used: {why}")]
    Certificate {
        /// The file of the certificate.
        file: PathBuf,
        /// Why.
        why: String,
    },
    /// The path is longer than the system takes for sockets.
    #[error("the path {0} is too long for a socket; choose a data folder with a shorter path")]
    PathTooLong(PathBuf),
    /// The system refused.
    #[error("cannot listen on {at}: {source}")]
    System {
        /// Where.
        at: String,
        /// Why.
        source: io::Error,
    },
}

/// How others are spoken to over TLS. Cheap to clone.
#[derive(Clone)]
pub struct Tls(TlsAcceptor);

impl Tls {
    /// With a certificate chain and its key, both in PEM.
    ///
    /// # Errors
    /// When either cannot be read, or they do not fit each other.
    pub fn open(chain: &Path, key: &Path) -> Result<Tls, ListenError> {
        let failed = |why: String| ListenError::Certificate { file: chain.into(), why };
        let certificates = CertificateDer::pem_file_iter(chain).map_err(|e| failed(e.to_string()))?;
        let certificates = certificates.collect::<Result<Vec<_>, _>>().map_err(|e| failed(e.to_string()))?;
        let key = PrivateKeyDer::from_pem_file(key).map_err(|e| failed(e.to_string()))?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.map_err(|e| failed(e.to_string()))?.with_no_client_auth();
        let mut config = config.with_single_cert(certificates, key).map_err(|e| failed(e.to_string()))?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Tls(TlsAcceptor::from(Arc::new(config))))
    }
}

/// Binds to the wanted port or the next free one.
///
/// # Errors
/// When the address is not this machine's own and there is no TLS, or no port is free.
pub async fn bind(ip: IpAddr, port: u16, tls: Option<&Tls>) -> Result<TcpListener, ListenError> {
    if !ip.is_loopback() && tls.is_none() {
        return Err(ListenError::NotLocal(ip));
    }
    let last = port.saturating_add(PORTS_TRIED);
    for port in port..=last {
        let address = SocketAddr::new(ip, port);
        match TcpListener::bind(address).await {
            Ok(listener) => return Ok(listener),
            Err(e) if e.kind() == io::ErrorKind::AddrInUse => {}
            Err(source) => return Err(ListenError::System { at: address.to_string(), source }),
        }
    }
    Err(ListenError::NoPort { first: port, last })
}

/// This machine's own address.
pub const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Opens the control socket in a data folder whose lock is held: what is there already is left over and replaced.
///
/// # Errors
/// When the system refuses.
pub fn bind_socket(dir: &Path) -> Result<UnixListener, ListenError> {
    let (path, fresh) = (dir.join(SOCKET), dir.join("control.sock.new"));
    // `sockaddr_un` holds 108 bytes with the final zero on Linux.
    if fresh.as_os_str().len() > 107 {
        return Err(ListenError::PathTooLong(path));
    }
    let failed = |source| ListenError::System { at: path.display().to_string(), source };
    match std::fs::remove_file(&fresh) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(failed(e)),
        _ => {}
    }
    let listener = UnixListener::bind(&fresh).map_err(failed)?;
    // It gets its name only after it is closed to others.
    std::fs::set_permissions(&fresh, std::fs::Permissions::from_mode(0o600)).map_err(failed)?;
    std::fs::rename(&fresh, &path).map_err(failed)?;
    Ok(listener)
}

/// Serves until `stop` becomes true, then lets what is under way end.
pub async fn serve(
    api: Api,
    router: Router,
    (tcp, tls): (TcpListener, Option<Tls>),
    unix: UnixListener,
    mut stop: watch::Receiver<bool>,
) {
    let places = || Arc::new(Semaphore::new(CONNECTIONS_MAX));
    // Apart from each other: however many come over TCP, the owner still gets in by the socket.
    let (near, far) = (places(), places());
    let (open, mut ended) = mpsc::channel(1);
    let server = Server { api, router, open, stop: stop.clone() };
    loop {
        tokio::select! {
            accepted = tcp.accept() => match accepted {
                Ok((stream, address)) => {
                    // Without it, small messages of a socket wait for the one before to be acknowledged.
                    if let Err(error) = stream.set_nodelay(true) {
                        tracing::debug!(%error, "a connection may be slower than it could be");
                    }
                    match &tls {
                        Some(tls) => server.secured(stream, Peer::Tcp(address.ip()), &far, tls.clone()),
                        None => server.connection(stream, Peer::Tcp(address.ip()), &far),
                    }
                }
                Err(error) => pause(&error).await,
            },
            accepted = unix.accept() => match accepted {
                Ok((stream, _)) => server.connection(stream, Peer::Socket, &near),
                Err(error) => pause(&error).await,
            },
            () = async { drop(stop.wait_for(|stop| *stop).await) } => break,
        }
    }
    drop((tcp, unix, server));
    // Resolves when the last connection has dropped its sender.
    if tokio::time::timeout(DRAIN_TIME_MAX, ended.recv()).await.is_err() {
        tracing::warn!("some answers were still under way and are cut");
    }
}

/// After an error of `accept` (no file handles left) it makes no sense to try at once.
async fn pause(error: &io::Error) {
    tracing::warn!(%error, "cannot accept a connection");
    drop(tokio::time::timeout(ACCEPT_PAUSE, std::future::pending::<()>()).await);
}

#[derive(Clone)]
struct Server {
    api: Api,
    router: Router,
    /// Held by each connection as long as it is open.
    open: mpsc::Sender<()>,
    stop: watch::Receiver<bool>,
}

impl Server {
    fn connection<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
        &self,
        stream: S,
        peer: Peer,
        places: &Arc<Semaphore>,
    ) {
        if let Some(place) = Server::place(places) {
            tokio::spawn(self.clone().attend(stream, peer, place));
        }
    }

    /// A connection that begins with a handshake, which counts as part of the head of the first request.
    fn secured(&self, stream: TcpStream, peer: Peer, places: &Arc<Semaphore>, tls: Tls) {
        let Some(place) = Server::place(places) else { return };
        let server = self.clone();
        tokio::spawn(async move {
            match tokio::time::timeout(HEAD_TIME_MAX, tls.0.accept(stream)).await {
                Ok(Ok(stream)) => server.attend(stream, peer, place).await,
                Ok(Err(error)) => tracing::debug!(%error, "a connection did not come to speak TLS"),
                Err(_) => tracing::debug!("a connection took too long to speak TLS"),
            }
        });
    }

    fn place(places: &Arc<Semaphore>) -> Option<OwnedSemaphorePermit> {
        let place = places.clone().try_acquire_owned().ok();
        if place.is_none() {
            tracing::warn!(limit = CONNECTIONS_MAX, "too many connections; one was closed");
        }
        place
    }

    /// Answers the requests of a connection until either end closes it.
    async fn attend<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
        self,
        stream: S,
        peer: Peer,
        place: OwnedSemaphorePermit,
    ) {
        let mut router = self.router.clone();
        let service = tower::service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(peer);
            router.call(request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIME_MAX)
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
            .with_upgrades();
        let Server { api, open, mut stop, .. } = self;
        api.metrics().add(Metric::Connections, 1);
        let mut connection = pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = async { drop(stop.wait_for(|stop| *stop).await) } => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection ended early");
        }
        api.metrics().sub(Metric::Connections, 1);
        drop((place, open));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_this_machine_and_the_next_free_port() {
        let wide = bind(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0, None).await;
        assert!(matches!(wide, Err(ListenError::NotLocal(_))));
        let first = bind(LOCAL, 0, None).await.unwrap();
        let port = first.local_addr().unwrap().port();
        let second = bind(LOCAL, port, None).await.unwrap();
        assert!(second.local_addr().unwrap().port() > port);
    }

    #[tokio::test]
    async fn the_control_socket_replaces_what_was_left_and_is_the_owners_alone() {
        let dir = tempfile::tempdir().unwrap();
        for _ in 0..2 {
            drop(bind_socket(dir.path()).unwrap());
            let mode = std::fs::metadata(dir.path().join(SOCKET)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        let deep = dir.path().join("x".repeat(120));
        assert!(matches!(bind_socket(&deep), Err(ListenError::PathTooLong(_))));
    }
}
