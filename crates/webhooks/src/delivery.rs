//! What is sent.

use crate::{Hook, Occasion};
use alloc::{
    borrow::ToOwned,
    string::{String, ToString},
    vec::Vec,
};
use collodi_time::Duration;
use collodi_value::{Object, Value};
use collodi_web::{FetchSpec, Headers};
use core::fmt::Write as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The longest body, in bytes.
pub const MAX_BODY: usize = 4096;

/// The longest text in a body, in bytes as JSON writes them.
const MAX_TEXT: usize = 512;

/// How long a receiver has.
const PATIENCE: Duration = Duration::from_secs(10);

/// The most of an answer that is read.
const MAX_ANSWER: u64 = 64 << 10;

/// An occasion as one hook is told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its name: the same for each try.
    pub id: String,
    /// Of what it tells.
    pub occasion: Occasion,
}

impl Delivery {
    /// The request that delivers it.
    pub fn request(&self, hook: &Hook) -> FetchSpec {
        let body = self.body().into_bytes();
        let timestamp = self.occasion.at.as_duration().as_secs().to_string();
        let mut headers = Headers::default();
        headers.set("content-type", "application/json");
        headers.set("x-collodi-event", self.occasion.kind.word());
        headers.set("x-collodi-delivery", &self.id);
        headers.set("x-collodi-timestamp", &timestamp);
        if let Some(secret) = &hook.secret {
            let signature = signature(secret.bytes(), &timestamp, &body);
            headers.set("x-collodi-signature", &signature);
        }
        FetchSpec {
            method: "POST".to_owned(),
            url: hook.url.clone(),
            headers,
            body,
            timeout: PATIENCE,
            limit: MAX_ANSWER,
            follow: false,
        }
    }

    /// The JSON object.
    fn body(&self) -> String {
        let Occasion {
            kind,
            at,
            app,
            process,
            reason,
            restart,
            url,
        } = &self.occasion;
        let mut body = Object::new();
        body.set("event", kind.word().into());
        body.set("id", self.id.as_str().into());
        body.set("time", at.to_string().as_str().into());
        body.set("app", clipped(app));
        body.set("process", clipped(process));
        if let Some(reason) = reason {
            body.set("reason", clipped(reason));
        }
        if let Some(restart) = restart {
            body.set("restart", Value::Number(f64::from(*restart)));
        }
        if let Some(url) = url {
            // A query may have a token in it.
            let end = url.find(['?', '#']).unwrap_or(url.len());
            body.set("url", clipped(url.get(..end).unwrap_or_default()));
        }
        Value::Object(body).to_json()
    }
}

/// As much of a text as a body may have of it.
fn clipped(text: &str) -> Value {
    let mut left = MAX_TEXT;
    let fits = |c: &char| {
        // A character that JSON escapes takes six bytes.
        let bytes = if c.is_control() || matches!(c, '"' | '\\') {
            6
        } else {
            c.len_utf8()
        };
        let rest = left.checked_sub(bytes);
        left = rest.unwrap_or(0);
        rest.is_some()
    };
    Value::from(text.chars().take_while(fits).collect::<String>().as_str())
}

/// `sha256=` and the code of timestamp and body.
fn signature(secret: &[u8], timestamp: &str, body: &[u8]) -> String {
    // A key of any length will do.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else {
        return String::new();
    };
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body);
    let code: Vec<u8> = mac.finalize().into_bytes().to_vec();
    let mut text = "sha256=".to_owned();
    for byte in code {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::{Kind, Secret};
    use collodi_time::WallTime;
    use collodi_web::WebUrl;

    const SIGNATURE: &str =
        "sha256=b628e6679fe7ca5a24dc0f78d1649e0301a02291e69913da7029960f20524a36";

    fn delivery(reason: &str, url: Option<&str>) -> Delivery {
        Delivery {
            id: "life-1".to_owned(),
            occasion: Occasion {
                kind: Kind::Crashed,
                at: WallTime::since_unix_epoch(Duration::from_secs(1_767_225_600)),
                app: "demo".to_owned(),
                process: "demo-0123abcd".to_owned(),
                reason: Some(reason.to_owned()),
                restart: Some(3),
                url: url.map(ToOwned::to_owned),
            },
        }
    }

    fn hook(secret: Option<&str>) -> Hook {
        Hook {
            name: "pager".to_owned(),
            url: WebUrl::parse("http://127.0.0.1:1/hook").unwrap(),
            events: Kind::ALL.into_iter().collect(),
            secret: secret.and_then(|secret| Secret::new(secret.as_bytes())),
        }
    }

    /// The code is that of `openssl dgst -sha256 -hmac key` over `1767225600.` and the body.
    #[test]
    fn a_delivery_is_signed() {
        let request = delivery("exit code 7", None).request(&hook(Some("key")));
        let body = r#"{"event":"crashed","id":"life-1","time":"2026-01-01T00:00:00.000Z","app":"demo","process":"demo-0123abcd","reason":"exit code 7","restart":3}"#;
        assert_eq!(String::from_utf8(request.body).unwrap(), body);
        assert!(!request.follow);
        let signature = request.headers.get("x-collodi-signature").unwrap();
        assert_eq!(signature, SIGNATURE);
        let unsigned = delivery("exit code 7", None).request(&hook(None));
        assert_eq!(unsigned.headers.get("x-collodi-signature"), None);
    }

    #[test]
    fn a_body_is_bounded_and_has_no_query() {
        let long = "\u{1}\"é".repeat(10_000);
        let mut delivery = delivery(&long, Some("http://127.0.0.1:8888/lab?token=secret"));
        delivery.occasion.app.clone_from(&long);
        delivery.occasion.process.clone_from(&long);
        let body = delivery.body();
        assert!(body.len() <= MAX_BODY, "{}", body.len());
        assert!(
            body.contains("\"url\":\"http://127.0.0.1:8888/lab\""),
            "{body}"
        );
        assert!(!body.contains("secret"));
    }
}
