//! `vpc`: a network of public and private subnets, with its way out, its endpoints and its flow logs.
//!
//! Nothing but NATs stands in public subnets. Where a subnet lies follows from `cidr` and the zone's place alone, so
//! that a further zone never moves another one's subnets. There is no security group here: each component brings its
//! own.

pub mod addresses;
mod alarms;
pub mod endpoints;
pub mod nat;
pub mod zones;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::context::Policies;
use super::{
    Attribute, Context, Described, Fragment, Group, Interface, Kind, KindEntry, Network, StackName, Watched, count,
};
use crate::diag::Code;
use crate::part::alarm::Choice;
use crate::setting::{Keyed, Setting};
use crate::value::Value;
use addresses::Addresses;
use alarms::Alarms;
use endpoints::{Endpoint, Endpoints};
use nat::{Nat, Nats, Way};
use zones::Zones;

/// The settings of a network.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Vpc {
    /// The private IPv4 range of the network, /16 to /28. Of a /16, zone number i (from 0) has the public subnet
    /// .(8i).0/22 and the private one .(8i+4).0/22. Changing it replaces the whole network.
    #[schemars(extend("default" = "10.0.0.0/16"), example = &"10.20.0.0/16")]
    pub cidr: Setting<String>,
    /// How many zones of the region it spans, 1 to 3, the first in AWS's order; or their names. Each has a public and a
    /// private subnet. A changed name replaces the subnets of that zone. Databases need two zones.
    #[schemars(extend("default" = 2))]
    pub availability_zones: Setting<Zones>,
    /// How private subnets reach the internet. Must be written on permanent stages.
    #[schemars(extend("default" = "none"))]
    pub nat: Setting<Nat>,
    /// The EC2 type of NAT instances: one with an arm64 (Graviton) processor. A changed type replaces them: the new
    /// ones are ready before the old ones go, but open connections break.
    #[schemars(extend("default" = "t4g.nano"), example = &"t4g.micro")]
    pub nat_type: Setting<String>,
    /// AWS services that private subnets reach without a NAT, by the service's short name. Those of S3 and DynamoDB
    /// cost nothing and are there unless switched off by `none`.
    #[schemars(schema_with = "endpoints_schema")]
    pub endpoints: Keyed<Setting<Endpoint>>,
    /// Which traffic is logged to CloudWatch, in intervals of ten minutes, and kept for the stage's `log_days`.
    /// Changing it replaces the flow log, but not what it has written.
    #[schemars(extend("default" = "none"))]
    pub flow_logs: Setting<FlowLogs>,
    /// When somebody is told, where the stage has a `monitoring`; `none` is never.
    #[serde(default)]
    pub alarms: Choice<Alarms>,
}

/// Which traffic is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum FlowLogs {
    /// No flow log.
    None,
    /// What security groups and network ACLs refused.
    Reject,
    /// All of it; priced per GB.
    All,
}

/// The two gateways have defaults of their own, so that a further service leaves them in place.
fn endpoints_schema(generator: &mut SchemaGenerator) -> Schema {
    let endpoint = Endpoint::json_schema(generator);
    let gateway = |service: &str| {
        let mut schema = Endpoint::json_schema(&mut SchemaGenerator::default());
        schema.insert("description".to_owned(), format!("{service}, for nothing by a gateway.").into());
        schema.insert("default".to_owned(), "gateway".into());
        schema
    };
    json_schema!({
        "type": "object",
        "properties": {"s3": gateway("S3"), "dynamodb": gateway("DynamoDB")},
        "additionalProperties": endpoint,
        "default": {},
        "examples": [{"secretsmanager": "interface", "ssm": "interface"}],
    })
}

/// Codes of its findings.
const CODES: &[Code] = &[
    addresses::CFN100,
    addresses::CFN101,
    addresses::CFN102,
    addresses::CFN103,
    zones::CFN104,
    nat::CFN105,
    endpoints::CFN106,
    endpoints::CFN107,
    endpoints::CFN108,
];

/// The registry's line.
pub const KIND: KindEntry =
    KindEntry::of::<Vpc>("vpc", "A network: public and private subnets, a way out, endpoints.", StackName::Network)
        .drawn(Group::Networking)
        .imports(&["id", "cidr", "public_subnets", "private_subnets"])
        .codes(&[CODES]);

impl Kind for Vpc {
    fn interface(&self, on: &Context<'_>) -> Interface {
        let subnets = |prefix: &str| {
            let numbers = 1..=self.availability_zones.count();
            let each = numbers.map(|number| on.local(&format!("{prefix}{number}"), None)).collect();
            let rule = "one subnet of each sort in every zone";
            Value::list(on.rule(rule, &[self.availability_zones.origin]), each)
        };
        let (instances, gateways) = self.nats();
        let nats = (1..=instances)
            .map(|n| on.from_local(&format!("nat_instance_{n}"), &format!("NatInstance{n}"), None).replaced())
            .chain(
                (1..=gateways)
                    .map(|n| on.from_local(&format!("nat_gateway_{n}"), &format!("NatGateway{n}"), None).replaced()),
            );
        Interface {
            attributes: [
                on.from_local("id", "Self", None),
                Attribute::open("cidr", Value::text(self.cidr.origin, self.cidr.value.clone())),
                Attribute::open("public_subnets", subnets("PublicSubnet")),
                Attribute::open("private_subnets", subnets("PrivateSubnet")),
            ]
            .into_iter()
            .chain(nats)
            .collect(),
            network: Some(Network {
                internet: self.nat.value != Nat::None,
                endpoints: self
                    .endpoints
                    .iter()
                    .filter(|(_, e)| e.value != Endpoint::None)
                    .map(|(s, _)| s.value.clone())
                    .collect(),
            }),
            ..Interface::default()
        }
    }

    fn watched(&self, on: &Context<'_>) -> Vec<Watched> {
        self.alarms.alarms().map(|alarms| alarms.watched(self, on)).unwrap_or_default()
    }

    fn described(&self, on: &Context<'_>) -> Described {
        let zones = self.availability_zones.value.count();
        let nats = if self.nat.value.per_zone() { zones } else { 1 };
        let sort = match self.nat.value {
            Nat::None => None,
            nat if nat.is_instance() => Some("NAT instance"),
            _ => Some("NAT gateway"),
        };
        let service = sort.map_or("VPC".to_owned(), |sort| format!("VPC + {sort}"));
        let size = if self.nat.value.is_instance() { format!(" ({})", self.nat_type.value) } else { String::new() };
        let described = Described::of(on, service)
            .fact(self.cidr.value.clone())
            .fact(count(zones, "availability zone"))
            .named("NAT", sort.map_or("none".to_owned(), |sort| format!("{}{size}", count(nats, sort))));
        let parts = sort.map_or(Vec::new(), |sort| (1..=nats).map(|number| format!("{sort} {number}")).collect());
        Described { parts, ..described }
    }

    fn lower(&self, on: &Context<'_>) -> Vec<Fragment> {
        on.must_be_written(self.nat.origin, "nat", "`none`: private subnets do not reach the internet");
        zones::check(on, &self.availability_zones);
        let endpoints = Endpoints::of(on, &self.endpoints);
        let nats = Nats::of(on, self);
        let Some(addresses) = Addresses::of(on, &self.cidr, &self.availability_zones) else {
            return Vec::new();
        };
        let plan = Plan {
            cidr: self.cidr.clone(),
            vpc_tags: on.named_tags(""),
            public_route_tags: on.named_tags("-public"),
            tags: on.tags(),
            zones: (0..self.availability_zones.count()).map(|i| self.zone(on, &addresses, i)).collect(),
            nats,
            endpoints,
            flow_log: self.flow_log(on),
        };
        vec![on.fragment("vpc", &plan)]
    }
}

impl Vpc {
    /// How many NAT instances there are, and how many NAT gateways.
    fn nats(&self) -> (usize, usize) {
        let zones = if self.nat.value.per_zone() { self.availability_zones.count() } else { 1 };
        match self.nat.value {
            Nat::None => (0, 0),
            nat if nat.is_instance() => (zones, 0),
            _ => (0, zones),
        }
    }

    fn zone(&self, on: &Context<'_>, addresses: &Addresses, index: usize) -> Zone {
        let from = self.availability_zones.origin;
        let place = on.rule("zones are taken and numbered in order", &[from]);
        let number = index + 1;
        let cidr = |block: usize| {
            let rule = "the range is cut into equal blocks, in turn a public and a private one for each zone";
            on.setting(rule, &[self.cidr.origin, from], addresses.block(block).to_string())
        };
        Zone {
            number: Setting::new(place, number),
            index: Setting::new(place, index),
            name: self.availability_zones.names().get(index).cloned(),
            public_cidr: cidr(2 * index),
            private_cidr: cidr(2 * index + 1),
            public_tags: on.named_tags(&format!("-public-{number}")),
            private_tags: on.named_tags(&format!("-private-{number}")),
            way: Way::of(on, self, number),
        }
    }

    fn flow_log(&self, on: &Context<'_>) -> Option<FlowLog> {
        let traffic = match self.flow_logs.value {
            FlowLogs::None => return None,
            FlowLogs::Reject => "REJECT",
            FlowLogs::All => "ALL",
        };
        Some(FlowLog {
            traffic: on.setting("AWS writes the choice of `flow_logs` in capitals", &[self.flow_logs.origin], traffic),
            days: on.log_days(),
            policies: on.policies(false),
            tags: on.named_tags("-flow-log"),
        })
    }
}

/// What the template is filled with.
#[derive(Serialize)]
struct Plan {
    cidr: Setting<String>,
    vpc_tags: Value,
    public_route_tags: Value,
    tags: Option<Value>,
    zones: Vec<Zone>,
    nats: Nats,
    endpoints: Endpoints,
    flow_log: Option<FlowLog>,
}

/// One zone: its two subnets, and by what the private one reaches the internet.
#[derive(Serialize)]
struct Zone {
    number: Setting<usize>,
    index: Setting<usize>,
    name: Option<Setting<String>>,
    public_cidr: Setting<String>,
    private_cidr: Setting<String>,
    public_tags: Value,
    private_tags: Value,
    way: Way,
}

/// The flow log and what it writes to.
#[derive(Serialize)]
struct FlowLog {
    traffic: Setting<&'static str>,
    days: Setting<u32>,
    policies: Policies,
    tags: Value,
}
