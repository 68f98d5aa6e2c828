//! What apps can be made from.

use crate::views;
use axum::Json;
use collodi_api::Templates;

pub(crate) async fn templates() -> Json<Templates> {
    Json(views::templates())
}
