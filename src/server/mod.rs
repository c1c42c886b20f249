//! Sockets: accept, answer, drain. The only place that names hyper.

mod body;
mod delivery;
mod every;
mod exchange;
pub mod in_process;
mod listener;
mod nudge;
mod patience;
pub(crate) mod tls;
mod wire;

use std::future::poll_fn;
use std::io::{Error, ErrorKind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulConnection;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

use crate::app::App;
use every::Every;
use exchange::{Connection, Exchange};
use nudge::Nudged;
use patience::{LOOKS, Patience};
use wire::Wire;

pub use listener::{ListenError, Listener};
pub use tls::TlsError;

/// How long a client may take for TLS and its first bytes together, then for the head of a request,
/// and how long it may stay silent between two.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);

/// After which silence a client of HTTP/2 is asked whether it lives; it answers within the time of a
/// header.
const PING_INTERVAL: Duration = Duration::from_secs(20);

/// What a client sends first who speaks HTTP/2, with TLS and without (RFC 9113, section 3.4).
const HTTP2: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// How long requests under way may take once the server has been told to stop.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// How often it is looked for sessions whose time is over: this many times in the time that they
/// have, and not more often than this.
const SWEEPS: u32 = 4;
const MOST_FREQUENT_SWEEP: Duration = Duration::from_millis(100);

/// Says to those who could go on for ever that the server is told to stop.
#[derive(Clone)]
struct Draining(watch::Receiver<bool>);

impl Draining {
    /// Whether it has been said. This costs a look, unlike [`Draining::begun`], which takes a lock.
    fn has_begun(&self) -> bool {
        // Nothing is said but this, and an error says that there is no server any more.
        self.0.has_changed().unwrap_or(true)
    }

    async fn begun(mut self) {
        // An error says that there is no server any more, which is as good a reason.
        let _ = self.0.wait_for(|has_begun| *has_begun).await;
    }
}

/// Serves until `stop` is done, then lets requests under way finish.
///
/// Nothing here fails: what is wrong with one connection is the end of that connection, and what
/// is wrong with the listener is logged and tried again.
pub async fn run(listener: impl Into<Listener>, app: Arc<App>, stop: impl Future<Output = ()>) {
    let listener = listener.into();
    let (drain, draining) = watch::channel(false);
    let draining = Draining(draining);
    let patience = Arc::new(Patience::default());
    let (looked_at, noted, swept) = (Arc::clone(&patience), Arc::clone(&app), Arc::clone(&app));
    let _looks = Every::new(HEADER_TIMEOUT / LOOKS, move || {
        looked_at.look();
        noted.sessions.note_use();
    });
    let _sweeps = Every::new(
        (app.config.session_idle / SWEEPS).clamp(MOST_FREQUENT_SWEEP, Duration::from_secs(60)),
        move || swept.sessions.evict_idle(),
    );
    let mut stop = pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            accepted = poll_fn(|context| listener.poll_accept(context)) => match accepted {
                Ok(wire) => {
                    let (tls, patience) = (listener.tls.clone(), Arc::clone(&patience));
                    tokio::spawn(meet(wire, tls, Arc::clone(&app), patience, draining.clone()));
                }
                Err(error) => after_refusal(&error).await,
            },
        }
    }
    drop((listener, draining));
    // Nobody hears it only if there is no connection; each hears it as long as it lasts.
    let _ = drain.send(true);
    if tokio::time::timeout(DRAIN_TIMEOUT, drain.closed()).await.is_err() {
        tracing::warn!("stopped with requests under way that took longer than {DRAIN_TIMEOUT:?}");
    }
}

/// Finds out what a client speaks, and has it served.
async fn meet(
    wire: Wire,
    tls: Option<TlsAcceptor>,
    app: Arc<App>,
    patience: Arc<Patience>,
    draining: Draining,
) {
    let begun = tokio::select! {
        begun = tokio::time::timeout(HEADER_TIMEOUT, begin(wire, tls)) => begun,
        () = draining.clone().begun() => return,
    };
    match begun {
        // In a task of its own: no request goes through the one that ends here.
        Ok(Ok(Some((wire, true)))) => {
            tokio::spawn(serve_http2(wire, app, draining));
        }
        Ok(Ok(Some((wire, false)))) => {
            tokio::spawn(serve_http1(wire, app, patience, draining));
        }
        Ok(Ok(None)) | Err(_) => {}
        Ok(Err(error)) => tracing::debug!(%error, "a connection didn't begin well"),
    }
}

/// Shakes hands, where that is wanted, and says whether the client speaks HTTP/2. There is nothing
/// to serve if it doesn't speak TLS and should.
async fn begin(mut wire: Wire, tls: Option<TlsAcceptor>) -> Result<Option<(Wire, bool)>, Error> {
    if let Some(tls) = tls {
        if !wire.begins_with(tls::HANDSHAKE).await? {
            tls::refuse(wire).await?;
            return Ok(None);
        }
        wire = Wire::new(tls.accept(wire).await?);
    }
    let is_http2 = wire.begins_with(HTTP2).await?;
    Ok(Some((wire, is_http2)))
}

async fn serve_http2(wire: Wire, app: Arc<App>, draining: Draining) {
    let exchange = Exchange::on(Connection::over(&wire, app, &draining));
    let connection = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(HEADER_TIMEOUT)
        .serve_connection(TokioIo::new(wire), exchange);
    note_end(until_drained(connection, draining).await);
}

async fn serve_http1(wire: Wire, app: Arc<App>, patience: Arc<Patience>, draining: Draining) {
    let progress = wire.progress();
    patience.wait_for(&progress);
    let exchange = Exchange::on(Connection::over(&wire, app, &draining));
    // Without `pipeline_flush`, which would keep the wire from seeing how it is to end.
    let connection = http1::Builder::new().serve_connection(TokioIo::new(wire), exchange);
    let mut served = pin!(until_drained(connection, draining));
    let served = poll_fn(|context| match served.as_mut().poll(context) {
        Poll::Pending => progress.poll_end(context).map(Ok),
        Poll::Ready(result) => Poll::Ready(result),
    });
    note_end(served.await);
}

fn note_end(served: hyper::Result<()>) {
    if let Err(error) = served {
        tracing::debug!(%error, "a connection ended badly");
    }
}

/// Drives a connection, and has it finish what is under way when the server is told to stop.
async fn until_drained<C: GracefulConnection>(
    connection: C,
    draining: Draining,
) -> Result<(), C::Error> {
    let (mut connection, mut begun) = (pin!(connection), pin!(draining.clone().begun()));
    let nudged = Nudged::new();
    let mut is_first = true;
    let mut is_told = false;
    poll_fn(|context| {
        // To ask once is enough to be woken; the waker of a task is the same as long as it lives.
        let is_asking = std::mem::take(&mut is_first) || (!is_told && draining.has_begun());
        if is_asking && begun.as_mut().poll(context).is_ready() {
            is_told = true;
            connection.as_mut().graceful_shutdown();
        }
        nudged.poll(connection.as_mut(), context)
    })
    .await
}

/// A connection that its peer gave up before we took it is the peer's affair; anything else, above
/// all a lack of file descriptors, passes only if we wait.
async fn after_refusal(error: &Error) {
    let is_the_peers = matches!(
        error.kind(),
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset
    );
    if !is_the_peers {
        tracing::error!(%error, "no connection can be accepted; trying again");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
