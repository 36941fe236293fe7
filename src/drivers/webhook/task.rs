//! Posts one after the other, in the order in which rules asked for them; tries again where that may help.
//!
//! What it is *not*: no answer is read but its status, and no redirect is followed. Start at [`start`].

use super::codec::{self, ANSWER_BYTES_MAX, Answer, Target};
use super::config::Config;
use crate::contract::INPUTS_MAX;
use crate::{Input, Said, Setup, Started, form, tls};
use base::id::ConnectionId;
use base::{Diagnostic, Diagnostics};
use documents::{Post, Signal};
use rustls::pki_types::ServerName;
use std::future::pending;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// The first pause before it is tried again; each further one is twice as long.
const PAUSE: Duration = Duration::from_secs(1);
/// The longest pause.
const PAUSE_MAX: Duration = Duration::from_secs(60);

/// Starts the driver.
pub(super) fn start(setup: Setup) -> Result<Started, Diagnostics> {
    let config: Config = form::read(&setup.connection.config)?;
    let target = Target::parse(&config.url).map_err(|why| vec![Diagnostic::error("webhook.url", "/url", why)])?;
    let trust = tls::Wanted { ca: config.ca.as_deref(), server_name: None, code: "webhook.tls", path: "" };
    let tls = if target.tls { Some(Arc::new(tls::client(&trust)?).into()) } else { None };
    let (inputs, told) = mpsc::channel(INPUTS_MAX);
    let (connection, secret, said) = (setup.connection.id, setup.password.0, setup.said);
    let client = Client { connection, config, target, tls, secret, said };
    Ok(Started { inputs, task: tokio::spawn(client.run(told)) })
}

struct Client {
    connection: ConnectionId,
    config: Config,
    target: Target,
    tls: Option<TlsConnector>,
    secret: Option<String>,
    said: mpsc::Sender<Said>,
}

/// Why a post did not arrive.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{0}")]
    Line(#[from] io::Error),
    #[error("nobody answered in time")]
    Slow,
    #[error("the answer is no HTTP")]
    Garbage,
    #[error("the server answered {0}")]
    Status(u16),
    #[error("`{0}` cannot stand in an address")]
    Path(String),
}

impl Failure {
    fn may_be_later(&self) -> bool {
        match self {
            Failure::Line(_) | Failure::Slow => true,
            Failure::Garbage | Failure::Path(_) => false,
            Failure::Status(status) => codec::may_be_later(*status),
        }
    }
}

impl Client {
    /// Runs until the inputs are closed; what waits then is given up.
    async fn run(self, mut told: mpsc::Receiver<Input>) {
        while let Some(input) = told.recv().await {
            let Input::Post(post) = input else { continue };
            if told.is_closed() {
                tracing::warn!(connection = %self.connection, "the connection is closed; what rules posted is given up");
                return;
            }
            let failed = self.deliver(&post, &told).await.err().map(|why| why.to_string());
            if let Some(why) = &failed {
                tracing::warn!(connection = %self.connection, why, "a rule's post did not arrive");
            }
            if let Some(cause) = post.cause {
                let said = Said { signals: vec![Signal::Posted { cause, failed }], ..Said::default() };
                drop(self.said.send(said).await);
            }
        }
    }

    /// Posts once, and again while that may help.
    async fn deliver(&self, post: &Post, told: &mpsc::Receiver<Input>) -> Result<(), Failure> {
        let connection = self.connection;
        let request = codec::request(&self.target, &self.config, self.secret.as_deref(), post);
        let request = request.ok_or_else(|| Failure::Path(post.path.clone()))?;
        let mut pause = PAUSE;
        let mut attempts = 0;
        loop {
            let Err(why) = self.attempt(&request).await else { return Ok(()) };
            if attempts == self.config.retries || !why.may_be_later() || told.is_closed() {
                return Err(why);
            }
            attempts += 1;
            tracing::debug!(%connection, %why, attempts, "a rule's post is tried again");
            drop(timeout(pause, pending::<()>()).await);
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }

    async fn attempt(&self, request: &[u8]) -> Result<(), Failure> {
        let most = Duration::from_secs(self.config.timeout_s.into());
        let status = timeout(most, self.ask(request)).await.map_err(|_| Failure::Slow)??;
        if (200..300).contains(&status) { Ok(()) } else { Err(Failure::Status(status)) }
    }

    async fn ask(&self, request: &[u8]) -> Result<u16, Failure> {
        let stream = TcpStream::connect((self.target.host.as_str(), self.target.port)).await?;
        let Some(tls) = &self.tls else { return exchange(stream, request).await };
        let name = ServerName::try_from(self.target.host.clone()).map_err(io::Error::other)?;
        exchange(tls.connect(name, stream).await?, request).await
    }
}

/// Writes the request and reads the status of the answer.
async fn exchange(mut stream: impl AsyncRead + AsyncWrite + Unpin, request: &[u8]) -> Result<u16, Failure> {
    stream.write_all(request).await?;
    stream.flush().await?;
    let mut read = Vec::with_capacity(ANSWER_BYTES_MAX);
    loop {
        match codec::answer(&read) {
            Answer::Status(status) => return Ok(status),
            Answer::Garbage => return Err(Failure::Garbage),
            Answer::More if read.len() >= ANSWER_BYTES_MAX => return Err(Failure::Garbage),
            Answer::More => {}
        }
        if stream.read_buf(&mut read).await? == 0 {
            return Err(Failure::Garbage);
        }
    }
}
