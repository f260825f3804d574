//! Speaking to a server as a program does: JSON with a bearer token.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::Value;
use ureq::Agent;
use ureq::http::{Method, Request};

/// An answer, whatever its status.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub content_type: String,
    pub body: String,
    /// Where it sends a browser.
    pub location: String,
    /// What the answer says of the connection; empty when it stays.
    pub connection: String,
    /// The cookie that it gives, as it is sent back.
    pub cookie: String,
    /// What was asked, for messages.
    asked: String,
}

impl Answer {
    /// The body, when the status is this one.
    ///
    /// # Panics
    /// When it is another, with the whole answer.
    #[track_caller]
    pub fn is(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{} answered {} {}", self.asked, self.status, self.body);
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }

    /// The body of a problem with this status and code.
    ///
    /// # Panics
    /// When it is another answer, or none that `application/problem+json` describes.
    #[track_caller]
    pub fn refuses(self, status: u16, code: &str) -> Value {
        assert_eq!(self.content_type, "application/problem+json", "{} answered {}", self.asked, self.body);
        let asked = self.asked.clone();
        let problem = self.is(status);
        assert_eq!(problem["code"], code, "{asked} answered {problem}");
        problem
    }
}

/// Somebody who speaks to the API.
#[derive(Debug, Clone)]
pub struct Client {
    agent: Agent,
    base: String,
    token: Option<String>,
}

impl Client {
    /// With a token, or without.
    pub fn new(address: &str, token: Option<String>) -> Client {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            // A connection of its own for each: none is used again just when the server lets go of it.
            .max_idle_connections(0)
            .timeout_global(Some(Duration::from_secs(60)));
        Client { agent: config.build().into(), base: format!("http://{address}"), token }
    }

    /// The same, at another address: after a restart.
    #[must_use]
    pub fn at(&self, address: &str) -> Client {
        Client { base: format!("http://{address}"), ..self.clone() }
    }

    /// Where the server is, as a browser names the origin of its pages.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Asks for a path under `/api/v1`.
    #[track_caller]
    pub fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, &format!("/api/v1{path}"), &[], b"").expect("the server answers")
    }

    /// Sends JSON to a path under `/api/v1`.
    #[track_caller]
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.try_post(path, body, None).expect("the server answers")
    }

    /// Sends JSON that takes the place of what is at a path under `/api/v1`.
    #[track_caller]
    pub fn put(&self, path: &str, body: &Value) -> Answer {
        let headers = [("content-type", "application/json")];
        let sent = self.send(Method::PUT, &format!("/api/v1{path}"), &headers, body.to_string().as_bytes());
        sent.expect("the server answers")
    }

    /// The same with a key under which a repeat is the same attempt.
    ///
    /// # Errors
    /// When the server did not answer.
    pub fn try_post(&self, path: &str, body: &Value, key: Option<&str>) -> anyhow::Result<Answer> {
        let mut headers = vec![("content-type", "application/json")];
        headers.extend(key.map(|key| ("idempotency-key", key)));
        self.send(Method::POST, &format!("/api/v1{path}"), &headers, body.to_string().as_bytes())
    }

    /// Sends a file with a message.
    #[track_caller]
    pub fn attach(&self, number: &str, name: &str, bytes: &[u8]) -> Answer {
        let mut body = String::new();
        let disposition = format!("Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"");
        write!(body, "--limit\r\n{disposition}\r\nContent-Type: application/octet-stream\r\n\r\n")
            .expect("a string grows");
        let mut body = body.into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--limit--\r\n");
        let headers = [("content-type", "multipart/form-data; boundary=limit")];
        let path = format!("/api/v1/cases/{number}/attachments");
        self.send(Method::POST, &path, &headers, &body).expect("the server answers")
    }

    /// Sends anything to any path.
    ///
    /// # Errors
    /// When the server did not answer.
    pub fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> anyhow::Result<Answer> {
        let asked = format!("{method} {path}");
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let mut response = self.agent.run(request.body(body)?)?;
        let header = |name: &str| {
            let value = response.headers().get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        Ok(Answer {
            status: response.status().as_u16(),
            content_type: header("content-type"),
            location: header("location"),
            connection: header("connection"),
            cookie: header("set-cookie").split(';').next().unwrap_or_default().to_owned(),
            body: response.body_mut().read_to_string()?,
            asked,
        })
    }

    /// Sends a form from a page of ours, with a session's cookie or none.
    #[track_caller]
    pub fn form(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
        let escaped = |words: &str| words.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        let pairs: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value))).collect();
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", self.base.as_str()),
            ("cookie", cookie),
        ];
        self.send(Method::POST, path, &headers, pairs.join("&").as_bytes()).expect("the server answers")
    }

    /// The cookie of a new session of a sample account.
    #[track_caller]
    pub fn signs_in(&self, account: &str) -> String {
        let email = format!("{account}@agencia.example");
        let answer = self.form("/entrar", "", &[("email", &email), ("password", "atiende-demo")]);
        assert_eq!(answer.status, 303, "{}", answer.body);
        answer.cookie
    }
}
