//! The socket of a connection, as hyper holds it, which can be told to end the connection in a way
//! that hyper has no words for.

use std::io::{Error, ErrorKind, IoSlice, Result};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use tokio::io::AsyncReadExt;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};
use tokio_rustls::server::TlsStream;

use super::patience::Progress;

/// How much is read in one go to look at the first bytes: the head of most requests.
const FIRST_READ: usize = 1 << 10;

/// How long head and body of an answer are at most together to be written as one: the kernel takes
/// 2 % longer for two pieces of so little.
const SMALL_ANSWER: usize = 1 << 10;

/// What carries bytes both ways.
pub(super) trait Socket: AsyncRead + AsyncWrite + Send + Unpin {
    /// Has the socket say, once it is dropped, that the connection broke, where its kind can.
    fn break_when_dropped(&self);
}

impl Socket for TcpStream {
    fn break_when_dropped(&self) {
        // With no time to linger the kernel sends an RST in place of a FIN. A socket that can't be
        // told so is broken already.
        let _ = self.set_zero_linger();
    }
}

impl Socket for UnixStream {
    /// A socket of this kind has no way to say it: it is closed.
    fn break_when_dropped(&self) {}
}

impl Socket for TlsStream<Wire> {
    fn break_when_dropped(&self) {
        self.get_ref().0.socket.break_when_dropped();
    }
}

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Reset.
    Reset,
    /// Closed in order, after these bytes.
    Closed(&'static [u8]),
}

/// Says how a connection ends: nothing while it is to go on. Whoever says it first is obeyed.
///
/// An exchange says it and the wire obeys, after all that hyper has written till then is out; and
/// so no byte of an earlier answer, or of a head, is ever lost to the end. hyper flushes at the end
/// of every poll of a connection of HTTP/1, which is when the wire looks here; so this is to be said
/// from inside such a poll, as services and bodies do.
#[derive(Clone, Debug, Default)]
pub(super) struct Ending(Arc<State>);

#[derive(Debug, Default)]
struct State {
    end: OnceLock<End>,
    is_awaited: AtomicBool,
}

impl Ending {
    /// Ends the connection once everything that has been written is out.
    pub(super) fn set(&self, end: End) {
        let _ = self.0.end.set(end);
    }

    /// Ends it as soon as the client leaves; whatever that sends until then goes unheard. hyper
    /// alone doesn't see a client leave while it holds another request of the client's.
    pub(super) fn wait_for_client(&self) {
        self.0.is_awaited.store(true, Ordering::Relaxed);
    }
}

/// A socket that ends as it is told, and whose first bytes can be looked at.
pub(super) struct Wire {
    socket: Box<dyn Socket>,
    /// What has been looked at and not read yet.
    first: Bytes,
    ending: Ending,
    progress: Progress,
    /// How many of the last bytes are out.
    n_written: usize,
    /// Room for a small answer, kept from one to the next.
    small_answer: Vec<u8>,
}

impl Wire {
    pub(super) fn new(socket: impl Socket + 'static) -> Self {
        let socket = Box::new(socket);
        let (ending, progress) = (Ending::default(), Progress::default());
        let (first, small_answer) = (Bytes::new(), Vec::new());
        Self { socket, first, ending, progress, n_written: 0, small_answer }
    }

    /// How to end this connection.
    pub(super) fn ending(&self) -> Ending {
        self.ending.clone()
    }

    /// How far this connection has come.
    pub(super) fn progress(&self) -> Progress {
        self.progress.clone()
    }

    /// Notes whether the client takes what is written.
    fn noted<T>(&self, written: Poll<T>) -> Poll<T> {
        self.progress.set_blocked(written.is_pending());
        written
    }

    /// Whether the first bytes are these. Waits until that can be said, and takes none of them away.
    pub(super) async fn begins_with(&mut self, wanted: &[u8]) -> Result<bool> {
        let mut first = BytesMut::with_capacity(FIRST_READ);
        first.extend_from_slice(&self.first);
        let begins = loop {
            let n_same = first.iter().zip(wanted).take_while(|(a, b)| a == b).count();
            if n_same == wanted.len() {
                break true;
            }
            if n_same < first.len() || self.socket.read_buf(&mut first).await? == 0 {
                break false;
            }
        };
        self.first = first.freeze();
        Ok(begins)
    }

    fn poll_end(&mut self, end: End, context: &mut Context<'_>) -> Poll<Result<()>> {
        match end {
            End::Reset => self.socket.break_when_dropped(),
            End::Closed(last) => {
                while self.n_written < last.len() {
                    let rest = &last[self.n_written..];
                    self.n_written += ready!(Pin::new(&mut self.socket).poll_write(context, rest))?;
                }
                ready!(Pin::new(&mut self.socket).poll_shutdown(context))?;
            }
        }
        // An error is what makes hyper let go of the socket at once.
        Poll::Ready(Err(Error::new(ErrorKind::ConnectionAborted, "ended on purpose")))
    }

    /// Reads and forgets, until there is nothing more to come.
    fn poll_client_left(&mut self, context: &mut Context<'_>) -> Poll<Result<()>> {
        let mut unheard = [0; 512];
        loop {
            let mut unheard = ReadBuf::new(&mut unheard);
            ready!(Pin::new(&mut self.socket).poll_read(context, &mut unheard))?;
            if unheard.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        if !self.first.is_empty() {
            let n_bytes = self.first.len().min(buffer.remaining());
            buffer.put_slice(&self.first.split_to(n_bytes));
            return Poll::Ready(Ok(()));
        }
        let Self { socket, progress, .. } = &mut *self;
        Pin::new(socket).poll_read(&mut progress.task_context(context), buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write(context, bytes);
        self.noted(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        if let [head, body] = slices
            && head.len() + body.len() <= SMALL_ANSWER
        {
            let mut both = std::mem::take(&mut self.small_answer);
            both.clear();
            both.extend_from_slice(head);
            both.extend_from_slice(body);
            let written = self.as_mut().poll_write(context, &both);
            self.small_answer = both;
            return written;
        }
        let written = Pin::new(&mut self.socket).poll_write_vectored(context, slices);
        self.noted(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        let flushed = Pin::new(&mut self.socket).poll_flush(context);
        ready!(self.noted(flushed))?;
        if self.ending.0.is_awaited.load(Ordering::Relaxed)
            && let Poll::Ready(left) = self.poll_client_left(context)
        {
            left?;
            self.ending.set(End::Closed(&[]));
        }
        match self.ending.0.end.get().copied() {
            Some(end) => self.poll_end(end, context),
            None => Poll::Ready(Ok(())),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }
}
