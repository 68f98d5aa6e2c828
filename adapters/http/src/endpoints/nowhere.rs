//! Requests for what is not there.

use crate::{
    fault::{Fault, Kind},
    names::bad_name,
};
use axum::http::{Method, Uri};
use collodi_contain::NameError;

/// No route has this path.
pub(crate) async fn no_such_route(uri: Uri) -> Fault {
    let path = uri.path();
    if path.starts_with("/python/") && path.split('/').skip(2).any(str::is_empty) {
        return bad_name(NameError::Empty);
    }
    Fault::new(Kind::NotFound, format!("there is nothing at {path}"))
}

/// The path has no such method. The router says which it has.
pub(crate) async fn no_such_method(method: Method, uri: Uri) -> Fault {
    let detail = format!("{} cannot be asked for with {method}", uri.path());
    Fault::new(Kind::NoSuchMethod, detail)
}
