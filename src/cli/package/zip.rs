//! Zips: a tree's files by name, all with one time and one mode, so that the same files make the same zip on every file system.
//!
//! The format is that of PKWARE's APPNOTE.TXT, 6.3.10. Everything fits the sizes of 32 bits: Lambda takes no more.

use std::fs::{self, File};
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::Path;

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

use super::walk::{Tree, hash};
use crate::cli::report::Failure;
use crate::release::Entry;

/// Midnight of 1980-01-01, the first day that zips know: year, month and day as MS-DOS has them.
const DATE: u16 = (1 << 5) | 1;
const TIME: u16 = 0;
/// Version 2.0: deflated files.
const NEEDED: u16 = 20;
/// Made on Unix, by version 3.0: the upper half of the attributes is a mode.
const MADE_BY: u16 = (3 << 8) | 30;
/// Names are UTF-8.
const FLAGS: u16 = 1 << 11;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// Every file may be run: whether one was, some file systems do not keep.
const FILE: u32 = 0o100_755 << 16;
const LINK: u32 = 0o120_777 << 16;

/// The signatures of the three kinds of records.
const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
/// Where in a local record the checksum and the sizes stand.
const CHECKSUM_AT: u64 = 14;

/// Writes the zip of a tree; gives the name of a file that changed since the tree was read, if one did.
pub(super) fn write(tree: &Tree, to: &Path) -> Result<Option<String>, Failure> {
    let new = to.with_added_extension("new");
    let written = File::create(&new).and_then(|file| Zip::new(file).write(tree));
    let moved = match written {
        Ok(None) => fs::rename(&new, to).map(|()| None),
        other => other,
    };
    if !matches!(moved, Ok(None)) {
        let _ = fs::remove_file(&new);
    }
    moved.map_err(|error| Failure::file("write", to, error))
}

struct Zip {
    to: BufWriter<File>,
    /// How far it is written.
    at: u64,
    /// The records of the end, one a file.
    central: Vec<u8>,
}

/// What a record says of a file.
struct Record<'n> {
    name: &'n str,
    method: u16,
    attributes: u32,
    start: u64,
    checksum: u32,
    packed: u64,
    size: u64,
}

impl Zip {
    fn new(file: File) -> Zip {
        Zip { to: BufWriter::new(file), at: 0, central: Vec::new() }
    }

    fn write(mut self, tree: &Tree) -> std::io::Result<Option<String>> {
        for (name, entry) in tree.content.iter() {
            match entry {
                Entry::Link { target } => self.stored(name, LINK, target.as_bytes())?,
                Entry::File { size: 0, .. } => self.stored(name, FILE, b"")?,
                Entry::File { digest, size } => {
                    let found = self.deflated(name, &tree.path(name))?;
                    if found != Some((*digest, *size)) {
                        return Ok(Some(name.to_owned()));
                    }
                }
            }
        }
        let (start, length) = (number(self.at)?, number(self.central.len() as u64)?);
        let count = u16::try_from(tree.content.len()).map_err(|_| too_large())?;
        let central = std::mem::take(&mut self.central);
        self.to.write_all(&central)?;
        let mut end = Vec::new();
        put(&mut end, &[END.to_le_bytes().as_slice(), &[0; 4], &count.to_le_bytes(), &count.to_le_bytes()]);
        put(&mut end, &[length.to_le_bytes().as_slice(), &start.to_le_bytes(), &[0; 2]]);
        self.to.write_all(&end)?;
        let file = self.to.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        file.sync_all()?;
        Ok(None)
    }

    /// A file as it is.
    fn stored(&mut self, name: &str, attributes: u32, bytes: &[u8]) -> std::io::Result<()> {
        let mut checksum = Crc::new();
        checksum.update(bytes);
        let size = bytes.len() as u64;
        let (start, checksum) = (self.at, checksum.sum());
        let record = Record { name, method: STORED, attributes, start, checksum, packed: size, size };
        self.local(&record)?;
        self.to.write_all(bytes)?;
        self.at += size;
        self.list(&record)
    }

    /// A file, deflated; gives what it held.
    fn deflated(&mut self, name: &str, path: &Path) -> std::io::Result<Option<(crate::digest::Digest, u64)>> {
        let start = self.at;
        let mut record = Record { name, method: DEFLATED, attributes: FILE, start, checksum: 0, packed: 0, size: 0 };
        self.local(&record)?;
        let mut checksum = Crc::new();
        let mut encoder = DeflateEncoder::new(Counted { to: &mut self.to, count: 0 }, Compression::default());
        let found = hash(path, |piece| {
            checksum.update(piece);
            encoder.write_all(piece)
        })?;
        record.packed = encoder.finish()?.count;
        record.checksum = checksum.sum();
        record.size = found.map_or(0, |(_, size)| size);
        self.at += record.packed;
        // What the record could not say before.
        self.to.seek(SeekFrom::Start(start + CHECKSUM_AT))?;
        self.to.write_all(&record.sums()?)?;
        self.to.seek(SeekFrom::Start(self.at))?;
        self.list(&record)?;
        Ok(found)
    }

    /// The record before a file.
    fn local(&mut self, record: &Record<'_>) -> std::io::Result<()> {
        let mut bytes = LOCAL.to_le_bytes().to_vec();
        bytes.extend(record.head()?);
        put(&mut bytes, &[&[0; 2], record.name.as_bytes()]);
        self.to.write_all(&bytes)?;
        self.at += bytes.len() as u64;
        Ok(())
    }

    /// The record of a file at the end.
    fn list(&mut self, record: &Record<'_>) -> std::io::Result<()> {
        let mut bytes = CENTRAL.to_le_bytes().to_vec();
        bytes.extend(MADE_BY.to_le_bytes());
        bytes.extend(record.head()?);
        put(&mut bytes, &[&[0; 8], &record.attributes.to_le_bytes(), &number(record.start)?.to_le_bytes()]);
        bytes.extend(record.name.as_bytes());
        self.central.extend(bytes);
        Ok(())
    }
}

impl Record<'_> {
    /// What both records of a file begin with.
    fn head(&self) -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        for word in [NEEDED, FLAGS, self.method, TIME, DATE] {
            bytes.extend(word.to_le_bytes());
        }
        bytes.extend(self.sums()?);
        bytes.extend(u16::try_from(self.name.len()).map_err(|_| too_large())?.to_le_bytes());
        Ok(bytes)
    }

    fn sums(&self) -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        for word in [self.checksum, number(self.packed)?, number(self.size)?] {
            bytes.extend(word.to_le_bytes());
        }
        Ok(bytes)
    }
}

/// Counts what is written.
struct Counted<'w> {
    to: &'w mut BufWriter<File>,
    count: u64,
}

impl Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.count += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.to.flush()
    }
}

fn put(to: &mut Vec<u8>, pieces: &[&[u8]]) {
    pieces.iter().for_each(|piece| to.extend(*piece));
}

fn number(of: u64) -> std::io::Result<u32> {
    u32::try_from(of).map_err(|_| too_large())
}

fn too_large() -> std::io::Error {
    std::io::Error::other("it is too large for a zip")
}
