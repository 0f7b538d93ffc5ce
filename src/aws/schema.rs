//! Schemas of properties: JSON Schema (draft 7) with what cfn-lint adds to it, as a list of keywords.

use super::read::Reader;

/// What a value must be. Everything that it says holds at once; one that says nothing takes anything.
#[derive(Debug, Clone, PartialEq)]
pub struct Schema {
    /// What it says.
    pub keywords: Vec<Keyword>,
}

/// One thing that a schema says. There are thousands of them in every build, so that what is large stands in a box.
#[derive(Debug, Clone, PartialEq)]
pub enum Keyword {
    /// Nothing is right.
    Never,
    /// What one of the type's definitions says.
    Definition(usize),
    /// What kinds of value are right.
    Types(Types),
    /// What a map holds.
    Object(Box<Object>),
    /// Keys that a map must have.
    Required(Vec<&'static str>),
    /// The values that are right.
    Enum(Vec<Scalar>),
    /// The texts that are right, in any case of letters.
    EnumAnyCase(Vec<Scalar>),
    /// A regular expression that some part of a text must match.
    Pattern(&'static str),
    /// The characters of a text.
    Length(Box<Bound>),
    /// The size of a number.
    Range(Box<Bound>),
    /// What a number must be a multiple of.
    MultipleOf(Scalar),
    /// What each item of a list must be.
    Items(Box<Schema>),
    /// What the items of a list must be, by position.
    PrefixItems(Vec<Schema>),
    /// The number of items.
    ItemCount(Box<Bound>),
    /// The number of keys.
    KeyCount(Box<Bound>),
    /// No two items are the same.
    UniqueItems,
    /// No two items are the same in these keys.
    UniqueKeys(Vec<&'static str>),
    /// What a text means, such as `AWS::EC2::VPC.Id`.
    Format(&'static str),
    /// Exactly one of these is right.
    OneOf(Vec<Schema>),
    /// At least one of these is right.
    AnyOf(Vec<Schema>),
    /// All of these are right.
    AllOf(Vec<Schema>),
    /// If the first is right the second must be, and else the third.
    If(Box<[Schema; 3]>),
    /// It is wrong if this is right.
    Not(Box<Schema>),
    /// What each key of a map must be.
    KeyNames(Box<Schema>),
    /// Exactly one of these keys is there.
    RequiredXor(Vec<&'static str>),
    /// At least one of these keys is there.
    RequiredOr(Vec<&'static str>),
    /// With a key, others must be there.
    DependentRequired(Vec<(&'static str, Vec<&'static str>)>),
    /// With a key, others must not be there.
    DependentExcluded(Vec<(&'static str, Vec<&'static str>)>),
    /// At least one item of a list is so.
    Contains(Box<Schema>),
    /// The texts that are right in each region: the regions that are known, and the texts.
    EnumByRegion(u64, ByRegion),
    /// A document of another language, such as a policy, by the name of its schema.
    Document(&'static str),
}

/// Kinds of value, as a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Types(pub u64);

impl Types {
    /// Texts.
    pub const STRING: Types = Types(1);
    /// Numbers.
    pub const NUMBER: Types = Types(2);
    /// Whole numbers.
    pub const INTEGER: Types = Types(4);
    /// `true` and `false`.
    pub const BOOLEAN: Types = Types(8);
    /// Maps.
    pub const OBJECT: Types = Types(16);
    /// Lists.
    pub const ARRAY: Types = Types(32);

    /// Whether the two have a kind in common.
    #[must_use]
    pub fn meets(self, other: Types) -> bool {
        self.0 & other.0 != 0
    }

    /// All of both.
    #[must_use]
    pub fn or(self, other: Types) -> Types {
        Types(self.0 | other.0)
    }

    /// The kinds by name, as a reader of YAML calls them.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let all = [
            (Types::STRING, "a text"),
            (Types::NUMBER, "a number"),
            (Types::INTEGER, "a whole number"),
            (Types::BOOLEAN, "true or false"),
            (Types::OBJECT, "a map"),
            (Types::ARRAY, "a list"),
        ];
        all.into_iter().filter(move |(kind, _)| self.meets(*kind)).map(|(_, name)| name)
    }
}

/// What a map holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// Keys that are known, sorted.
    pub properties: Vec<(&'static str, Schema)>,
    /// Keys by regular expression.
    pub patterns: Vec<(&'static str, Schema)>,
    /// All other keys.
    pub additional: Additional,
}

impl Object {
    /// What is known of a key.
    #[must_use]
    pub fn property(&self, key: &str) -> Option<&Schema> {
        let at = self.properties.binary_search_by(|(name, _)| (*name).cmp(key)).ok()?;
        self.properties.get(at).map(|(_, schema)| schema)
    }
}

/// Keys of a map that are not known.
#[derive(Debug, Clone, PartialEq)]
pub enum Additional {
    /// May hold anything.
    Any,
    /// Are wrong.
    None,
    /// Must be so.
    Schema(Box<Schema>),
}

/// How small and how large something may be.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Bound {
    /// At least this.
    pub least: Option<f64>,
    /// At most this.
    pub most: Option<f64>,
    /// More than this.
    pub above: Option<f64>,
    /// Less than this.
    pub below: Option<f64>,
}

impl Bound {
    /// Whether a number lies within.
    #[must_use]
    pub fn holds(&self, x: f64) -> bool {
        self.least.is_none_or(|least| x >= least)
            && self.most.is_none_or(|most| x <= most)
            && self.above.is_none_or(|above| x > above)
            && self.below.is_none_or(|below| x < below)
    }
}

impl std::fmt::Display for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Bound { least, most, above, below } = *self;
        match (least, most, above, below) {
            (Some(least), Some(most), ..) if least == most => write!(f, "exactly {least}"),
            (Some(least), Some(most), ..) => write!(f, "{least} to {most}"),
            (Some(least), None, _, Some(below)) => write!(f, "at least {least} and less than {below}"),
            (Some(least), ..) => write!(f, "at least {least}"),
            (None, Some(most), Some(above), _) => write!(f, "more than {above} and at most {most}"),
            (None, Some(most), ..) => write!(f, "at most {most}"),
            (None, None, Some(above), Some(below)) => write!(f, "more than {above} and less than {below}"),
            (None, None, Some(above), None) => write!(f, "more than {above}"),
            (None, None, None, Some(below)) => write!(f, "less than {below}"),
            (None, None, None, None) => write!(f, "any size"),
        }
    }
}

/// Texts with the regions that take each. They are many, and mostly not asked for: they are read when they are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ByRegion(&'static [u8]);

impl ByRegion {
    /// Each text, and the regions that take it.
    #[must_use]
    pub fn texts(self) -> Vec<(&'static str, u64)> {
        let read = || Reader::of(self.0)?.list(|r| Some((r.string()?, r.regions()?)));
        read().unwrap_or_default()
    }
}

/// A value that a schema names.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// A text.
    Text(&'static str),
    /// A whole number.
    Int(i64),
    /// Another number.
    Float(f64),
    /// A boolean.
    Bool(bool),
    /// Nothing.
    Null,
}

impl Scalar {
    fn read(reader: &mut Reader) -> Option<Scalar> {
        Some(match reader.number()? {
            0 => Scalar::Text(reader.string()?),
            1 => {
                let zigzag = reader.number()?;
                let half = i64::try_from(zigzag >> 1).ok()?;
                Scalar::Int(if zigzag & 1 == 0 { half } else { -half - 1 })
            }
            2 => Scalar::Float(reader.float()?),
            3 => Scalar::Bool(false),
            4 => Scalar::Bool(true),
            5 => Scalar::Null,
            _ => return None,
        })
    }

    /// It as a number, if it is one.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "bounds of properties are far below 2^53")]
    pub fn number(&self) -> Option<f64> {
        match self {
            Scalar::Int(i) => Some(*i as f64),
            Scalar::Float(x) => Some(*x),
            _ => None,
        }
    }
}

impl std::fmt::Display for Scalar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Scalar::Text(text) => f.write_str(text),
            Scalar::Int(i) => write!(f, "{i}"),
            Scalar::Float(x) => write!(f, "{x}"),
            Scalar::Bool(b) => write!(f, "{b}"),
            Scalar::Null => f.write_str("null"),
        }
    }
}

impl Schema {
    /// Reads a schema: its keywords up to the end mark.
    pub(super) fn read(reader: &mut Reader) -> Option<Schema> {
        let mut keywords = Vec::new();
        loop {
            match reader.number()? {
                0 => return Some(Schema { keywords }),
                code => {
                    // Most say one thing or two, where a list makes room for four.
                    keywords.reserve_exact(1);
                    keywords.push(Keyword::read(code, reader)?);
                }
            }
        }
    }

    /// The kinds of value that it names itself.
    #[must_use]
    pub fn types(&self) -> Option<Types> {
        self.keywords.iter().find_map(|keyword| match keyword {
            Keyword::Types(types) => Some(*types),
            _ => None,
        })
    }
}

impl Keyword {
    fn read(code: u64, reader: &mut Reader) -> Option<Keyword> {
        let schema = |r: &mut Reader| Schema::read(r).map(Box::new);
        let named = |r: &mut Reader| r.list(|r| Some((r.string()?, r.strings()?)));
        Some(match code {
            1 => Keyword::Never,
            2 => Keyword::Definition(reader.place()?),
            3 => Keyword::Types(Types(reader.number()?)),
            4 => Keyword::Object(Box::new(Object {
                properties: reader.list(|r| Some((r.string()?, Schema::read(r)?)))?,
                patterns: reader.list(|r| Some((r.string()?, Schema::read(r)?)))?,
                additional: match reader.number()? {
                    0 => Additional::Any,
                    1 => Additional::None,
                    _ => Additional::Schema(schema(reader)?),
                },
            })),
            5 => Keyword::Required(reader.strings()?),
            6 => Keyword::Enum(reader.list(Scalar::read)?),
            7 => Keyword::EnumAnyCase(reader.list(Scalar::read)?),
            9 => Keyword::Pattern(reader.string()?),
            10 => Keyword::Length(bound(reader)?),
            11 => Keyword::Range(bound(reader)?),
            12 => Keyword::MultipleOf(Scalar::read(reader)?),
            13 => Keyword::Items(schema(reader)?),
            14 => Keyword::PrefixItems(reader.list(Schema::read)?),
            15 => Keyword::ItemCount(bound(reader)?),
            16 => Keyword::KeyCount(bound(reader)?),
            17 => Keyword::UniqueItems,
            18 => Keyword::UniqueKeys(reader.strings()?),
            19 => Keyword::Format(reader.string()?),
            20 => Keyword::OneOf(reader.list(Schema::read)?),
            21 => Keyword::AnyOf(reader.list(Schema::read)?),
            22 => Keyword::AllOf(reader.list(Schema::read)?),
            23 => Keyword::If(Box::new([Schema::read(reader)?, Schema::read(reader)?, Schema::read(reader)?])),
            24 => Keyword::Not(schema(reader)?),
            25 => Keyword::KeyNames(schema(reader)?),
            26 => Keyword::RequiredXor(reader.strings()?),
            27 => Keyword::RequiredOr(reader.strings()?),
            28 => Keyword::DependentRequired(named(reader)?),
            29 => Keyword::DependentExcluded(named(reader)?),
            30 => Keyword::Contains(schema(reader)?),
            31 => Keyword::EnumByRegion(reader.regions()?, ByRegion(reader.part()?)),
            32 => Keyword::Document(reader.string()?),
            _ => return None,
        })
    }
}

/// Bounds: which there are, then each.
fn bound(reader: &mut Reader) -> Option<Box<Bound>> {
    let there = reader.number()?;
    let mut next = |bit: u64| -> Option<Option<f64>> {
        match there & bit {
            0 => Some(None),
            _ => Scalar::read(reader)?.number().map(Some),
        }
    };
    Some(Box::new(Bound { least: next(1)?, most: next(2)?, above: next(4)?, below: next(8)? }))
}
