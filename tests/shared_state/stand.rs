//! Under the name by which Azurite asks for it.

pub use crate::aws::web;
