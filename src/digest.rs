//! Digests: what tells one content from another.

use std::fmt::{self, Display};

use sha2::{Digest as _, Sha256};

/// A SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Digest([u8; 32]);

impl Digest {
    /// That of some bytes.
    #[must_use]
    pub fn of(bytes: impl AsRef<[u8]>) -> Digest {
        Digest(Sha256::digest(bytes).into())
    }

    /// As much of it as people compare.
    #[must_use]
    pub fn short(&self) -> String {
        self.beginning(12)
    }

    /// So many of its 64 hexadecimal digits.
    #[must_use]
    pub fn beginning(&self, digits: usize) -> String {
        self.digits().take(digits).collect()
    }

    fn digits(&self) -> impl Iterator<Item = char> {
        self.0.iter().flat_map(|byte| [byte >> 4, byte & 15]).filter_map(|digit| char::from_digit(digit.into(), 16))
    }
}

impl Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.beginning(64))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

/// Makes a [`Digest`] of bytes that come in pieces.
#[derive(Debug, Default)]
pub struct Digester(Sha256);

impl Digester {
    /// Takes some more bytes.
    pub fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of all of them.
    #[must_use]
    pub fn digest(self) -> Digest {
        Digest(self.0.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_that_of_all_pieces() {
        let mut digester = Digester::default();
        digester.add(b"a");
        digester.add(b"bc");
        assert_eq!(digester.digest(), Digest::of(b"abc"));
        assert_eq!(Digest::of(b"").to_string(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(Digest::of(b"").short(), "e3b0c44298fc");
    }
}
