//! The listing of a site: its zips, files and tag rows, each with its headers. Its digest names the release.

use std::collections::BTreeMap;

use super::files::Headers;
use super::place::Odd;
use crate::digest::Digest;

/// The name of the listing itself, which is written last: where it is, all else is.
pub const LISTING: &str = "listing.txt";
/// The first line of a listing. Another form of it gives every site another name.
const FORMAT: &str = "reggie-cfn site 1";

/// The most bytes of a key. Source: Amazon S3 User Guide, "Naming Amazon S3 objects".
const LONGEST_KEY: usize = 1024;

/// What is wrong with a key, of which the file's name is a part.
#[must_use]
pub fn check_key(key: &str) -> Option<Odd> {
    if key.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Some(Odd::NoName);
    }
    if key.split('/').any(is_private) {
        return Some(Odd::Private);
    }
    (key.len() > LONGEST_KEY).then_some(Odd::TooLong)
}

/// Whether what has this name, or stands in it, is kept to oneself wherever it stands.
fn is_private(name: &str) -> bool {
    const NAMES: &[&str] = &[".git", ".aws", ".ssh", ".npmrc", ".netrc", ".pypirc", "id_rsa", "id_ed25519"];
    const ENDINGS: &[&str] = &[".pem", ".key", ".tfstate"];
    NAMES.contains(&name)
        || name == ".env"
        || name.starts_with(".env.")
        || ENDINGS.iter().any(|ending| name.len() > ending.len() && name.ends_with(ending))
}

/// Something that a release of a site brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// What it holds: of a zip the digest of its content, whatever bytes a compressor makes of it.
    pub digest: Digest,
    /// How many bytes that is; of a zip, those of its files.
    pub size: u64,
    /// Its headers.
    pub headers: Headers,
}

/// All that a release of a site brings, by its name below the release's folder in the artifact bucket.
#[derive(Debug, Clone, Default)]
pub struct SiteListing {
    pieces: BTreeMap<String, Piece>,
}

impl SiteListing {
    /// Adds something; gives back what had its name before.
    pub fn insert(&mut self, name: String, piece: Piece) -> Option<Piece> {
        self.pieces.insert(name, piece)
    }

    /// Everything in it by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Piece)> {
        self.pieces.iter().map(|(name, piece)| (name.as_str(), piece))
    }

    /// How many pieces it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pieces.len()
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// The bytes of all of them.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.pieces.values().map(|piece| piece.size).sum()
    }

    /// Its text: a line for the form of the listing, and one a piece.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{FORMAT}\n");
        for (name, Piece { digest, size, headers }) in &self.pieces {
            let cache = headers.cache.as_deref().unwrap_or("-");
            text.push_str(&format!("{digest}\t{size}\t{name}\t{cache}\t{}\n", headers.content_type));
        }
        text
    }

    /// Its name in a release: the digest of its text.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(self.text().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::{Odd, check_key};

    #[test]
    fn what_is_private_is_not_published() {
        for key in
            ["files/last/.env", "files/last/.env.production", "files/last/a/.git/config", "files/last/server.key"]
        {
            assert!(matches!(check_key(key), Some(Odd::Private)), "{key}");
        }
        for key in ["files/last/.well-known/security.txt", "files/last/env.js", "files/last/.key", "files/last/monkey"]
        {
            assert!(check_key(key).is_none(), "{key}");
        }
    }
}
