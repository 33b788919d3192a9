//! The client: everything that goes to OCI goes through here, over [`Http`](crate::provider::http).
//!
//! One function a call, in one file a service, with plain types as results and
//! [`Trouble`](crate::provider::trouble::Trouble) as the only error. It signs every try, follows
//! pages, and shares sessions. It never judges what it read, and calls nothing that changes anything.

mod dialect;
mod endpoint;
pub mod identity;
mod moment;
pub mod optimizer;
pub mod organizations;
mod page;
mod session;
mod sessions;
mod signature;
pub mod storage;
pub mod usage;

pub use dialect::SKEW;
pub use endpoint::{Region, Service};
pub use session::Session;
pub use sessions::{Sessions, Signed, Unsigned};
