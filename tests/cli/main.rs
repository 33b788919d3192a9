//! The real program on real folders: what it prints, writes and exits with.

#[cfg(unix)]
mod bounds;
mod diff;
mod explain;
mod fmt;
mod hostile;
mod init;
#[cfg(unix)]
mod measured;
mod support;
mod usage;
mod validate;
