//! What a value does not fulfil, before it is put into words.

use crate::aws::Types;
use crate::origin::OriginId;

/// What is wrong with one value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Violation {
    /// Where the value is, below the resource's properties.
    pub path: String,
    /// Where it stands.
    pub at: OriginId,
    /// What is wrong.
    pub what: What,
}

/// What can be wrong.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum What {
    /// A key that is not known; what is known.
    Unknown { key: String, known: Vec<&'static str> },
    /// Keys that are missing.
    Missing(Vec<&'static str>),
    /// Another kind of value.
    Type { wanted: Types, is: String },
    /// A reference that gives another kind of value.
    Gives { wanted: Types, gives: Types },
    /// A reference that gives something else than is meant here.
    Means { wanted: &'static str, gives: String },
    /// A value that is none of those.
    Enum { is: String, known: Vec<String> },
    /// A text that does not match.
    Pattern { is: String, pattern: &'static str },
    /// Too short or too long, too small or too large, too few or too many.
    Size { what: Size, is: String, wanted: String },
    /// Two items that are the same.
    Twice { item: String },
    /// Keys that exclude each other.
    Exclusive { keys: Vec<&'static str> },
    /// At least one of these keys must be there.
    OneOfKeys { keys: Vec<&'static str> },
    /// With a key, another is needed.
    Needs { key: &'static str, needs: &'static str },
    /// With a key, another may not be there.
    Excludes { key: &'static str, excluded: &'static str },
    /// Nothing may stand here.
    Never,
    /// No alternative fits.
    NoAlternative,
    /// The value is right for more than one alternative, and may be for one only.
    TwoAlternatives,
    /// A value that is excluded.
    Excluded { is: String },
    /// A rule about several properties.
    Rule { id: &'static str, text: &'static str },
    /// A property that only AWS sets.
    ReadOnly,
}

/// What has a size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Size {
    /// Characters of a text.
    Characters,
    /// A number itself.
    Number,
    /// Items of a list.
    Items,
    /// Keys of a map.
    Keys,
}
