//! It survives: the real program is killed, starved, refused and lied to, and the next run goes on
//! with nothing done twice and nothing lost.

#[path = "support/sandbox.rs"]
mod sandbox;

#[path = "crash/converged.rs"]
mod converged;
#[path = "crash/crowd.rs"]
mod crowd;
#[path = "crash/estate.rs"]
mod estate;
#[path = "crash/failpoints.rs"]
mod failpoints;
#[path = "crash/random.rs"]
mod random;
#[path = "crash/refused.rs"]
mod refused;
#[path = "crash/starved.rs"]
mod starved;
