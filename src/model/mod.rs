//! Plain types: what the words of the language mean. Imports nothing else of ours, reads nothing,
//! writes nothing.

pub mod address;
pub mod canonical;
pub mod finding;
pub mod hash;
pub mod id;
pub mod leaf;
pub mod money;
pub mod number;
pub mod oci_regions;
pub mod parents;
pub mod provider;
pub mod record;
pub mod secret_ref;
pub mod selector;
pub mod settings;
pub mod spec;
pub mod time;
pub mod timeline;
pub mod touched;
