//! The engine: what should be, held against what is known, becomes a plan. Pure: no command line,
//! clock, environment, terminal, network or files. Whatever it needs is an argument.

pub mod change;
pub mod closed;
pub mod compare;
pub mod consent;
pub mod desired;
pub mod drift;
pub mod fields;
mod forgotten;
pub mod guard;
pub mod order;
pub mod reference;
pub mod spent;
pub mod tally;
pub mod wanted;

#[cfg(test)]
mod tests;

pub use change::{Block, Change, FieldChange, Plan, Refusal};
pub use compare::compare;
pub use desired::{Desired, Resource};
pub use wanted::{Known, Wanted};
