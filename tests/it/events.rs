//! `/__admin/events`, as the server sends it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake};

use http::Method;
use insta::assert_snapshot;
use people_mock::app::App;
use people_mock::events::{CAPACITY, Listener};
use people_mock::outcome::Outcome;

use crate::support::{Ask, app, get, raw};

/// Counts how often somebody was woken.
#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

fn listen(app: &App, ask: Ask) -> Listener {
    match app.answer(ask.0) {
        Outcome::Stream(response, listener) => {
            assert_eq!(response.headers["content-type"], "text/event-stream");
            listener
        }
        _ => panic!("no stream"),
    }
}

/// All that a listener hears until it has to wait, and whether that was the end.
fn heard(listener: &mut Listener, woken: &Arc<Woken>) -> String {
    let waker = Arc::clone(woken).into();
    let context = Context::from_waker(&waker);
    let mut heard = String::new();
    loop {
        match listener.poll_next(&context) {
            Poll::Ready(Some(bytes)) => heard.push_str(std::str::from_utf8(&bytes).unwrap()),
            Poll::Ready(None) => return heard + "(end)",
            Poll::Pending => return heard,
        }
    }
}

fn events() -> Ask {
    raw(Method::GET, "/__admin/events")
}

#[test]
fn a_listener_hears_the_exchanges_and_changes_of_its_session() {
    let (app, woken) = (app(), Arc::default());
    let mut listener = listen(&app, events());
    assert_eq!(heard(&mut listener, &woken), ": listening\n\n");

    get("/people/nobody?alf_ticket=TICKET_1").by("admin").expect(&app, 404);
    assert_eq!(woken.0.load(Ordering::SeqCst), 1);
    get("/people").header("x-mock-session", "other").by("admin").expect(&app, 200);
    raw(Method::GET, "/__admin/clock").expect(&app, 200);
    raw(Method::PUT, "/__admin/snapshots/a").expect(&app, 201);
    raw(Method::POST, "/__admin/reset").expect(&app, 204);
    assert_snapshot!(heard(&mut listener, &woken), @r#"
    event: exchange
    id: 1
    data: {"id":1,"operation":"alfresco.getPerson","method":"GET","path":"/alfresco/api/-default-/public/alfresco/versions/1/people/nobody","status":404}

    event: change
    data: {"call":"PUT /__admin/snapshots/a"}

    event: change
    data: {"call":"POST /__admin/reset"}
    "#);
}

#[test]
fn a_slow_listener_is_told_how_much_it_missed() {
    let (app, woken) = (app(), Arc::default());
    let (mut slow, mut other) = (listen(&app, events()), listen(&app, events()));
    heard(&mut slow, &woken);
    for _ in 0..CAPACITY + 7 {
        raw(Method::GET, "/nowhere").expect(&app, 404);
    }
    let text = heard(&mut slow, &woken);
    assert!(
        text.starts_with("event: lost\ndata: {\"count\":7}\n\nevent: exchange\nid: 8\n"),
        "{text}"
    );
    assert_eq!(text.matches("event: exchange").count(), CAPACITY);
    assert_eq!(heard(&mut other, &woken).matches("event: exchange").count(), CAPACITY);
}

#[test]
fn whoever_comes_back_is_told_what_happened_meanwhile_and_nothing_twice() {
    let (app, woken) = (app(), Arc::default());
    for _ in 0..3 {
        raw(Method::GET, "/nowhere").expect(&app, 404);
    }
    let mut listener = listen(&app, events().header("last-event-id", "1"));
    raw(Method::GET, "/nowhere").expect(&app, 404);
    let text = heard(&mut listener, &woken);
    let ids: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("id: ")).collect();
    assert_eq!(ids, ["2", "3", "4"]);
}

#[test]
fn a_stream_ends_with_its_session() {
    let (app, woken) = (app(), Arc::default());
    let mut listener = listen(&app, raw(Method::GET, "/__session/a/__admin/events"));
    raw(Method::DELETE, "/__admin/sessions/a").expect(&app, 204);
    assert_eq!(heard(&mut listener, &woken), ": listening\n\n(end)");
}

#[test]
fn a_wait_is_woken_by_each_exchange_and_ends_when_it_holds() {
    let app = app();
    let body = r#"{"when":{"operation":"alfresco.getPerson"},"count":2,"timeout":"5s"}"#;
    let ask = raw(Method::POST, "/__admin/requests/wait").body(body);
    let Outcome::Wait(wait) = app.answer(ask.0) else { panic!("no wait") };
    assert_eq!(wait.timeout.as_secs(), 5);
    let woken = Arc::<Woken>::default();
    let waker = Arc::clone(&woken).into();
    let context = Context::from_waker(&waker);
    for expected in 0..2 {
        assert!(wait.poll(&context).is_pending());
        assert_eq!(woken.0.load(Ordering::SeqCst), expected);
        get("/people/admin").by("admin").expect(&app, 200);
    }
    assert!(wait.poll(&context).is_ready());
    let Outcome::Answer(response) = wait.finish(&app) else { panic!("no answer") };
    assert_eq!(response.status, 200);
    assert_eq!(response.headers["date"], "Fri, 21 Aug 2026 10:00:00 GMT");
}
