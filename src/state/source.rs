//! What blocks of records lie in: a file of a state's folder, or bytes that came from elsewhere. Knows nothing of
//! what is in a block.

use std::fs::File;
use std::io;
use std::path::PathBuf;

use bytes::Bytes;

use super::files;

/// What blocks lie in.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) path: PathBuf,
    content: Content,
}

#[derive(Debug)]
enum Content {
    #[cfg(not(windows))]
    File(File),
    /// As it was when it was opened. What is behind that, the one writer appended since.
    #[cfg(windows)]
    File(Bytes),
    Memory(Bytes),
}

impl Source {
    #[cfg(not(windows))]
    #[allow(clippy::unnecessary_wraps, reason = "elsewhere it reads")]
    pub(super) const fn file(path: PathBuf, file: File) -> io::Result<Self> {
        Ok(Self {
            path,
            content: Content::File(file),
        })
    }

    /// Only NTFS replaces a file that somebody has open: it is read now, and let go.
    #[cfg(windows)]
    pub(super) fn file(path: PathBuf, mut file: File) -> io::Result<Self> {
        let mut bytes = Vec::new();
        io::Seek::rewind(&mut file)?;
        io::Read::read_to_end(&mut file, &mut bytes)?;
        let content = Content::File(bytes.into());
        Ok(Self { path, content })
    }

    pub(super) const fn memory(path: PathBuf, bytes: Bytes) -> Self {
        Self {
            path,
            content: Content::Memory(bytes),
        }
    }

    /// How many bytes there are; 0 where nobody knows.
    pub(super) fn size(&self) -> u64 {
        match &self.content {
            #[cfg(not(windows))]
            Content::File(file) => file.metadata().map_or(0, |data| data.len()),
            #[cfg(windows)]
            Content::File(bytes) => bytes.len() as u64,
            Content::Memory(bytes) => bytes.len() as u64,
        }
    }

    pub(super) fn read(&self, offset: u64, length: usize) -> io::Result<Bytes> {
        let held = |bytes: &Bytes| {
            usize::try_from(offset)
                .ok()
                .and_then(|from| Some(from..from.checked_add(length)?))
                .filter(|range| range.end <= bytes.len())
                .map(|range| bytes.slice(range))
        };
        let of_file = |file: &File| {
            let mut bytes = vec![0; length];
            files::read_at(file, &mut bytes, offset)?;
            Ok(bytes.into())
        };
        match &self.content {
            #[cfg(not(windows))]
            Content::File(file) => of_file(file),
            #[cfg(windows)]
            Content::File(bytes) => match held(bytes) {
                Some(bytes) => Ok(bytes),
                None => of_file(&File::open(&self.path)?),
            },
            Content::Memory(bytes) => {
                held(bytes).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
            }
        }
    }
}
