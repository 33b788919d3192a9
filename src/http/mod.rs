//! What all parts that send requests of their own have in common: how long is tried, how long is waited,
//! which client may carry a request, how much of an answer is read, and what an error of the network says.
//!
//! Never here: what an answer means. Who refuses how, and who limits how, stands with whom is asked
//! (`provider::http` with its dialects, `ci::api`, `storage`).

mod causes;
mod clients;
mod headers;
mod patience;

pub use causes::{CLIENT_LAYERS, causes};
pub use clients::{Clients, here, private};
pub use headers::{date, retry_after, text};
pub use patience::Patience;
