//! What a value does not fulfil, before it is put into words.

use crate::aws::{Bound, Rule, Types};
use crate::origin::OriginId;

/// What is wrong with one value.
#[derive(Debug, Clone)]
pub(super) struct Violation {
    /// Where the value is, below the resource's properties.
    pub path: String,
    /// Where it stands.
    pub at: OriginId,
    /// What is wrong.
    pub what: What,
    /// The rule about several properties that it breaks; none if the value is wrong by itself.
    pub rule: Option<&'static Rule>,
}

/// What can be wrong.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum What {
    /// A key that is not known; what is known.
    Unknown { key: String, known: Vec<&'static str> },
    /// Keys that are missing.
    Missing(Vec<&'static str>),
    /// Another kind of value; which keys a map would take, or each map of a list.
    Type { wanted: Types, is: String, keys: Vec<&'static str>, repair: Option<Repair> },
    /// A reference that gives another kind of value.
    Gives { wanted: Types, gives: Types, repair: Option<Repair> },
    /// A reference to a resource that gives something else than is meant here.
    Means { wanted: &'static str, gives: String, id: String },
    /// A value that is none of those.
    Enum { is: String, known: Vec<String> },
    /// A value that the region does not take; those that it takes, and whether others take this one.
    NotInRegion { is: String, known: Vec<&'static str>, is_elsewhere: bool },
    /// A text that does not match.
    Pattern { is: String, pattern: &'static str },
    /// Too short or too long, too small or too large, too few or too many.
    Size { what: Size, is: f64, bound: Bound },
    /// A number that lies between two steps.
    Multiple { is: f64, of: f64 },
    /// Two items that are the same.
    Twice { item: String },
    /// Keys that exclude each other.
    Exclusive { keys: Vec<&'static str> },
    /// At least one of these keys must be there.
    OneOfKeys { keys: Vec<&'static str> },
    /// With a key, another is needed.
    Needs { key: &'static str, needs: &'static str },
    /// With a key, another may not be there; where the first stands.
    Excludes { key: &'static str, excluded: &'static str, beside: OriginId },
    /// Nothing may stand here.
    Never,
    /// No alternative fits.
    NoAlternative,
    /// The value is right for more than one alternative, and may be for one only.
    TwoAlternatives,
    /// A value that is excluded.
    Excluded { is: String },
    /// A property that only AWS sets.
    ReadOnly,
}

/// What makes a list of a value, or a value of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repair {
    /// Brackets around it.
    List,
    /// The only item of the list, which stands here.
    Only(OriginId),
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
