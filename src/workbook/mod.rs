//! The workbook: the financial structure as the spreadsheet that finance people know.
//!
//! Three sheets with Onicloud's names, and a guide. [`rows`] says what stands in them, as plain data;
//! [`write`](mod@write) makes the file of it, [`read`] understands one that people edited, [`compare`] finds
//! what they changed, [`merge`] what is wanted then, [`plan`] and [`draft`] what the files must say. Bytes
//! in, bytes out: never reads or writes files.

mod alike;
pub mod compare;
pub mod draft;
mod judge;
#[cfg(test)]
mod laws;
pub mod merge;
pub mod parents;
pub mod plan;
pub mod read;
pub mod rows;
#[cfg(test)]
mod tests;
mod write;

pub use rows::{Budgets, CostCenters, Sheets, Workspaces};
pub use write::{NAMES, Stamp, Unwritable, write};
