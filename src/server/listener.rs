//! Where connections come from: a port, a socket file, or both.

use std::fmt;
use std::io::{Error, ErrorKind, Result as IoResult};
use std::net::SocketAddr;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::task::{Context, Poll, ready};

use tokio::net::{TcpListener, TcpSocket, UnixListener};
use tokio_rustls::TlsAcceptor;

use super::tls::{self, TlsError};
use super::wire::Wire;
use crate::config::Config;

/// Where connections come from. A [`TcpListener`] is one, without TLS.
pub struct Listener {
    tcp: Option<TcpListener>,
    unix: Option<SocketFile>,
    pub(super) tls: Option<TlsAcceptor>,
}

/// Why nobody can be listened to.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The address can't be had.
    #[error("can't listen on {address}; is another server there? port 0 picks a free one")]
    Tcp {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: Error,
    },
    /// The socket file can't be made.
    #[error("can't listen on unix:{}; `--unix` takes a path in a folder that can be written to", path.display())]
    Unix {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Error,
    },
    /// Somebody listens there.
    #[error("can't listen on unix:{}; another server is there", .0.display())]
    UnixTaken(PathBuf),
    /// What is there isn't ours to replace.
    #[error("can't listen on unix:{}; a file is there that is no socket", .0.display())]
    UnixFile(PathBuf),
    /// TLS can't be had.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

impl Listener {
    /// Listens where a server is told to. This belongs inside a runtime.
    pub fn bind(config: &Config) -> Result<Self, ListenError> {
        let host = config.address.map(|it| it.ip());
        let tls = tls::acceptor(&config.tls, host, config.tls_ca_out.as_deref())?;
        let tcp = config.address.map(|address| {
            bind_tcp(address).map_err(|source| ListenError::Tcp { address, source })
        });
        let tcp = tcp.transpose()?;
        let unix = config.unix.as_deref().map(SocketFile::bind).transpose()?;
        Ok(Self { tcp, unix, tls })
    }

    /// The address, if it listens on one.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        self.tcp.as_ref()?.local_addr().ok()
    }

    pub(super) fn poll_accept(&self, context: &mut Context<'_>) -> Poll<IoResult<Wire>> {
        if let Some(tcp) = &self.tcp
            && let Poll::Ready(accepted) = tcp.poll_accept(context)
        {
            let (stream, _) = accepted?;
            // Small answers should leave at once; a socket that can't do it is about to fail anyway.
            let _ = stream.set_nodelay(true);
            return Poll::Ready(Ok(Wire::new(stream)));
        }
        let Some(unix) = &self.unix else { return Poll::Pending };
        let (stream, _) = ready!(unix.listener.poll_accept(context))?;
        Poll::Ready(Ok(Wire::new(stream)))
    }
}

impl From<TcpListener> for Listener {
    fn from(tcp: TcpListener) -> Self {
        Self { tcp: Some(tcp), unix: None, tls: None }
    }
}

impl fmt::Display for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        let address = self.address().map(|it| format!("{scheme}://{it}"));
        let unix = self.unix.as_ref().map(|it| format!("unix:{}", it.path.display()));
        let places: Vec<_> = [address, unix].into_iter().flatten().collect();
        f.write_str(&places.join(" and "))
    }
}

/// As `TcpListener::bind` does, which would have to be waited for.
fn bind_tcp(address: SocketAddr) -> IoResult<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(1024)
}

/// A socket with a name among files, which goes when it does.
struct SocketFile {
    listener: UnixListener,
    path: PathBuf,
}

impl SocketFile {
    fn bind(path: &Path) -> Result<Self, ListenError> {
        let bound = match UnixListener::bind(path) {
            Err(error) if error.kind() == ErrorKind::AddrInUse => {
                clear(path)?;
                UnixListener::bind(path)
            }
            bound => bound,
        };
        let path = path.to_owned();
        match bound {
            Ok(listener) => Ok(Self { listener, path }),
            Err(source) => Err(ListenError::Unix { path, source }),
        }
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Removes what a server has left behind that wasn't given the time to do so itself.
fn clear(path: &Path) -> Result<(), ListenError> {
    let taken = |source| ListenError::Unix { path: path.to_owned(), source };
    let is_socket = std::fs::symlink_metadata(path).map_err(taken)?.file_type().is_socket();
    if !is_socket {
        return Err(ListenError::UnixFile(path.to_owned()));
    }
    match std::os::unix::net::UnixStream::connect(path) {
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => {
            std::fs::remove_file(path).map_err(taken)
        }
        Err(error) => Err(taken(error)),
        Ok(_) => Err(ListenError::UnixTaken(path.to_owned())),
    }
}
