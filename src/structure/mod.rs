//! The financial structure: the tree of cost centres, what is budgeted for them, and who pays for
//! an account in a month.
//!
//! Pure, like the engine: from a declaration to answers, exact to the cent. Never reads a file,
//! never looks at a clock, never judges (the rules do).

pub mod allocation;
pub mod budget;
pub mod coverage;
pub mod shift;
pub mod spans;
pub mod tree;
pub mod who;

pub use coverage::{Coverage, coverage};
pub use tree::Tree;
pub use who::{Paid, who};
