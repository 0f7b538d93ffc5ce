//! The content of a bundle: its files and links by name, whose digest is its name in a release.
//!
//! What is hashed is a list and not the bytes of a zip, so that another compressor, or another version of one, names nothing anew. Times,
//! owners and modes are no part of it: file systems and checkouts differ in them, and functions do not see them.

use std::collections::BTreeMap;

use crate::digest::Digest;

/// The first line of a listing. Another form of it gives every bundle another name.
const FORMAT: &str = "reggie-cfn content 1";

/// Something in a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A file.
    File {
        /// What it holds.
        digest: Digest,
        /// How many bytes that is.
        size: u64,
    },
    /// A link to something else in the bundle.
    Link {
        /// Where it leads, as it is written.
        target: String,
    },
}

/// What a bundle holds, by name. Folders are in it as parts of names alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    entries: BTreeMap<String, Entry>,
}

impl Content {
    /// Adds a file or a link; gives back what had its name before.
    pub fn insert(&mut self, name: String, entry: Entry) -> Option<Entry> {
        self.entries.insert(name, entry)
    }

    /// Everything in it, in the order of the names' bytes.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.entries.iter().map(|(name, entry)| (name.as_str(), entry))
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// Whether something of that name is in it.
    #[must_use]
    pub fn holds(&self, name: &str) -> bool {
        self.entries.contains_key(name)
    }

    /// How many files and links it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The bytes of all files.
    #[must_use]
    pub fn size(&self) -> u64 {
        let size = |entry: &Entry| match entry {
            Entry::File { size, .. } => *size,
            Entry::Link { .. } => 0,
        };
        self.entries.values().map(size).sum()
    }

    /// Its listing: a line for the form of the listing, and one a name. Names hold no tabs and no line ends.
    #[must_use]
    pub fn listing(&self) -> String {
        let mut text = format!("{FORMAT}\n");
        for (name, entry) in &self.entries {
            text.push_str(&match entry {
                Entry::File { digest, size } => format!("file\t{digest}\t{size}\t{name}\n"),
                Entry::Link { target } => format!("link\t{target}\t{name}\n"),
            });
        }
        text
    }

    /// Its name in a release: the digest of its listing.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(self.listing().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_is_in_the_order_of_bytes() {
        let mut content = Content::default();
        for name in ["b", "a/b", "a", "ä", "B"] {
            content.insert(name.to_owned(), Entry::File { digest: Digest::of(b""), size: 0 });
        }
        content.insert("a-link".to_owned(), Entry::Link { target: "a/b".to_owned() });
        let names: Vec<&str> = content.names().collect();
        assert_eq!(names, ["B", "a", "a-link", "a/b", "b", "ä"]);
        let empty = Digest::of(b"");
        let listing = content.listing();
        assert!(listing.starts_with(&format!("reggie-cfn content 1\nfile\t{empty}\t0\tB\n")), "{listing}");
        assert!(listing.contains("\nlink\ta/b\ta-link\n"), "{listing}");
    }
}
