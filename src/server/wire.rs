//! The socket of a connection, as hyper holds it, which can be told to end the connection in a way
//! that hyper has no words for.

use std::io::{Error, ErrorKind, IoSlice, Result};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

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

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Reset.
    Reset,
    /// Closed in order, after these bytes.
    Closed(&'static [u8]),
    /// As soon as the client has left; whatever it sends until then goes unheard.
    Abandoned,
}

/// Says how a connection ends: nothing while it is to go on. Whoever says it first is obeyed.
///
/// An exchange says it and the wire obeys, after all that hyper has written till then is out; and
/// so no byte of an earlier answer, or of a head, is ever lost to the end.
#[derive(Clone, Debug, Default)]
pub(super) struct Ending(Arc<OnceLock<End>>);

impl Ending {
    /// Ends the connection once everything that has been written is out. hyper flushes at the end
    /// of every poll of a connection of HTTP/1, which is when the wire looks here; so this is to be
    /// called from inside such a poll, as services and bodies are.
    pub(super) fn set(&self, end: End) {
        let _ = self.0.set(end);
    }
}

/// A socket that ends as it is told.
pub(super) struct Wire {
    socket: Box<dyn Socket>,
    ending: Ending,
    /// How many of the last bytes are out.
    n_written: usize,
}

impl Wire {
    pub(super) fn new(socket: Box<dyn Socket>, ending: Ending) -> Self {
        Self { socket, ending, n_written: 0 }
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
            End::Abandoned => {
                let mut unheard = [0; 512];
                loop {
                    let mut unheard = ReadBuf::new(&mut unheard);
                    let read = Pin::new(&mut self.socket).poll_read(context, &mut unheard);
                    match read {
                        // The answer to a flush that has nothing to do; being read from wakes us.
                        Poll::Pending => return Poll::Ready(Ok(())),
                        Poll::Ready(read) => read?,
                    }
                    if unheard.filled().is_empty() {
                        break;
                    }
                }
            }
        }
        // An error is what makes hyper let go of the socket at once.
        Poll::Ready(Err(Error::new(ErrorKind::ConnectionAborted, "ended on purpose")))
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        Pin::new(&mut self.socket).poll_read(context, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize>> {
        Pin::new(&mut self.socket).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        Pin::new(&mut self.socket).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        ready!(Pin::new(&mut self.socket).poll_flush(context))?;
        match self.ending.0.get().copied() {
            Some(end) => self.poll_end(end, context),
            None => Poll::Ready(Ok(())),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }
}
