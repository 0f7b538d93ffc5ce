//! The file of facts: `aws/resource-types.bin`, laid out as `aws/build.py` says.

use std::sync::LazyLock;

/// The bytes.
static FILE: &[u8] = include_bytes!("../../aws/resource-types.bin");

/// What the file begins with, and the version of its layout.
const MAGIC: &[u8] = b"AWSTYPES\x01\0\0\0";

/// The parts of the file.
#[derive(Debug)]
pub(super) struct Data {
    strings: usize,
    types: usize,
    regions: usize,
    /// Where the end of each string stands.
    ends: &'static [u8],
    /// Name, start and regions of each type.
    index: &'static [u8],
    /// Strings by number: regions, then packages and their versions.
    named: &'static [u8],
    text: &'static [u8],
    chunks: &'static [u8],
}

static DATA: LazyLock<Option<Data>> = LazyLock::new(|| Data::open(FILE));

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at * 4..)?.first_chunk()?;
    usize::try_from(u32::from_le_bytes(*bytes)).ok()
}

impl Data {
    /// The file's parts.
    pub(super) fn get() -> Option<&'static Data> {
        DATA.as_ref()
    }

    fn open(file: &'static [u8]) -> Option<Data> {
        let rest = file.strip_prefix(MAGIC)?;
        let (strings, types, regions, bytes) = (u32_at(rest, 0)?, u32_at(rest, 1)?, u32_at(rest, 2)?, u32_at(rest, 3)?);
        let (ends, rest) = rest.get(16..)?.split_at_checked(4 * strings)?;
        let (index, rest) = rest.split_at_checked(16 * types)?;
        let (named, rest) = rest.split_at_checked(4 * (regions + 4))?;
        let (text, chunks) = rest.split_at_checked(bytes)?;
        Some(Data { strings, types, regions, ends, index, named, text, chunks })
    }

    fn string(&self, number: usize) -> Option<&'static str> {
        let start = if number == 0 { 0 } else { u32_at(self.ends, number - 1)? };
        (number < self.strings).then_some(())?;
        // Only those that are asked for: checking all of them would read the whole file at every start.
        std::str::from_utf8(self.text.get(start..u32_at(self.ends, number)?)?).ok()
    }

    /// How many types there are.
    pub(super) fn types(&self) -> usize {
        self.types
    }

    /// How many regions there are.
    pub(super) fn regions(&self) -> usize {
        self.regions
    }

    /// The name of a region.
    pub(super) fn region(&self, at: usize) -> Option<&'static str> {
        (at < self.regions).then(|| self.string(u32_at(self.named, at)?))?
    }

    /// The packages that the facts are from.
    pub(super) fn source(&self) -> String {
        let named = |at: usize| u32_at(self.named, self.regions + at).and_then(|n| self.string(n)).unwrap_or_default();
        format!("{} {}, {} {}", named(0), named(1), named(2), named(3))
    }

    /// The name of a type.
    pub(super) fn name(&self, at: usize) -> Option<&'static str> {
        self.string(u32_at(self.index, 4 * at)?)
    }

    /// The place of a type in the index, which is sorted.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        let (mut low, mut high) = (0, self.types);
        while low < high {
            let middle = low.midpoint(high);
            match self.name(middle)?.cmp(name) {
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// The regions of a type.
    pub(super) fn among(&self, at: usize) -> Option<u64> {
        self.index.get(16 * at + 8..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
    }

    /// What is written of a type.
    pub(super) fn chunk(&'static self, at: usize) -> Option<Reader> {
        let start = u32_at(self.index, 4 * at + 1)?;
        Some(Reader { data: self, rest: self.chunks.get(start..)? })
    }
}

/// Reads a chunk.
pub(super) struct Reader {
    data: &'static Data,
    rest: &'static [u8],
}

impl Reader {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(*taken)
    }

    /// A number, in LEB128.
    pub(super) fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let [byte] = self.take()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    /// A reader of a part that was left out before.
    pub(super) fn of(part: &'static [u8]) -> Option<Reader> {
        Some(Reader { data: Data::get()?, rest: part })
    }

    /// A part, by its length, unread.
    pub(super) fn part(&mut self) -> Option<&'static [u8]> {
        let length = self.place()?;
        let (part, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(part)
    }

    /// A number that counts or places something.
    pub(super) fn place(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }

    /// A string, by its number.
    pub(super) fn string(&mut self) -> Option<&'static str> {
        let number = self.place()?;
        self.data.string(number)
    }

    /// As many of something as the number before it says.
    pub(super) fn list<T>(&mut self, mut item: impl FnMut(&mut Reader) -> Option<T>) -> Option<Vec<T>> {
        let count = self.place()?;
        let mut all = Vec::with_capacity(count.min(self.rest.len()));
        for _ in 0..count {
            all.push(item(self)?);
        }
        Some(all)
    }

    /// Strings.
    pub(super) fn strings(&mut self) -> Option<Vec<&'static str>> {
        self.list(Reader::string)
    }

    /// A set of regions.
    pub(super) fn regions(&mut self) -> Option<u64> {
        self.take().map(u64::from_le_bytes)
    }

    /// A number that need not be whole.
    pub(super) fn float(&mut self) -> Option<f64> {
        self.take().map(f64::from_le_bytes)
    }
}
