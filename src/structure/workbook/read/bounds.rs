//! Bounds: how much a workbook may hold before anything of it is understood.

use std::io::{self, Cursor, Read};

use zip::ZipArchive;

use super::Unreadable;

/// A workbook of 100,000 rows has about 3 MB.
pub const MOST: usize = 64 << 20;
/// Unpacked. 100,000 rows have about 60 MB.
const MOST_UNPACKED: u64 = 512 << 20;
const MOST_PARTS: usize = 2_000;

/// Unpacks everything once, into nothing, and stops where it is too much: what a part says of its own
/// size need not be true.
pub fn check(bytes: &[u8]) -> Result<(), Unreadable> {
    within(bytes, MOST_UNPACKED)
}

fn within(bytes: &[u8], most: u64) -> Result<(), Unreadable> {
    let too_large = || {
        Unreadable::new(
            "the workbook is too large",
            "a workbook may have 64 MiB, and 512 MiB unpacked; split it, or take out pictures and other sheets",
        )
    };
    if bytes.len() > MOST {
        return Err(too_large());
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| no_workbook(bytes))?;
    if archive.len() > MOST_PARTS {
        return Err(too_large());
    }
    let mut unpacked = 0;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|_| damaged())?;
        let left = most - unpacked;
        let mut bounded = part.take(left + 1);
        unpacked += io::copy(&mut bounded, &mut io::sink()).map_err(|_| damaged())?;
        if unpacked > most {
            return Err(too_large());
        }
    }
    Ok(())
}

fn damaged() -> Unreadable {
    Unreadable::new(
        "the workbook is damaged, or has a password",
        "open it in a spreadsheet program and save it again, without a password",
    )
}

fn no_workbook(bytes: &[u8]) -> Unreadable {
    // The old binary format, and what is encrypted, are compound files.
    let help = if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        "this is an old .xls file, or one with a password: save it as .xlsx, without a password"
    } else {
        "give a file that a spreadsheet program saved as .xlsx"
    };
    Unreadable::new("this is no workbook", help)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::write::{SimpleFileOptions, ZipWriter};

    use super::*;

    fn packed(bytes: usize) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for name in ["a", "b"] {
            writer
                .start_file(name, SimpleFileOptions::default())
                .unwrap();
            writer.write_all(&vec![0; bytes]).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn what_unpacks_to_too_much_is_refused_before_it_is_read() {
        let bomb = packed(1 << 20);
        assert!(bomb.len() < 1 << 14);
        assert_eq!(within(&bomb, 2 << 20), Ok(()));
        let refused = within(&bomb, (2 << 20) - 1).unwrap_err();
        assert_eq!(refused.message, "the workbook is too large");
        // A lie about the size is found out by unpacking.
        let mut lying = bomb.clone();
        let size = (1u32 << 20).to_le_bytes();
        while let Some(at) = lying.windows(4).position(|bytes| bytes == size) {
            lying[at..at + 4].copy_from_slice(&7u32.to_le_bytes());
        }
        assert!(within(&lying, (2 << 20) - 1).is_err());
    }

    #[test]
    fn what_is_no_workbook_is_told_by_what_it_is() {
        assert_eq!(check(b"hello").unwrap_err().message, "this is no workbook");
        let old = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
        assert!(check(&old).unwrap_err().help.contains(".xls"));
    }
}
