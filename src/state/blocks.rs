//! The register's blocks: the bytes of each shard in a file of its own, in one of two places.
//!
//! A shard is always written where it does not stand, so that what the register points to stays whole
//! until the register points elsewhere; what a crash leaves in the other place is written over by the
//! next change. Knows no sled and no records: the register says where a shard stands ([`Standing`]).

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::codec::{Cursor, Put, short_sum};
use super::error::StateError;
use super::files;

/// How many shards one value of the directory tells of: few enough for sled to change it cheaply, many
/// enough that sled has few values.
pub(super) const GROUP: u32 = 32;
const NAME: &str = "blocks";

/// Which of the two places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    A,
    B,
}

impl Place {
    const fn other(this: Option<Self>) -> Self {
        match this {
            Some(Self::A) => Self::B,
            Some(Self::B) | None => Self::A,
        }
    }

    const fn letter(self) -> char {
        match self {
            Self::A => 'a',
            Self::B => 'b',
        }
    }
}

/// Where a shard stands, and what its bytes must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    place: Place,
    len: u32,
    sum: [u8; 8],
}

/// Where all shards stand; none for a shard that never held anything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Directory(Vec<Option<Standing>>);

impl Directory {
    pub(super) fn get(&self, shard: u32) -> Option<Standing> {
        self.0.get(shard as usize).copied().flatten()
    }

    fn set(&mut self, shard: u32, standing: Standing) {
        let at = shard as usize;
        if self.0.len() <= at {
            self.0.resize(at + 1, None);
        }
        self.0[at] = Some(standing);
    }

    /// The bytes of the group that a shard belongs to.
    pub(super) fn encode(&self, group: u32) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(GROUP as usize * 13);
        for shard in group * GROUP..(group + 1) * GROUP {
            match self.get(shard) {
                None => bytes.u8(0),
                Some(standing) => {
                    bytes.u8(standing.place.letter() as u8);
                    bytes.u32(standing.len);
                    bytes.raw(&standing.sum);
                }
            }
        }
        bytes
    }

    /// Takes up the bytes of a group; none where they are not what was written.
    pub(super) fn decode(&mut self, group: u32, bytes: &[u8]) -> Option<()> {
        let mut cursor = Cursor(bytes);
        for at in 0..GROUP {
            let place = match cursor.u8()? {
                0 => continue,
                b'a' => Place::A,
                b'b' => Place::B,
                _ => return None,
            };
            let len = cursor.u32()?;
            let sum = cursor.take(8)?.try_into().ok()?;
            let shard = group.checked_mul(GROUP)?.checked_add(at)?;
            self.set(shard, Standing { place, len, sum });
        }
        cursor.0.is_empty().then_some(())
    }
}

/// The folder of blocks.
#[derive(Debug)]
pub(super) struct Blocks {
    folder: PathBuf,
}

impl Blocks {
    /// The folder of a register, made where it is not there.
    pub(super) fn open(register: &Path) -> Result<Self, StateError> {
        let folder = register.join(NAME);
        super::files::create_folder(&folder)?;
        Ok(Self { folder })
    }

    /// Whether a register has such a folder.
    pub(super) fn stand(register: &Path) -> bool {
        register.join(NAME).is_dir()
    }

    fn file(&self, shard: u32, place: Place) -> PathBuf {
        self.folder.join(format!("{shard}.{}", place.letter()))
    }

    /// The bytes of a shard.
    ///
    /// # Errors
    /// Where they are not what was written.
    pub(super) fn read(&self, shard: u32, standing: Standing) -> Result<Vec<u8>, StateError> {
        let path = self.file(shard, standing.place);
        let bytes = super::files::read(&path)?
            .filter(|bytes| u32::try_from(bytes.len()) == Ok(standing.len))
            .filter(|bytes| short_sum(bytes) == standing.sum);
        bytes.ok_or_else(|| StateError::damaged(&path, "it is not what was written"))
    }

    /// Writes shards where they do not stand, durably; returns where all stand then. Nothing points
    /// there before the register does.
    pub(super) fn write(
        &self,
        directory: &Directory,
        values: &[(u32, Vec<u8>)],
    ) -> Result<Directory, StateError> {
        let mut after = directory.clone();
        for (shard, value) in values {
            let standing = Standing {
                place: Place::other(directory.get(*shard).map(|standing| standing.place)),
                len: u32::try_from(value.len())
                    .map_err(|_| StateError::Misuse("a shard of more than 4 GiB".to_owned()))?,
                sum: short_sum(value),
            };
            after.set(*shard, standing);
        }
        // Side by side: the file system then syncs its journal once for many.
        let written = values.par_iter().try_for_each(|(shard, value)| {
            let Some(standing) = after.get(*shard) else {
                return Ok(());
            };
            let mut file = File::create(self.file(*shard, standing.place))?;
            file.write_all(value)?;
            file.sync_data()
        });
        let synced = written.and_then(|()| files::sync_names(&self.folder));
        match synced {
            Ok(()) => Ok(after),
            Err(cause) => Err(StateError::io("write", &self.folder, cause)),
        }
    }

    /// Removes what nothing points to any more. What stays after an error is in nobody's way.
    pub(super) fn forget(&self, before: &Directory, values: &[(u32, Vec<u8>)]) {
        for (shard, _) in values {
            if let Some(standing) = before.get(*shard) {
                let _: io::Result<()> = fs::remove_file(self.file(*shard, standing.place));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let blocks = Blocks::open(folder.path()).unwrap();
        let values = [(3, vec![1, 2, 3]), (40, vec![]), (41, vec![7; 70_000])];
        let first = blocks.write(&Directory::default(), &values).unwrap();
        let second = blocks.write(&first, &values[..1]).unwrap();
        let mut read = Directory::default();
        for group in 0..2 {
            read.decode(group, &second.encode(group)).unwrap();
        }
        assert_eq!(read, second);
        assert_ne!(first.get(3), second.get(3));
        // Both stand until the old one is forgotten.
        for directory in [&first, &second] {
            assert_eq!(
                blocks.read(3, directory.get(3).unwrap()).unwrap(),
                [1, 2, 3]
            );
        }
        blocks.forget(&first, &values[..1]);
        assert!(blocks.read(3, first.get(3).unwrap()).is_err());
        assert_eq!(blocks.read(41, read.get(41).unwrap()).unwrap(), [7; 70_000]);
    }

    #[test]
    fn a_block_that_is_not_what_was_written_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let blocks = Blocks::open(folder.path()).unwrap();
        let written = blocks
            .write(&Directory::default(), &[(0, vec![5; 100])])
            .unwrap();
        let path = folder.path().join("blocks/0.a");
        for wrong in [vec![5; 99], vec![6; 100], Vec::new()] {
            fs::write(&path, wrong).unwrap();
            assert!(blocks.read(0, written.get(0).unwrap()).is_err());
        }
    }
}
