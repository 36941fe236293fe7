//! One open socket: what is new is sent as soon as the reader takes it; a reader who lags too far behind is given a
//! snapshot, one who takes nothing at all is cut. Nobody waits for another.

use super::SocketMessage;
use super::hub::Place;
use super::ring::{Next, written};
use super::watch::{Said, Watching};
use crate::limits::{HEARTBEAT, RECHECK_BEATS, SEND_TIME_MAX, SILENT_BEATS_MAX, SOCKET_SAID_MAX};
use crate::metrics::Metric;
use crate::{Api, Peer, auth};
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use axum::http::HeaderMap;
use base::id::RuleId;
use futures::SinkExt;
use std::future::pending;
use std::pin::pin;
use tokio::time::timeout;

/// Why a socket is closed by the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Closing {
    /// The server stops.
    Stopping,
    /// Who reads is not logged in any more.
    LoggedOut,
    /// It said something that is not taken here, or too much.
    Spoke,
    /// The other end is gone, or takes nothing.
    Gone,
}

/// What a client gets as the code of the end when its login ended; of the range for applications (RFC 6455, 7.4.2).
pub(crate) const LOGGED_OUT: u16 = 4401;

/// Who reads, and from where.
pub(crate) struct Reader {
    pub(crate) api: Api,
    pub(crate) place: Place,
    /// Which of the kinds of readers.
    pub(crate) kind: usize,
    /// What it logged in with; looked at again from time to time.
    pub(crate) peer: Peer,
    pub(crate) headers: HeaderMap,
    /// It goes on after this number.
    pub(crate) after: Option<u64>,
}

impl Reader {
    /// Serves the socket until either end closes it.
    pub(crate) async fn attend(mut self, mut socket: WebSocket) {
        self.api.metrics().add(Metric::Sockets, 1);
        let closing = self.serve(&mut socket).await;
        let (code, reason) = match closing {
            Closing::Stopping => (close_code::AWAY, "the server stops"),
            Closing::LoggedOut => (LOGGED_OUT, "the login ended"),
            Closing::Spoke => (close_code::POLICY, "this is not taken here"),
            Closing::Gone => (close_code::NORMAL, ""),
        };
        if closing != Closing::Gone {
            let frame = CloseFrame { code, reason: reason.into() };
            // The other end may be gone already.
            drop(timeout(SEND_TIME_MAX, socket.send(Message::Close(Some(frame)))).await);
        }
        self.api.metrics().sub(Metric::Sockets, 1);
        drop(self.place);
    }

    async fn serve(&mut self, socket: &mut WebSocket) -> Closing {
        let hub = self.api.hub().clone();
        let (mut newest, mut logins, mut stop) = (hub.watch(), self.api.logins_ended(), self.api.stop());
        let (mut moved, mut watching, mut said): (_, Option<Watching>, u32) = (hub.moves(), None, 0);
        let mut beat = pin!(timeout(HEARTBEAT, pending::<()>()));
        let (mut beats, mut silent, mut sent) = (0_u32, 0, true);
        if let Some(seq) = self.after {
            let resumed = SocketMessage::Resumed { epoch: hub.epoch().into(), seq };
            if self.say(socket, &resumed).await.is_err() {
                return Closing::Gone;
            }
        }
        loop {
            newest.borrow_and_update();
            match self.bring_up(socket).await {
                Ok(some) => sent |= some,
                Err(closing) => return closing,
            }
            if let Some(watching) = &mut watching {
                moved.borrow_and_update();
                match watching.look(self.api.handle()).await {
                    Ok(Some(values)) if self.say(socket, &values).await.is_err() => return Closing::Gone,
                    Ok(_) => {}
                    Err(_) => return Closing::Stopping,
                }
            }
            let moves = async {
                match &watching {
                    Some(_) => drop(moved.changed().await),
                    None => pending().await,
                }
            };
            tokio::select! {
                _ = newest.changed() => {}
                () = moves => {}
                got = socket.recv() => match got {
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => silent = 0,
                    Some(Ok(Message::Text(text))) => {
                        said += 1;
                        match Said::read(&text) {
                            Said::Watch(rule) if said <= SOCKET_SAID_MAX => {
                                drop(watching.take()); // Its place is free again.
                                match self.watch(socket, rule).await {
                                    Ok(begun) => watching = begun,
                                    Err(closing) => return closing,
                                }
                            }
                            Said::Watch(_) | Said::Nothing => return Closing::Spoke,
                        }
                    }
                    Some(Ok(Message::Binary(_))) => return Closing::Spoke,
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return Closing::Gone,
                },
                _ = &mut beat => {
                    beat.set(timeout(HEARTBEAT, pending()));
                    (beats, silent, said) = (beats + 1, silent + 1, 0);
                    if silent > SILENT_BEATS_MAX {
                        self.api.metrics().add(Metric::SocketsCut, 1);
                        return Closing::Gone;
                    }
                    if beats.is_multiple_of(RECHECK_BEATS) && !self.is_logged_in().await {
                        return Closing::LoggedOut;
                    }
                    let alive = SocketMessage::Alive { seq: hub.newest() };
                    if self.send(socket, Message::Ping(Default::default())).await.is_err()
                        || (!sent && self.say(socket, &alive).await.is_err())
                    {
                        return Closing::Gone;
                    }
                    sent = false;
                },
                _ = logins.changed() => {
                    if !self.is_logged_in().await {
                        return Closing::LoggedOut;
                    }
                },
                () = async { drop(stop.wait_for(|stop| *stop).await) } => return Closing::Stopping,
            }
        }
    }

    /// Sends what the reader does not know yet. Whether that was anything.
    async fn bring_up(&mut self, socket: &mut WebSocket) -> Result<bool, Closing> {
        let hub = self.api.hub().clone();
        let mut any = false;
        // The snapshot may be one that was taken a moment ago; what happened since comes after it.
        let frames = loop {
            if let Some(Next::Frames(frames)) = self.after.map(|seq| hub.after(seq)) {
                break frames;
            }
            let taken = hub.snapshot(self.kind).await.map_err(|_| Closing::Stopping)?;
            self.send(socket, Message::Text(taken.text)).await?;
            self.api.metrics().add(Metric::SocketSnapshots, 1);
            (self.after, any) = (Some(taken.seq), true);
        };
        for frame in frames {
            if let Some(text) = frame.text(self.kind) {
                self.send(socket, Message::Text(text)).await?;
                any = true;
            }
            self.after = Some(frame.seq);
        }
        Ok(any)
    }

    /// Begins to watch a rule, or says why not.
    async fn watch(&self, socket: &mut WebSocket, rule: Option<RuleId>) -> Result<Option<Watching>, Closing> {
        let Some(rule) = rule else { return Ok(None) };
        let begun = Watching::begin(self.api.hub(), self.api.handle(), self.kind, rule).await;
        match begun.map_err(|_| Closing::Stopping)? {
            Ok(watching) => Ok(Some(watching)),
            Err(refused) => self.say(socket, &refused).await.map(|()| None),
        }
    }

    async fn is_logged_in(&self) -> bool {
        auth::identify(&self.api, self.peer, &self.headers).await.is_ok()
    }

    async fn say(&self, socket: &mut WebSocket, message: &SocketMessage) -> Result<(), Closing> {
        match written(message) {
            Some(text) => self.send(socket, Message::Text(Utf8Bytes::from(text))).await,
            None => Ok(()),
        }
    }

    /// Sends one message. Who takes nothing for long is cut.
    async fn send(&self, socket: &mut WebSocket, message: Message) -> Result<(), Closing> {
        match timeout(SEND_TIME_MAX, SinkExt::send(socket, message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Closing::Gone),
            Err(_) => {
                self.api.metrics().add(Metric::SocketsCut, 1);
                Err(Closing::Gone)
            }
        }
    }
}
