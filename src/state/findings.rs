//! Stored findings: answers of checks, outside serial and history. One file, replaced as a whole.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use lz4_flex::block;

use super::error::StateError;
use super::files;
use super::log::{Scan, frame};

/// Findings by a name that the caller chooses (address and check): each a JSON text, which the
/// store does not read.
pub type Findings = BTreeMap<String, String>;

/// The stored findings; none where nothing was stored.
pub(super) fn read(path: &Path) -> Result<Findings, StateError> {
    let Some(bytes) = files::read(path)? else {
        return Ok(Findings::new());
    };
    let (scan, _) = Scan::until_damage(&bytes);
    scan.payloads
        .first()
        .filter(|range| range.end == bytes.len())
        .and_then(|range| decode(&bytes[range.clone()]))
        .ok_or_else(|| {
            StateError::damaged(
                path,
                "it is not what was written (`bursar check` asks anew)",
            )
        })
}

pub(super) fn decode(payload: &[u8]) -> Option<Findings> {
    let json = block::decompress_size_prepended(payload).ok()?;
    serde_json::from_slice(&json).ok()
}

pub(super) fn encode(findings: &Findings) -> Vec<u8> {
    block::compress_prepend_size(&serde_json::to_vec(findings).unwrap_or_default())
}

/// Replaces all stored findings.
pub(super) fn write(path: &Path, findings: &Findings) -> Result<(), StateError> {
    let bytes = frame(&encode(findings))
        .ok_or_else(|| StateError::Misuse("findings of more than 4 GiB".to_owned()))?;
    files::replace(
        path,
        |out| out.write_all(&bytes),
        || crate::testkit::reach("findings.written"),
    )
}
