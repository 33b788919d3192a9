//! Stories: an estate is registered, its files change, and the plan says what follows.
//!
//! One story a rule. The state is a plain map here, so that a story shows the engine alone.

mod compare;
mod laws;
mod parents;
mod removal;
mod renames;
mod world;
