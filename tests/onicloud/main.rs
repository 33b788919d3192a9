//! Onicloud from nothing to a loaded structure, with the real program: the workbook that people
//! download and upload, the checklist that they tick, and death in between.

#[path = "../support/sandbox.rs"]
mod sandbox;

mod book;
mod checklist;
mod death;
mod estate;
mod rows;
mod story;
