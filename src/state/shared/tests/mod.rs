//! Tests of the shared store over a store in memory that honours conditions; real servers are asked in
//! tests/shared_state.
