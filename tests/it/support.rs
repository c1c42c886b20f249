//! How tests ask: a request built in a line, and the whole answer as text.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderName, HeaderValue, Method, StatusCode};
use people_mock::app::App;
use people_mock::config::Config;
use people_mock::fixtures::Layer;
use people_mock::http::{Request, Response};
use people_mock::outcome::Outcome;

/// Where the tested People API lies.
pub(crate) const PEOPLE_API: &str = "/alfresco/api/-default-/public/alfresco/versions/1";
/// Where the calls for tickets lie.
pub(crate) const TICKETS: &str = "/alfresco/api/-default-/public/authentication/versions/1/tickets";

/// The server with the default fixtures, where time stands still and chances are known.
pub(crate) fn app() -> App {
    app_with(|_| {})
}

/// The same with something changed.
pub(crate) fn app_with(change: impl FnOnce(&mut Config)) -> App {
    let mut config = Config {
        seed: Some(1),
        now: Some("2026-08-21T10:00:00Z".parse().unwrap()),
        ..Config::default()
    };
    change(&mut config);
    App::load(config).unwrap()
}

/// The server with one more layer of fixtures: files by name and text.
pub(crate) fn app_with_files(files: &[(&str, &str)]) -> App {
    app_with(|config| config.layers.push(crate::support::files(files)))
}

/// A layer of fixtures in memory: files by name and text.
pub(crate) fn files(files: &[(&str, &str)]) -> Layer {
    let files = files.iter().map(|(name, text)| ((*name).into(), (*text).to_owned().into()));
    Layer::Memory(std::sync::Arc::new(files.collect()))
}

/// Writes a file below a folder.
pub(crate) fn write(folder: &std::path::Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// A request that is being put together.
#[derive(Clone, Debug)]
pub(crate) struct Ask(pub(crate) Request);

/// A request of the People API.
pub(crate) fn ask(method: Method, path: &str) -> Ask {
    raw(method, &format!("{PEOPLE_API}{path}"))
}

/// A request of any path at all.
pub(crate) fn raw(method: Method, path: &str) -> Ask {
    Ask(Request::new(method, path.parse().unwrap()))
}

pub(crate) fn get(path: &str) -> Ask {
    ask(Method::GET, path)
}

pub(crate) fn post(path: &str, body: &str) -> Ask {
    ask(Method::POST, path).body(body.to_owned())
}

pub(crate) fn put(path: &str, body: &str) -> Ask {
    ask(Method::PUT, path).body(body.to_owned())
}

pub(crate) fn delete(path: &str) -> Ask {
    ask(Method::DELETE, path)
}

impl Ask {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().unwrap();
        self.0.headers.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        self
    }

    pub(crate) fn body(mut self, body: impl Into<bytes::Bytes>) -> Self {
        self.0.body = Ok(body.into());
        self
    }

    /// `Authorization: Basic`, with the password of the default fixtures unless a colon says more.
    pub(crate) fn by(self, user: &str) -> Self {
        let pair = match user {
            "admin" => "admin:admin".to_owned(),
            user if user.contains(':') => user.to_owned(),
            user => format!("{user}:Passw0rd!"),
        };
        self.header("authorization", &format!("Basic {}", STANDARD.encode(pair)))
    }

    pub(crate) fn of(&self, app: &App) -> Response {
        let mut outcome = app.answer(self.0.clone());
        loop {
            match outcome {
                Outcome::Answer(response)
                | Outcome::Spoilt(response, _)
                | Outcome::Stream(response, _) => return response,
                // Nothing waits in here: the time is over as soon as it has begun.
                Outcome::Wait(wait) => outcome = wait.finish(app),
            }
        }
    }

    /// The whole answer: status, headers in order, an empty line, and the body if it is text.
    pub(crate) fn whole(&self, app: &App) -> String {
        whole(&self.of(app))
    }

    /// Status and body, where headers are told elsewhere.
    pub(crate) fn brief(&self, app: &App) -> String {
        brief(&self.of(app))
    }

    /// The JSON of the body.
    pub(crate) fn json(&self, app: &App) -> serde_json::Value {
        let response = self.of(app);
        serde_json::from_slice(&response.body).unwrap_or_else(|_| panic!("{}", whole(&response)))
    }

    #[track_caller]
    pub(crate) fn expect(&self, app: &App, status: u16) -> serde_json::Value {
        let response = self.of(app);
        assert_eq!(response.status, StatusCode::from_u16(status).unwrap(), "{}", whole(&response));
        serde_json::from_slice(&response.body).unwrap_or_default()
    }
}

pub(crate) fn whole(response: &Response) -> String {
    let mut text = format!("{}\n", response.status);
    for (name, value) in response.headers.iter() {
        let value = String::from_utf8_lossy(value.as_bytes());
        writeln!(text, "{name}: {value}").unwrap();
    }
    text + "\n" + &body(response)
}

pub(crate) fn brief(response: &Response) -> String {
    format!("{} {}", response.status.as_u16(), body(response))
}

fn body(response: &Response) -> String {
    match std::str::from_utf8(&response.body) {
        Ok(text) => text.to_owned(),
        Err(_) => format!("({} bytes)", response.body.len()),
    }
}

/// What an error says, in one line: status, key, and summary without the log number.
#[track_caller]
pub(crate) fn problem(response: &Response) -> String {
    let body: serde_json::Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let error = &body["error"];
    assert_eq!(error["statusCode"], response.status.as_u16(), "{}", whole(response));
    let text = |name: &str| error[name].as_str().unwrap_or("-").to_owned();
    let summary = text("briefSummary");
    let summary = match summary.split_at_checked(9) {
        Some((number, rest))
            if number.ends_with(' ') && number.trim().bytes().all(|it| it.is_ascii_digit()) =>
        {
            rest.to_owned()
        }
        _ => summary,
    };
    let key = text("errorKey").replace("framework.exception.", "~");
    let key = if key == summary { "=".to_owned() } else { key };
    format!("{} {key} | {summary}", response.status.as_u16())
}
