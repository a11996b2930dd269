//! One request as a handler sees it, and what the handler answers.

use http::{Method, Request};
use serde_json::{Map, Value};

use super::paging;
use super::refuse::Refuse;
use super::state::audit::Target;
use super::switches::Switches;
use super::world::World;

/// What a handler answers; a refusal is an answer too.
pub type Done = Result<Answer, Answer>;

/// Status, headers and body.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Additional headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body; null is none.
    pub body: Value,
}

impl Answer {
    /// An answer without a body.
    pub fn empty(status: u16) -> Answer {
        Answer::json(status, Value::Null)
    }

    /// An answer with a body.
    pub fn json(status: u16, body: Value) -> Answer {
        Answer {
            status,
            headers: Vec::new(),
            body,
        }
    }

    /// 200.
    pub fn ok(body: Value) -> Done {
        Ok(Answer::json(200, body))
    }

    /// 204.
    pub fn no_content() -> Done {
        Ok(Answer::empty(204))
    }

    /// Adds a header.
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Answer {
        self.headers.push((name, value.into()));
        self
    }
}

/// What came over the wire, taken apart.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The method.
    pub method: Method,
    /// The path without `/v1`, decoded.
    pub path: String,
    /// The path and query as they came.
    pub target: String,
    /// The scheme and host by which the client came, such as `http://127.0.0.1:4711`.
    pub origin: String,
    /// The query, decoded, in order.
    pub query: Vec<(String, String)>,
    /// The bearer token.
    pub token: Option<String>,
    /// The media type of the body.
    pub media_type: String,
    /// The body as it came.
    pub bytes: Vec<u8>,
    /// The body as JSON; null without one.
    pub body: Value,
}

impl Asked {
    /// A member of the query.
    pub fn query(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// A request in the hands of its handler.
#[derive(Debug)]
pub struct Call<'a> {
    /// The organisation. For a read under lag this is how it was some time ago.
    pub world: &'a mut World,
    /// How the simulator behaves where sources disagree.
    pub rules: &'a Switches,
    /// Milliseconds since 1970.
    pub now: i64,
    /// The request.
    pub asked: &'a Asked,
    /// What stood at each `{}` of the path.
    pub params: Vec<String>,
    /// The roles of the owner of the token, where a scenario says which.
    pub roles: Vec<String>,
    /// What this request shall do by halves (a fault that was asked for).
    pub refuse: Option<Refuse>,
    /// Whether something was changed, where that is not what the answer says: a handler that refuses after it has changed
    /// something sets this, and one that only says what would be.
    pub applied: Option<bool>,
    /// A handler says whom it was about.
    pub target: Option<Target>,
}

impl Call<'_> {
    /// What stood at the nth `{}` of the path.
    pub fn param(&self, nth: usize) -> &str {
        self.params.get(nth).map_or("", String::as_str)
    }

    /// A member of the query.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.asked.query(name)
    }

    /// A member of the query that is `true`.
    pub fn flag(&self, name: &str) -> bool {
        self.query(name) == Some("true")
    }

    /// A number of the query.
    pub fn number(&self, name: &str) -> Option<usize> {
        self.query(name)?.parse().ok()
    }

    /// The body.
    pub fn body(&self) -> &Value {
        &self.asked.body
    }

    /// A text of the body that is not empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        text(&self.asked.body[name])
    }

    /// The body as an object; an empty one where it is none.
    pub fn members(&self) -> Map<String, Value> {
        self.asked.body.as_object().cloned().unwrap_or_default()
    }

    /// Says whom the request is about.
    pub fn about(&mut self, kind: &'static str, id: &str, name: &str) {
        self.target = Some(Target {
            kind,
            id: id.to_owned(),
            name: name.to_owned(),
        });
    }
}

/// A text that is not empty.
pub fn text(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.is_empty())
}

/// The texts of a list.
pub fn texts(value: &Value) -> Vec<&str> {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(Value::as_str).collect()
}

/// A list; an empty one where it is none.
pub fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// Takes a request apart.
pub fn asked(request: &Request<Vec<u8>>) -> Asked {
    let header = |name: &str| {
        let value = request.headers().get(name);
        value
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned)
    };
    let uri = request.uri();
    let target = uri.path_and_query().map_or("/", |it| it.as_str());
    let host = uri.authority().map(ToString::to_string);
    let host = header("host").or(host);
    let scheme = uri.scheme_str().unwrap_or("http");
    let path = uri.path().strip_prefix("/v1/");
    let path = path.map_or_else(|| uri.path().to_owned(), |rest| format!("/{rest}"));
    let pairs = uri.query().unwrap_or_default().split('&');
    let query = pairs.filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (paging::decode(name, true), paging::decode(value, true))
    });
    let token = header("authorization");
    let token = token.and_then(|it| Some(it.strip_prefix("Bearer ")?.trim().to_owned()));
    Asked {
        method: request.method().clone(),
        path,
        target: target.to_owned(),
        origin: format!("{scheme}://{}", host.as_deref().unwrap_or("localhost")),
        query: query.collect(),
        token,
        media_type: header("content-type").unwrap_or_default(),
        body: serde_json::from_slice(request.body()).unwrap_or(Value::Null),
        bytes: request.body().clone(),
    }
}
