//! The server itself.

use super::{Answered, Shared};
use crate::{
    NoNextLife, Surface,
    fault::{Fault, Kind},
    query::QueryString,
};
use axum::{Json, extract::State, http::StatusCode};
use collodi_api::{Answer, Live};
use collodi_host::{Command, Follower};

pub(crate) async fn live() -> Json<Live> {
    Json(Live {
        status: "ok".to_owned(),
    })
}

pub(crate) async fn shutdown(State(surface): Shared) -> (StatusCode, Json<Answer>) {
    (surface.shutdown)();
    let answer = Answer {
        status: "stopping".to_owned(),
        id: None,
    };
    (StatusCode::ACCEPTED, Json(answer))
}

/// Another life of the server goes on with the daemons: when all that it needs is written
/// down, this one is over. Where the next one could not begin, this one goes on. With `other`
/// another process does, which has looked whether it can, and waits for that.
pub(crate) async fn hand_over(State(surface): Shared, query: QueryString) -> Answered<Answer> {
    let follower = match query.flag("other")? {
        true => Follower::OtherProcess,
        false => Follower::SameProcess,
    };
    if follower == Follower::SameProcess {
        may_go_on(&surface).await?;
    }
    surface.host.command(Command::HandOver(follower)).await?;
    Ok(Json(Answer {
        status: "handing over".to_owned(),
        id: None,
    }))
}

async fn may_go_on(surface: &Surface) -> Result<(), Fault> {
    let tried = (surface.may_go_on)().await;
    tried.map_err(|why| {
        let kind = match &why {
            NoNextLife::Settings(_) => Kind::BadSetting,
            NoNextLife::File(_) => Kind::FileFailed,
        };
        let hint = "mend that and ask again; the server goes on as it is";
        Fault::new(kind, why.to_string()).hint(hint)
    })
}
