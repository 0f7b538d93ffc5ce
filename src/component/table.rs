//! `table`: a table of Amazon DynamoDB, with its indexes and the function that hears of its changes.

mod alarms;
mod check;
mod index;
mod stream;

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::{
    Attribute, Context, Described, Fragment, Group, How, Interface, Kind, KindEntry, Level, MAIN, Policies, StackName,
    Statement, Watched, count, yes,
};
use crate::part::alarm::Choice;
use crate::setting::{Any, Keyed, OrNone, Setting, read};
use crate::value::{Kind as ValueKind, Value};

use alarms::Alarms;
use index::{Index, IndexPlan, LocalIndex};
use stream::Stream;

/// The kind.
pub const KIND: KindEntry = KindEntry::of::<Settings>(
    "table",
    "A table of Amazon DynamoDB, with its indexes and the function that hears of its changes.",
    StackName::Data,
)
.drawn(Group::Database)
.sst("sst.aws.Dynamo", &[("name", "name")])
.imports(&["name", "arn"])
.outputs(&["stream_arn"])
.chosen_attributes(&[("stream_arn", "stream")])
.imported(imported)
.chosen_levels(LEVELS)
.codes(&[check::CODES, stream::CODES]);

const READ: Statement = Statement::of(
    "Read",
    &["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:DescribeTable"],
    TABLE_AND_INDEXES,
);
const WRITE: Statement = Statement::of(
    "Write",
    &[
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:DeleteItem",
        "dynamodb:BatchWriteItem",
        "dynamodb:ConditionCheckItem",
        "dynamodb:DescribeTable",
    ],
    TABLE_AND_INDEXES,
);
const TABLE_AND_INDEXES: &[(&str, &str)] = &[("arn", ""), ("arn", "/index/*")];

const LEVELS: &[Level] = &[
    Level::of("read", "gets, queries and scans items", &[READ]),
    Level::of("write", "puts, changes and deletes items", &[WRITE]),
    Level::of("readwrite", "gets, queries, scans, puts, changes and deletes items", &[READ, WRITE]),
];

/// Settings of a table.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The fields that are keys of the table or of an index, with their types; DynamoDB takes no others. What else an item
    /// holds needs no declaration.
    #[schemars(extend("minProperties" = 1), example = &BTreeMap::from([("customer", "string"), ("placed", "number")]))]
    fields: Keyed<Setting<FieldType>>,
    /// What tells items apart. Create-only: another key replaces the table.
    #[schemars(example = &BTreeMap::from([("partition", "customer"), ("sort", "placed")]))]
    key: Key,
    /// Global secondary indexes by their names: other keys to find items by, at most 20. DynamoDB makes or removes one at a
    /// time.
    #[schemars(extend("default" = {}), example = &BTreeMap::from([("by_state", BTreeMap::from([("partition", "state")]))]))]
    indexes: Keyed<Index>,
    /// Local secondary indexes by their names: other orders within a partition, at most 5. Create-only: another set of them
    /// replaces the table.
    #[schemars(extend("default" = {}), example = &BTreeMap::from([("by_total", BTreeMap::from([("sort", "total")]))]))]
    local_indexes: Keyed<LocalIndex>,
    /// The field that holds the time after which DynamoDB deletes an item, in seconds since 1970.
    #[schemars(extend("default" = "none"), example = &"expires")]
    ttl: OrNone<Setting<String>>,
    /// How many days back the table can be restored to any second, 1 to 35; 0 is not at all. Must be written on a permanent
    /// stage.
    #[schemars(extend("default" = 0), example = &35)]
    recovery_days: Setting<u32>,
    /// Tells of every change to an item.
    #[schemars(extend("default" = "none"))]
    stream: OrNone<Stream>,
    /// How reading and writing is paid for: per request, or by a capacity that is always there.
    #[schemars(extend("default" = "on_demand"))]
    billing: Setting<Billing>,
    /// When somebody is told, where the stage has a `monitoring`; `none` is never.
    #[serde(default)]
    alarms: Choice<Alarms>,
}

/// The type of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum FieldType {
    /// Text, sorted by its bytes in UTF-8.
    String,
    /// A number, sorted by its value.
    Number,
    /// Bytes.
    Binary,
}

/// What tells items apart.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Key {
    /// The field that items are spread by.
    #[schemars(example = &"customer")]
    partition: Setting<String>,
    /// The field that items of a partition are sorted by. Without one, a partition is one item.
    #[schemars(example = &"placed")]
    sort: Option<Setting<String>>,
}

/// How reading and writing is paid for.
#[derive(Debug)]
enum Billing {
    OnDemand,
    Provisioned(Throughput),
}

/// A capacity that is always there. Each of `indexes` gets the same.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Throughput {
    /// Items of up to 4 KB that can be read per second.
    #[schemars(range(min = 1), example = &5)]
    read: Setting<u32>,
    /// Items of up to 1 KB that can be written per second.
    #[schemars(range(min = 1), example = &5)]
    write: Setting<u32>,
}

impl<'de> Deserialize<'de> for Billing {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Any(tree) = Any::deserialize(deserializer)?;
        match tree.kind {
            ValueKind::Map(_) => read(&tree).map(Billing::Provisioned).map_err(D::Error::custom),
            _ => Ok(Billing::OnDemand),
        }
    }
}

impl JsonSchema for Billing {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Billing".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let provisioned = generator.subschema_for::<Throughput>();
        json_schema!({"anyOf": [provisioned, {"const": "on_demand", "description": "Per request."}]})
    }
}

#[derive(Serialize)]
struct Plan<'a> {
    fields: Vec<FieldPlan<'a>>,
    key: &'a Key,
    mode: Setting<&'static str>,
    throughput: Option<&'a Throughput>,
    indexes: Vec<IndexPlan<'a>>,
    local_indexes: Vec<IndexPlan<'a>>,
    ttl: Option<&'a Setting<String>>,
    recovers: Setting<bool>,
    recovery_days: Option<Setting<u32>>,
    view: Option<Setting<&'static str>>,
    protect: Setting<bool>,
    policies: Policies,
    tags: Option<Value>,
}

#[derive(Serialize)]
struct FieldPlan<'a> {
    name: &'a Setting<String>,
    r#type: Setting<&'static str>,
}

impl Kind for Settings {
    fn interface(&self, on: &Context<'_>) -> Interface {
        let mut attributes = vec![
            Attribute::linked("name", on.local(MAIN, None)),
            Attribute::linked("arn", on.local(MAIN, Some("Arn"))),
        ];
        if self.stream.as_option().is_some() {
            attributes.push(Attribute::linked("stream_arn", on.local(MAIN, Some("StreamArn"))));
        }
        let dead_letters = self.stream.as_option().and_then(Stream::dead_letters).into_iter().collect();
        Interface { attributes, dead_letters, ..Interface::default() }
    }

    fn watched(&self, on: &Context<'_>) -> Vec<Watched> {
        self.alarms.alarms().map(|alarms| alarms.watched(self, on)).unwrap_or_default()
    }

    fn described(&self, on: &Context<'_>) -> Described {
        let billing = match &self.billing.value {
            Billing::OnDemand => "on demand".to_owned(),
            Billing::Provisioned(each) => format!("{} reads, {} writes a second", each.read.value, each.write.value),
        };
        let indexes = self.indexes.iter().count() + self.local_indexes.iter().count();
        let key = self.key.sort.as_ref().map_or(String::new(), |sort| format!(", {}", sort.value));
        let recovery = match self.recovery_days.value {
            0 => "none".to_owned(),
            days => count(days as usize, "day"),
        };
        let hears = self.stream.as_option().and_then(Stream::to);
        Described::of(on, "DynamoDB")
            .named("Key", format!("{}{key}", self.key.partition.value))
            .fact(billing)
            .fact_if((indexes > 0).then(|| count(indexes, "further index")))
            .named("Encrypted", yes(true))
            .named("Backup", recovery)
            .named("Deletion protection", yes(on.protect().value))
            .with(on, How::Delivers, hears.map(|to| (to.value.clone(), "changes".to_owned())))
    }

    fn lower(&self, on: &Context<'_>) -> Vec<Fragment> {
        check::check(self, on);
        let (mode, throughput) = match &self.billing.value {
            Billing::OnDemand => ("PAY_PER_REQUEST", None),
            Billing::Provisioned(throughput) => ("PROVISIONED", Some(throughput)),
        };
        let days = self.recovery_days;
        let stream = self.stream.as_option();
        let partition = &self.key.partition;
        let plan = Plan {
            fields: self.fields.iter().map(|(name, field)| field_plan(on, name, *field)).collect(),
            key: &self.key,
            mode: on.setting("what CloudFormation calls it", &[self.billing.origin], mode),
            throughput,
            indexes: self.indexes.iter().map(|(name, index)| index.plan(on, name)).collect(),
            local_indexes: self.local_indexes.iter().map(|(name, index)| index.plan(on, name, partition)).collect(),
            ttl: self.ttl.as_option(),
            recovers: on.setting(
                "a table can be restored if `recovery_days` is above 0",
                &[days.origin],
                days.value > 0,
            ),
            recovery_days: (days.value > 0).then_some(days),
            view: stream.map(|stream| stream.view(on)),
            protect: on.protect(),
            policies: on.policies(false),
            tags: on.tags(),
        };
        let mut fragments = vec![on.fragment("table", &plan)];
        fragments.extend(stream.and_then(|stream| stream.lower(on)));
        fragments
    }
}

fn field_plan<'a>(on: &Context<'_>, name: &'a Setting<String>, field: Setting<FieldType>) -> FieldPlan<'a> {
    let letter = match field.value {
        FieldType::String => "S",
        FieldType::Number => "N",
        FieldType::Binary => "B",
    };
    FieldPlan { name, r#type: on.setting("DynamoDB's letter for a type", &[field.origin], letter) }
}

/// What an imported table offers: its name and its ARN follow from each other.
fn imported(on: &Context<'_>, mut given: Vec<Attribute>) -> Vec<Attribute> {
    let value = |name: &str| given.iter().find(|a| a.name == name).map(|a| a.value.clone());
    let other = match (value("name"), value("arn")) {
        (Some(name), None) => Some(Attribute::open("arn", arn(on, name))),
        (None, Some(arn)) => arn.as_text().and_then(|text| text.split_once(":table/")).map(|(_, name)| {
            Attribute::open("name", on.text("an ARN ends with the table's name", &[arn.origin], name))
        }),
        _ => None,
    };
    given.extend(other);
    given
}

fn arn(on: &Context<'_>, name: Value) -> Value {
    let origin = on.rule("a table's ARN ends with its name", &[name.origin]);
    Value::composed(origin, "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/", [name])
}
