//! The commands of a runner, as a team's workflows run them: a real repository, a state in a bucket on a
//! server that others wrote, and a stand-in for GitHub that refuses what GitHub refuses.

mod aws;
mod check;
mod fork;
#[path = "../support/github/mod.rs"]
mod github;
mod merge;
mod preview;
mod queue;
mod race;
#[path = "../support/sandbox.rs"]
mod sandbox;
#[path = "../support/stand/mod.rs"]
mod stand;
mod team;
mod together;
#[path = "../support/tools.rs"]
mod tools;
mod trust;
