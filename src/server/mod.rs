//! Sockets: accept, answer, drain. The only place that names hyper.

mod body;
mod delivery;
mod exchange;
pub mod in_process;
mod timer;
mod wire;

use std::io::{Error, ErrorKind};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

use crate::app::App;
use exchange::Exchange;
use timer::OneTimer;
use wire::{Ending, Wire};

/// How long a client may take for the head of a request, and stay silent between two.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);

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
    async fn begun(mut self) {
        // An error says that there is no server any more, which is as good a reason.
        let _ = self.0.wait_for(|has_begun| *has_begun).await;
    }
}

/// Serves until `stop` is done, then lets requests under way finish.
///
/// Nothing here fails: what is wrong with one connection is the end of that connection, and what
/// is wrong with the listener is logged and tried again.
pub async fn run(listener: TcpListener, app: Arc<App>, stop: impl Future<Output = ()>) {
    let connections = GracefulShutdown::new();
    let (drain, draining) = watch::channel(false);
    let draining = Draining(draining);
    let mut sweep = tokio::time::interval(
        (app.config.session_idle / SWEEPS).clamp(MOST_FREQUENT_SWEEP, Duration::from_secs(60)),
    );
    sweep.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut stop = pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => serve(stream, &app, &connections, &draining),
                Err(error) => after_refusal(&error).await,
            },
            _ = sweep.tick() => app.sessions.evict_idle(),
        }
    }
    drop(listener);
    // Nobody listens only if there is no connection.
    let _ = drain.send(true);
    if tokio::time::timeout(DRAIN_TIMEOUT, connections.shutdown()).await.is_err() {
        tracing::warn!("stopped with requests under way that took longer than {DRAIN_TIMEOUT:?}");
    }
}

fn serve(stream: TcpStream, app: &Arc<App>, connections: &GracefulShutdown, draining: &Draining) {
    // Small answers should leave at once; a socket that can't do it is about to fail anyway.
    let _ = stream.set_nodelay(true);
    let ending = Ending::default();
    let wire = TokioIo::new(Wire::new(Box::new(stream), ending.clone()));
    let exchange = Exchange::new(Arc::clone(app), draining.clone(), ending);
    let connection = http1::Builder::new()
        .timer(OneTimer::default())
        .header_read_timeout(HEADER_TIMEOUT)
        .serve_connection(wire, exchange);
    let connection = connections.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection ended badly");
        }
    });
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
