//! One state for many machines, on servers that others wrote: the suite that every store must pass, and the
//! real program as runners use it. Servers that ignore conditions are found out.

mod aws;
#[path = "../support/azure/azurite.rs"]
mod azurite;
mod gcs;
mod refused;
#[path = "../support/sandbox.rs"]
mod sandbox;
mod servers;
mod stand;
mod state;
mod story;
mod suite;
#[path = "../support/tools.rs"]
mod tools;

use bursar::model;
