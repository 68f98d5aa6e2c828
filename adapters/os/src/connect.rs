//! Whether a connection is made: what every runtime says of one that is not.

use collodi_backend::{Error, ErrorKind};
use std::{io, time::Duration};

/// How long a connection may take.
pub const CONNECT_PATIENCE: Duration = Duration::from_secs(5);

/// What it means that connecting to `host:port` failed. Who gave up after
/// [`CONNECT_PATIENCE`] says [`io::ErrorKind::TimedOut`].
pub fn connect_error(host: &str, port: u16, error: &io::Error) -> Error {
    let kind = match error.kind() {
        io::ErrorKind::ConnectionRefused => ErrorKind::Refused,
        io::ErrorKind::TimedOut => ErrorKind::TimedOut,
        io::ErrorKind::PermissionDenied => ErrorKind::PermissionDenied,
        _ => ErrorKind::Other,
    };
    let failed = Error::new(kind, "connect to", address(host, port));
    match kind {
        ErrorKind::Other => failed.detail(error.to_string()),
        _ => failed,
    }
}

/// An IPv6 address stands in brackets.
fn address(host: &str, port: u16) -> String {
    if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_where_and_why() {
        let said = |host, kind: io::ErrorKind| connect_error(host, 80, &kind.into()).to_string();
        insta::assert_snapshot!(
            said("::1", io::ErrorKind::ConnectionRefused),
            @"failed to connect to [::1]:80: connection refused"
        );
        insta::assert_snapshot!(
            said("here", io::ErrorKind::TimedOut),
            @"failed to connect to here:80: no answer in time"
        );
        insta::assert_snapshot!(
            said("here", io::ErrorKind::AddrNotAvailable),
            @"failed to connect to here:80: address not available"
        );
    }
}
