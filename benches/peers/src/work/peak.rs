//! How much memory a flood takes.

use super::{
    Work,
    capture::{LARGE, Shape, flood},
};
use crate::{
    bench::Bench,
    peer::Peer,
    table::{Column, Figure},
};
use anyhow::Result;

pub(super) struct Peak;

impl Work for Peak {
    fn name(&self) -> &'static str {
        "peak"
    }

    fn about(&self, bench: &Bench) -> String {
        let mib = bench.sizes.flood >> 20;
        format!(
            "MiB that the peer's memory grows by at the most under {mib} MiB, in lines and as one endless line"
        )
    }

    fn columns(&self) -> Vec<Column> {
        vec![Column::plain("lines"), Column::plain("endless line")]
    }

    fn measure(&self, bench: &Bench, peer: &dyn Peer) -> Result<Vec<Figure>> {
        if !peer.captures() {
            return Ok(vec![Figure::Words("no capture".to_owned()); 2]);
        }
        let growth = |lines| -> Result<Figure> {
            let shape = Shape {
                bytes: bench.sizes.flood,
                piece: LARGE,
                lines,
                siblings: 0,
            };
            Ok(Figure::Number(flood(bench, peer, shape)?.growth))
        };
        Ok(vec![growth("lines")?, growth("line")?])
    }
}
