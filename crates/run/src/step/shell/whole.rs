//! Numbers of scripts as whole numbers: what is below or beyond is the nearest there is.

/// As a number of 64 bits.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturates"
)]
pub(super) const fn to_u64(number: f64) -> u64 {
    number as u64
}

/// As a size.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturates"
)]
pub(super) const fn to_usize(number: f64) -> usize {
    number as usize
}
