//! The open line to a bus: a TCP socket or a serial port, and the library that speaks the protocol on it.
//!
//! What it is *not*: it decides nothing; each call does one thing within its time. Start at [`Line::perform`].

use super::codec::{Answer, Raw, Request};
use super::config::{Parity, Rtu, Table, Tcp, Transport};
use super::session::{Ask, Heard};
use std::borrow::Cow;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context as Waker, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_modbus::client::{Client, Context};
use tokio_modbus::prelude::{rtu, tcp};
use tokio_modbus::slave::SlaveContext;
use tokio_modbus::{Error, Request as Wire, Response, Slave};
use tokio_serial::{ClearBuffer, DataBits, SerialPort, SerialStream, StopBits};

/// How long opening a line may take at least, whatever the time for an answer.
const OPEN_TIME_MIN: Duration = Duration::from_secs(3);

/// A line.
pub(super) struct Line {
    transport: Transport,
    timeout: Duration,
    open: Option<Open>,
}

/// An open line.
struct Open {
    context: Context,
    port: Option<Port>,
}

impl Line {
    /// A line that is not open yet.
    pub(super) fn new(transport: Transport, timeout: Duration) -> Line {
        Line { transport, timeout, open: None }
    }

    /// Does what the bus asks for, and says what came of it. Dropping it half-way closes the line.
    pub(super) async fn perform(mut self, ask: Ask) -> (Line, Heard) {
        let heard = match ask {
            Ask::Open => self.reopen().await,
            Ask::Call { unit, request } => self.call(unit, &request).await,
        };
        (self, heard)
    }

    async fn reopen(&mut self) -> Heard {
        self.open = None;
        let opened = match &self.transport {
            Transport::Tcp(tcp) => match timeout(self.timeout.max(OPEN_TIME_MIN), connect(tcp)).await {
                Ok(opened) => opened,
                Err(_) => Err(io::ErrorKind::TimedOut.into()),
            },
            Transport::Rtu(rtu) => open_port(rtu),
        };
        Heard::Opened(match opened {
            Ok(open) => {
                self.open = Some(open);
                Ok(())
            }
            Err(e) => Err(match &self.transport {
                Transport::Tcp(tcp) => format!("cannot connect to {}:{}: {e}", tcp.host, tcp.port),
                Transport::Rtu(rtu) => format!("cannot open {}: {e}", rtu.device),
            }),
        })
    }

    async fn call(&mut self, unit: u8, request: &Request) -> Heard {
        let Some(Open { context, port }) = &mut self.open else { return Heard::Lost("the line is closed".into()) };
        if let Some(port) = port
            && let Err(e) = port.stream().clear(ClearBuffer::Input)
        {
            return Heard::Lost(e.to_string());
        }
        context.set_slave(Slave(unit));
        match timeout(self.timeout, context.call(wire(request))).await {
            Err(_) => Heard::Silent,
            Ok(Ok(Ok(response))) => answer(request, response),
            Ok(Ok(Err(code))) => Heard::Answer(Answer::Exception(code.into())),
            Ok(Err(Error::Protocol(e))) => Heard::Garbled(e.to_string()),
            // What the library cannot take apart; the line itself is there.
            Ok(Err(Error::Transport(e)))
                if matches!(e.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof) =>
            {
                Heard::Garbled(e.to_string())
            }
            Ok(Err(Error::Transport(_))) => Heard::Lost("the connection was closed".into()),
        }
    }
}

async fn connect(peer: &Tcp) -> io::Result<Open> {
    let stream = TcpStream::connect((peer.host.as_str(), peer.port)).await?;
    stream.set_nodelay(true)?;
    Ok(Open { context: tcp::attach(stream), port: None })
}

fn open_port(line: &Rtu) -> io::Result<Open> {
    let parity = match line.parity {
        Parity::None => tokio_serial::Parity::None,
        Parity::Even => tokio_serial::Parity::Even,
        Parity::Odd => tokio_serial::Parity::Odd,
    };
    let builder = tokio_serial::new(&line.device, line.baud)
        .parity(parity)
        .data_bits(if line.data_bits == 7 { DataBits::Seven } else { DataBits::Eight })
        .stop_bits(if line.stop_bits == 2 { StopBits::Two } else { StopBits::One });
    let port = Port(Arc::new(Mutex::new(SerialStream::open(&builder)?)));
    Ok(Open { context: rtu::attach(port.clone()), port: Some(port) })
}

/// A serial port that the library reads from, and that is emptied before each request: what lies there from before is
/// no answer to what is asked now.
#[derive(Clone)]
struct Port(Arc<Mutex<SerialStream>>);

impl Port {
    fn stream(&self) -> MutexGuard<'_, SerialStream> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AsyncRead for Port {
    fn poll_read(self: Pin<&mut Self>, waker: &mut Waker<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream()).poll_read(waker, buf)
    }
}

impl AsyncWrite for Port {
    fn poll_write(self: Pin<&mut Self>, waker: &mut Waker<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.stream()).poll_write(waker, buf)
    }
    fn poll_flush(self: Pin<&mut Self>, waker: &mut Waker<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream()).poll_flush(waker)
    }
    fn poll_shutdown(self: Pin<&mut Self>, waker: &mut Waker<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream()).poll_shutdown(waker)
    }
}

/// A request as the library takes it.
fn wire(request: &Request) -> Wire<'_> {
    match request {
        Request::Read { table: Table::Coil, start, count } => Wire::ReadCoils(*start, *count),
        Request::Read { table: Table::Discrete, start, count } => Wire::ReadDiscreteInputs(*start, *count),
        Request::Read { table: Table::Holding, start, count } => Wire::ReadHoldingRegisters(*start, *count),
        Request::Read { table: Table::Input, start, count } => Wire::ReadInputRegisters(*start, *count),
        Request::Write { start, raw: Raw::Bits(bits), many } => match bits.as_slice() {
            [bit] if !many => Wire::WriteSingleCoil(*start, *bit),
            bits => Wire::WriteMultipleCoils(*start, Cow::Borrowed(bits)),
        },
        Request::Write { start, raw: Raw::Words(words), many } => match words.as_slice() {
            [word] if !many => Wire::WriteSingleRegister(*start, *word),
            words => Wire::WriteMultipleRegisters(*start, Cow::Borrowed(words)),
        },
        Request::Mask { address, and, or } => Wire::MaskWriteRegister(*address, *and, *or),
    }
}

/// What a response says. Bits come in whole bytes; those that nobody asked for are cut off. A device may have made
/// something else of a value that was written; that is seen when it is read back.
fn answer(request: &Request, response: Response) -> Heard {
    let at = match (request, response) {
        (Request::Read { count, .. }, Response::ReadCoils(mut bits) | Response::ReadDiscreteInputs(mut bits)) => {
            bits.truncate((*count).into());
            return Heard::Answer(Answer::Raw(Raw::Bits(bits)));
        }
        (Request::Read { .. }, Response::ReadHoldingRegisters(words) | Response::ReadInputRegisters(words)) => {
            return Heard::Answer(Answer::Raw(Raw::Words(words)));
        }
        (
            Request::Write { start, .. },
            Response::WriteSingleCoil(at, _)
            | Response::WriteSingleRegister(at, _)
            | Response::WriteMultipleCoils(at, _)
            | Response::WriteMultipleRegisters(at, _),
        ) => at == *start,
        (Request::Mask { address, .. }, Response::MaskWriteRegister(at, ..)) => at == *address,
        _ => false,
    };
    if at { Heard::Answer(Answer::Done) } else { Heard::Garbled("an answer to something else".into()) }
}
