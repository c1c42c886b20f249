use super::{Call, Problem};
use crate::clock;
use crate::http::Response;

/// `GET /__admin/metrics`: of the whole server, for Prometheus.
pub(super) fn metrics(call: &Call<'_>) -> Result<Response, Problem> {
    let app = call.app;
    let uptime = clock::system_now().duration_since(app.started).as_secs_f64();
    let version = env!("CARGO_PKG_VERSION");
    let text = format!(
        "\
# HELP people_mock_exchanges_total Answers by operation and status.
# TYPE people_mock_exchanges_total counter
{}\
# HELP people_mock_sessions Sessions that live.
# TYPE people_mock_sessions gauge
people_mock_sessions {}
# HELP people_mock_sessions_evicted_total Sessions that were evicted, for being idle or one too many.
# TYPE people_mock_sessions_evicted_total counter
people_mock_sessions_evicted_total {}
# HELP people_mock_journal_entries Exchanges that the journal keeps, of all sessions.
# TYPE people_mock_journal_entries gauge
people_mock_journal_entries {}
# HELP people_mock_journal_bytes Bytes of the exchanges that the journal keeps.
# TYPE people_mock_journal_bytes gauge
people_mock_journal_bytes {}
# HELP people_mock_uptime_seconds Seconds since the start.
# TYPE people_mock_uptime_seconds gauge
people_mock_uptime_seconds {uptime:.3}
# HELP people_mock_build_info The version, as a label.
# TYPE people_mock_build_info gauge
people_mock_build_info{{version=\"{version}\"}} 1
",
        app.metrics.text(),
        app.sessions.count(),
        app.sessions.evicted(),
        app.journal.len(),
        app.journal.bytes(),
    );
    Ok(Response::new(http::StatusCode::OK, "text/plain; version=0.0.4; charset=utf-8", text))
}
