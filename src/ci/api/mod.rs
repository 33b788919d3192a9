//! GitHub's REST API, as far as bursar needs it. [`Reader`] only reads, [`Writer`] writes; a command
//! that may not write gets no writer.

mod answers;
mod client;
mod limits;
mod links;
mod reader;
mod refusal;
mod transport;
mod writer;

pub use answers::{Author, Comment, Issue, IssueState, Merged, Pull, Viewer};
pub use reader::Reader;
pub use writer::{IssueChange, Writer};

/// Characters that the body of a comment or an issue may have; GitHub refuses more.
pub const MOST_BODY: usize = 65_536;
