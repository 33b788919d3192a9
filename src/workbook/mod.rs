//! The workbook: the financial structure as the spreadsheet that finance people know.
//!
//! Three sheets with Onicloud's names, and a guide. [`rows`] says what stands in them, as plain data;
//! [`write`](mod@write) makes the file of it. Bytes in, bytes out: never
//! reads or writes files.

pub mod compare;
pub mod parents;
pub mod read;
pub mod rows;
#[cfg(test)]
mod tests;
mod write;

pub use rows::{Budgets, CostCenters, Sheets, Workspaces};
pub use write::{NAMES, Stamp, Unwritable, write};
