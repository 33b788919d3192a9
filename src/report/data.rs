//! Through which day there is cost data: read from what checks found, never asked here.

use schemars::JsonSchema;
use serde::Serialize;

use crate::access::Board;
use crate::model::address::Address;
use crate::model::finding::DATA_THROUGH;

/// An export, and how far its data goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Delivered {
    /// The name that it is declared under.
    pub name: String,
    /// The last day that cost data was found for, UTC; null where none was found or nobody asked.
    pub data_through: Option<String>,
}

/// How far the data of some exports goes, each by itself.
#[must_use]
pub fn delivered(exports: &[Address], board: &Board) -> Vec<Delivered> {
    let delivered = |address: &Address| Delivered {
        name: address.last().into_owned(),
        data_through: through(address, board),
    };
    exports.iter().map(delivered).collect()
}

/// The last day of the export that goes furthest.
#[must_use]
pub fn newest(exports: &[Delivered]) -> Option<String> {
    exports
        .iter()
        .filter_map(|export| export.data_through.clone())
        .max()
}

/// The last day that was found of one export. Days in ISO 8601 sort by time.
#[must_use]
pub fn through(export: &Address, board: &Board) -> Option<String> {
    let findings = board.of(export).iter();
    findings
        .filter_map(|finding| finding.evidence.get(DATA_THROUGH).cloned())
        .max()
}
