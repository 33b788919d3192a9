//! The real program on real folders: what it prints, writes and exits with.

mod diff;
mod explain;
mod fmt;
mod hostile;
mod init;
mod support;
mod usage;
mod validate;
