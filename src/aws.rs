//! What AWS publishes about its resource types: the schemas of their properties, which of them replace a resource when they
//! change, what `Ref` and `GetAtt` give, and where a type can be made.
//!
//! The facts are constant data inside the binary, made by `aws/build.py` of public packages; a type is decoded when it is
//! first asked for, and kept.

pub mod metrics;
mod page;
mod read;
mod schema;

use std::sync::{LazyLock, OnceLock};

pub use schema::{Additional, Bound, ByRegion, Keyword, Object, Scalar, Schema, Types};

use crate::diag::did_you_mean;
use read::{Data, Reader};

/// When the newest of the packages was released; a test holds it to their versions. How old that is, nobody here knows: there is no
/// clock, so that the same input says the same on every day.
const RELEASED: &str = "2026-09-29";

/// The packages that the facts are from, and when the newest was released.
#[must_use]
pub fn source() -> String {
    Data::get().map(|data| format!("{} ({RELEASED})", data.source())).unwrap_or_default()
}

/// A path below a resource's `Properties`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path(
    /// Names of properties; `*` is every position of a list.
    pub Vec<&'static str>,
);

impl Path {
    fn new(text: &'static str) -> Path {
        Path(text.split('/').filter(|step| !step.is_empty()).collect())
    }

    /// Whether a place in a resource is the path's, or below it.
    pub fn holds<S: AsRef<str>>(&self, place: &[S]) -> bool {
        place.len() >= self.0.len() && self.0.iter().zip(place).all(|(own, step)| *own == "*" || *own == step.as_ref())
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.join("."))
    }
}

/// In which order CloudFormation replaces a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replacement {
    /// The new one first: both are there for a while, so that a name both have stops it.
    CreateThenDelete,
    /// The old one first: for a while there is none.
    DeleteThenCreate,
}

/// A rule about several properties together, which their own schemas cannot say.
#[derive(Debug)]
pub struct Rule {
    /// The rule of cfn-lint that says it.
    pub id: &'static str,
    /// What it is about, in a sentence.
    pub text: &'static str,
    /// Where it holds.
    pub path: Path,
    /// What it asks of what is there.
    pub schema: Schema,
}

/// Types whose `Ref` is not the property that identifies them, because that is several, or another. Source: "Return values"
/// of each type in the CloudFormation Template Reference.
const REF_IS_OWN: &[&str] = &[
    "AWS::ApiGateway::Resource",
    "AWS::ApiGatewayV2::ApiMapping",
    "AWS::ApiGatewayV2::Authorizer",
    "AWS::ApiGatewayV2::Integration",
    "AWS::ApiGatewayV2::Route",
    "AWS::EC2::EIP",
    "AWS::EC2::SecurityGroup",
    "AWS::ECS::Service",
];

/// What is known of a resource type.
#[derive(Debug)]
pub struct ResourceType {
    /// Its name, such as `AWS::RDS::DBCluster`.
    pub name: &'static str,
    /// What a template cannot set.
    pub read_only: Vec<Path>,
    /// What replaces the resource when it changes.
    pub create_only: Vec<Path>,
    /// What may replace the resource when it changes.
    pub conditional_create_only: Vec<Path>,
    /// What AWS never gives back, so that drift in it cannot be seen.
    pub write_only: Vec<Path>,
    /// What is out of use.
    pub deprecated: Vec<Path>,
    /// What identifies a resource; `Ref` gives it where it is one property.
    pub identifier: Vec<Path>,
    /// What `GetAtt` gives; `*` stands for any text, alone or at the end of a name.
    pub attributes: Vec<&'static str>,
    /// In which order it is replaced.
    pub replacement: Replacement,
    /// The property that holds its tags, if it takes any.
    pub tags: Option<&'static str>,
    /// Whether AWS is about to end it, or has: `sunset`, `shutdown`, `maintenance`, `deprecated`.
    pub lifecycle: Option<&'static str>,
    /// Whether AWS's own tools take it to hold state.
    pub stateful: bool,
    /// Its properties.
    pub schema: Schema,
    /// Parts of schemas that others name.
    pub definitions: Vec<(&'static str, Schema)>,
    /// What holds of several properties together.
    pub rules: Vec<Rule>,
    /// The regions that have it, a bit each.
    regions: u64,
}

impl ResourceType {
    /// Whether the type can be made in a region. Of a region that is not known, nothing is known.
    #[must_use]
    pub fn stands_in(&self, region: &str) -> bool {
        region_bit(region).is_none_or(|bit| self.regions & bit != 0)
    }

    /// Whether `GetAtt` takes a name.
    #[must_use]
    pub fn has_attribute(&self, name: &str) -> bool {
        self.attributes.iter().any(|known| match known.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => *known == name,
        })
    }

    /// The schema at a path of property names, `*` or positions, through definitions.
    pub fn at<S: AsRef<str>>(&self, path: &[S]) -> Option<&Schema> {
        path.iter().try_fold(&self.schema, |schema, step| self.step(schema, step.as_ref(), 8))
    }

    /// The property that `Ref` gives, where it is one.
    #[must_use]
    pub fn reference(&self) -> Option<&Path> {
        match self.identifier.as_slice() {
            [only] if !REF_IS_OWN.contains(&self.name) => Some(only),
            _ => None,
        }
    }

    /// The names of its properties, sorted.
    pub fn properties(&self) -> impl Iterator<Item = &'static str> {
        let objects = self.schema.keywords.iter().filter_map(|keyword| match keyword {
            Keyword::Object(object) => Some(object),
            _ => None,
        });
        objects.flat_map(|object| object.properties.iter().map(|(name, _)| *name))
    }

    /// The schema of one step below another.
    fn step<'s>(&'s self, schema: &'s Schema, step: &str, depth: u8) -> Option<&'s Schema> {
        let depth = depth.checked_sub(1)?;
        schema.keywords.iter().find_map(|keyword| match keyword {
            Keyword::Object(object) => object.property(step),
            Keyword::Items(items) if step == "*" || step.bytes().all(|b| b.is_ascii_digit()) => Some(items),
            Keyword::Definition(at) => self.step(&self.definitions.get(*at)?.1, step, depth),
            Keyword::AnyOf(each) | Keyword::OneOf(each) | Keyword::AllOf(each) => {
                each.iter().find_map(|schema| self.step(schema, step, depth))
            }
            _ => None,
        })
    }

    /// What a schema says itself, and what the definition says that it names.
    pub fn keywords<'s>(&'s self, schema: &'s Schema) -> impl Iterator<Item = &'s Keyword> {
        let named = schema.keywords.iter().find_map(|keyword| match keyword {
            Keyword::Definition(at) => self.definitions.get(*at).map(|(_, schema)| schema.keywords.as_slice()),
            _ => None,
        });
        schema.keywords.iter().chain(named.unwrap_or_default())
    }
}

/// Every type, by its place in the sorted index. A build asks for few of them.
static TYPES: LazyLock<Vec<OnceLock<Option<Box<ResourceType>>>>> = LazyLock::new(|| {
    let count = Data::get().map_or(0, Data::types);
    std::iter::repeat_with(OnceLock::new).take(count).collect()
});

/// What is known of a resource type; `None` of one that AWS has not published.
#[must_use]
pub fn resource_type(name: &str) -> Option<&'static ResourceType> {
    let data = Data::get()?;
    let at = data.find(name)?;
    TYPES.get(at)?.get_or_init(|| decode(data, at).map(Box::new)).as_deref()
}

/// The names of all resource types, sorted.
pub fn resource_types() -> impl Iterator<Item = &'static str> {
    let data = Data::get();
    data.into_iter()
        .flat_map(|data| (0..data.types()).filter_map(|at| data.name(at)))
        .filter(|name| name.contains("::"))
}

/// The type that was probably meant by a name that none has.
#[must_use]
pub fn nearest(name: &str) -> Option<&'static str> {
    let (service, own) = name.rsplit_once("::").unwrap_or(("", name));
    let of_service = resource_types().filter(|known| known.rsplit_once("::").is_some_and(|(s, _)| s == service));
    did_you_mean(name, of_service).or_else(|| did_you_mean(name, resource_types().filter(|known| known.ends_with(own))))
}

/// The regions that the facts know, sorted.
pub fn regions() -> impl Iterator<Item = &'static str> {
    let data = Data::get();
    data.into_iter().flat_map(|data| (0..data.regions()).filter_map(|at| data.region(at)))
}

/// The bit of a region in the sets of regions.
#[must_use]
pub fn region_bit(region: &str) -> Option<u64> {
    regions().position(|known| known == region).map(|at| 1 << at)
}

fn decode(data: &'static Data, at: usize) -> Option<ResourceType> {
    let mut found = ResourceType {
        name: data.name(at)?,
        read_only: Vec::new(),
        create_only: Vec::new(),
        conditional_create_only: Vec::new(),
        write_only: Vec::new(),
        deprecated: Vec::new(),
        identifier: Vec::new(),
        attributes: Vec::new(),
        replacement: Replacement::CreateThenDelete,
        tags: None,
        lifecycle: None,
        stateful: false,
        schema: Schema { keywords: Vec::new() },
        definitions: Vec::new(),
        rules: Vec::new(),
        regions: data.among(at)?,
    };
    let mut reader = data.chunk(at)?;
    loop {
        match reader.number()? {
            0 => return Some(found),
            1 => found.read_only = paths(&mut reader)?,
            2 => found.create_only = paths(&mut reader)?,
            3 => found.conditional_create_only = paths(&mut reader)?,
            4 => found.write_only = paths(&mut reader)?,
            5 => found.identifier = paths(&mut reader)?,
            6 => found.deprecated = paths(&mut reader)?,
            7 => found.attributes = reader.strings()?,
            8 => found.replacement = Replacement::DeleteThenCreate,
            9 => found.tags = Some(reader.string()?),
            10 => found.lifecycle = Some(reader.string()?),
            11 => found.definitions = reader.list(|r| Some((r.string()?, Schema::read(r)?)))?,
            12 => found.schema = Schema::read(&mut reader)?,
            13 => found.rules = reader.list(rule)?,
            14 => found.stateful = true,
            _ => return None,
        }
    }
}

fn paths(reader: &mut Reader) -> Option<Vec<Path>> {
    reader.list(|r| r.string().map(Path::new))
}

fn rule(reader: &mut Reader) -> Option<Rule> {
    Some(Rule {
        id: reader.string()?,
        text: reader.string()?,
        path: Path::new(reader.string()?),
        schema: Schema::read(reader)?,
    })
}

#[cfg(test)]
mod tests;
