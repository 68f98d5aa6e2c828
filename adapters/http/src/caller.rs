//! Who asks, and whether they may.

use crate::{
    Key, Scope, Surface,
    fault::{Fault, Kind},
    guard::only,
};
use axum::http::{HeaderMap, HeaderValue, header};
use collodi_run::Overrides;

/// Whoever asks must have a token that is known, has not expired, and allows what is asked; says
/// what all it allows.
pub(crate) async fn admit(
    surface: &Surface,
    headers: &HeaderMap,
    needed: Scope,
) -> Result<Scope, Fault> {
    let token = presented(headers).ok_or_else(missing)?;
    if surface.token.matches(token) {
        return Ok(Scope::Admin);
    }
    let keys = (surface.keys)().await;
    let key = keys.find(token).ok_or_else(|| {
        invalid("the token is none of this server's")
            .hint("`collodi token` prints the server's; one of `collodi token new` may be revoked")
    })?;
    if key.has_expired(surface.clock.wall()) {
        return Err(expired(key));
    }
    match key.scope.allows(needed) {
        true => Ok(key.scope),
        false => Err(too_little(key, needed)),
    }
}

/// Who sets variables of commands says what is executed: where packages are from, which programs are
/// found. That takes more than to begin what is there.
pub(crate) async fn may_override(
    surface: &Surface,
    headers: &HeaderMap,
    overrides: &Overrides,
) -> Result<(), Fault> {
    match overrides.env.is_empty() {
        true => Ok(()),
        false => admit(surface, headers, Scope::Admin).await.map(drop),
    }
}

/// What is presented, when it is the only one, and a bearer's.
fn presented(headers: &HeaderMap) -> Option<&str> {
    let credentials = only(headers, &header::AUTHORIZATION).ok().flatten()?;
    let (scheme, token) = credentials.split_once(' ')?;
    let is_bearer = scheme.eq_ignore_ascii_case("bearer");
    is_bearer.then(|| token.trim_start_matches(' '))
}

fn missing() -> Fault {
    challenge(
        Kind::Unauthorized,
        "Bearer realm=\"collodi\"",
        "the request has no bearer token",
    )
    .hint("send the header Authorization: Bearer with the server's token")
}

fn invalid(detail: &str) -> Fault {
    let text = "Bearer realm=\"collodi\", error=\"invalid_token\"";
    challenge(Kind::WrongToken, text, detail)
}

fn expired(key: &Key) -> Fault {
    let when = key.expires.map(|time| format!(" at {time}"));
    let detail = format!(
        "the token of {} has expired{}",
        key.name,
        when.unwrap_or_default()
    );
    invalid(&detail).hint("have another made with `collodi token new`")
}

fn too_little(key: &Key, needed: Scope) -> Fault {
    let text = match needed {
        Scope::Read => "Bearer realm=\"collodi\", error=\"insufficient_scope\", scope=\"read\"",
        Scope::Operate => {
            "Bearer realm=\"collodi\", error=\"insufficient_scope\", scope=\"operate\""
        }
        Scope::Admin => "Bearer realm=\"collodi\", error=\"insufficient_scope\", scope=\"admin\"",
    };
    let detail = format!(
        "the token of {} has the scope {}, and this needs {needed}",
        key.name, key.scope
    );
    challenge(Kind::TooLittle, text, detail)
        .hint(format!(
            "use a token of `collodi token new --scope {needed}`"
        ))
        .with(|problem| problem.scope = Some(needed.to_string()))
}

fn challenge(kind: Kind, text: &'static str, detail: impl Into<String>) -> Fault {
    Fault::new(kind, detail).header(header::WWW_AUTHENTICATE, HeaderValue::from_static(text))
}
