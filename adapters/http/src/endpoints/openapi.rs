//! The description of the surface.

use crate::openapi::document;
use axum::Json;
use serde_json::Value;

pub(crate) async fn openapi() -> Json<Value> {
    Json(document())
}
