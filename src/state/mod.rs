//! The state: what was registered, its history, and the way back to it.
