//! A server inside somebody else's program, above all inside a test.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use super::listener::{ListenError, Listener};
use crate::app::App;
use crate::config::Config;
use crate::fixtures::{LoadError, watch};

/// A server that runs for as long as this value lives, on a thread of its own.
///
/// It needs no runtime and blocks none, so that it is the same in a plain test and in an `async`
/// one. [`Config::default`] picks a free port; hence every test can have its own.
///
/// ```
/// use std::io::{Read, Write};
///
/// let server = people_mock::Server::start(people_mock::config::Config::default())?;
/// let mut stream = std::net::TcpStream::connect(server.address())?;
/// stream.write_all(b"GET /healthcheck HTTP/1.0\r\n\r\n")?;
/// let mut answer = String::new();
/// stream.read_to_string(&mut answer)?;
/// assert!(answer.starts_with("HTTP/1.0 200 OK"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Server {
    app: Arc<App>,
    address: SocketAddr,
    url: String,
    /// Dropped to stop the thread.
    running: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    _watch: Option<watch::Watch>,
}

impl Server {
    /// Reads the fixtures and serves. It can be asked as soon as this returns.
    pub fn start(config: Config) -> Result<Self, StartError> {
        let app = Arc::new(App::load(config).map_err(StartError::Fixtures)?);
        let watch = watch::start(&app).map_err(StartError::Watch)?;

        // Whoever starts it may be inside another runtime, where this one can be made and entered,
        // and neither waited for nor dropped.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(StartError::Thread)?;
        let (address, url, serving) = {
            let _inside = runtime.enter();
            let listener = Listener::bind(&app.config)?;
            let address = listener.address().ok_or(StartError::NoAddress)?;
            let scheme = if listener.tls.is_some() { "https" } else { "http" };
            let serving = super::run(listener, Arc::clone(&app), std::future::pending());
            (address, format!("{scheme}://{address}"), serving)
        };
        let (running, dropped) = oneshot::channel::<()>();
        let thread = std::thread::Builder::new().name("people-mock".to_owned()).spawn(move || {
            runtime.block_on(async {
                // Nobody waits for what is under way: whoever asked is over, too.
                tokio::select! { () = serving => {}, _ = dropped => {} }
            });
        });
        let thread = Some(thread.map_err(StartError::Thread)?);
        Ok(Self { app, address, url, running: Some(running), thread, _watch: watch })
    }

    /// Where clients find it, as `http://127.0.0.1:41213`.
    #[must_use]
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// The address that it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What answers, to be asked without a socket, as for the outbox.
    #[must_use]
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.running.take());
        if let Some(thread) = self.thread.take() {
            // It panicked or it didn't: it is over.
            let _ = thread.join();
        }
    }
}

/// Why a server didn't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The fixtures are wrong, in all these places.
    #[error("{}", lines(.0))]
    Fixtures(Vec<LoadError>),
    /// The address or TLS can't be had.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// A socket file alone is no address.
    #[error("`Config::address` is needed; with port 0 a free one is picked")]
    NoAddress,
    /// The fixtures can't be watched.
    #[error("can't watch the fixtures")]
    Watch(#[source] watch::Error),
    /// There is no thread for it.
    #[error("can't start a thread for the server")]
    Thread(#[source] io::Error),
}

fn lines(errors: &[LoadError]) -> String {
    let lines: Vec<_> = errors.iter().map(|error| format!("{error:#}")).collect();
    lines.join("\n")
}
