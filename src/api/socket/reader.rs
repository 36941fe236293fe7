//! One open socket: what is new is sent as soon as the reader takes it; a reader who lags too far behind is given a
//! snapshot, one who takes nothing at all is cut. Nobody waits for another.

use super::SocketMessage;
use super::hub::Place;
use super::ring::{Next, written};
use crate::limits::{HEARTBEAT, RECHECK_BEATS, SEND_TIME_MAX, SILENT_BEATS_MAX};
use crate::metrics::Metric;
use crate::{Api, Peer, auth};
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use axum::http::HeaderMap;
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
    /// It said something; nothing is taken here.
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
            Closing::Spoke => (close_code::POLICY, "nothing is taken here"),
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
            tokio::select! {
                _ = newest.changed() => {}
                got = socket.recv() => match got {
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => silent = 0,
                    Some(Ok(Message::Text(_) | Message::Binary(_))) => return Closing::Spoke,
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return Closing::Gone,
                },
                _ = &mut beat => {
                    beat.set(timeout(HEARTBEAT, pending()));
                    (beats, silent) = (beats + 1, silent + 1);
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
