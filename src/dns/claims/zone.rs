//! The files of a zone: what no single stage owns, and who owns what.

use std::collections::{BTreeMap, BTreeSet};

use crate::claim::{CertificateAt, Claims, Zone};
use crate::dns::plan::{self, Owner, Plan, Planned, Source, top_down};
use crate::manifest::Provider;
use crate::part::host::is_name;
use crate::yaml::{Doc, Kind, Node, parse_template, print};

/// The folder below `out/` of the zones' own files.
pub const FOLDER: &str = "_zones";
/// The plan of what no single stage owns.
const PLAN: &str = "plan.yaml";
/// The file that says who owns what.
pub const CLAIMS: &str = "claims.yaml";
/// The form of that file, and its version.
const FORMAT: &str = "reggie-cfn/dns-claims/1";
/// How many seconds a CAA record is remembered.
const CAA_TTL: u32 = 300;

/// Who owns what of a zone, as its file says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoneFile {
    /// The zone's name.
    pub zone: String,
    /// The stages that stay and know the zone, as [`Owner::text`] says them.
    pub owners: Vec<String>,
    /// Hosts that are known, from the top of the zone down: the name, its owner, what names its record.
    pub hosts: Vec<[String; 3]>,
    /// Hosts of layers for many stages: the template, the layer, what names the record.
    pub patterns: Vec<[String; 3]>,
    /// The patterns of those layers.
    pub layers: BTreeMap<String, Vec<String>>,
}

/// The files of every zone whose records are not set by the stacks themselves, by its name: path below its folder, and text.
#[must_use]
pub fn zones(all: &[&Claims]) -> BTreeMap<String, BTreeMap<&'static str, String>> {
    let known = all.iter().flat_map(|claims| &claims.zones).filter(|zone| zone.provider != Provider::Route53);
    // The name becomes that of a folder; what is none is told where it is written.
    let names: BTreeSet<&str> = known.map(|zone| zone.name.as_str()).filter(|name| is_name(name)).collect();
    let files = |name: &str| {
        let (plan, file) = (plan(name, all), file(name, all));
        let is_used = plan.is_some() || !file.hosts.is_empty() || !file.patterns.is_empty();
        let plan = plan.map(|plan| (PLAN, plan.text()));
        is_used.then(|| plan.into_iter().chain([(CLAIMS, file.text())]).collect())
    };
    names.into_iter().filter_map(|name| Some((name.to_owned(), files(name)?))).collect()
}

/// Who needs which names validated.
pub(super) struct Needs<'c>(BTreeMap<&'c str, Vec<&'c Claims>>);

impl<'c> Needs<'c> {
    pub(super) fn of(all: impl IntoIterator<Item = &'c Claims>) -> Needs<'c> {
        let mut needs: BTreeMap<&str, Vec<&Claims>> = BTreeMap::new();
        for claims in all {
            claims.validations.keys().for_each(|domain| needs.entry(domain).or_default().push(claims));
        }
        Needs(needs)
    }

    /// Whether another stage needs the record that validates a name for this one. ACM has one record for each account; one of the two
    /// must be a stage that stays, to know the certificates that tell it.
    pub(super) fn is_shared(&self, domain: &str, own: &Claims) -> bool {
        let one_account = |other: &Claims| match (&own.account, &other.account) {
            (Some(own), Some(other)) => own == other,
            _ => true,
        };
        self.0.get(domain).into_iter().flatten().any(|other| {
            other.who != own.who && one_account(other) && (own.who.is_permanent() || other.who.is_permanent())
        })
    }
}

/// What no single stage owns of a zone; none where there is nothing.
fn plan(name: &str, all: &[&Claims]) -> Option<Plan> {
    let says = says(name, all)?;
    let mut records: Vec<Planned> = says.caa.iter().map(|(tag, authority)| caa(name, tag, authority)).collect();
    let mut validations: BTreeMap<String, Vec<CertificateAt>> = BTreeMap::new();
    let mut accounts = BTreeSet::new();
    let needs = Needs::of(all.iter().copied());
    for own in all.iter().filter(|claims| claims.who.is_permanent()) {
        let in_zone = |domain: &str| own.zone_of(domain).is_some_and(|zone| zone.name == name);
        for (domain, at) in own.validations.iter().filter(|(domain, _)| in_zone(domain)) {
            if needs.is_shared(domain, own) {
                accounts.insert(own.account.as_deref());
                validations.entry(domain.clone()).or_default().extend(at.iter().cloned());
            }
        }
    }
    records.extend(validations.into_iter().map(|(domain, at)| plan::validation(&domain, at)));
    plan::sort(&mut records);
    let project = all.first()?.project.clone();
    let one = if accounts.len() == 1 { accounts.pop_first().flatten() } else { None };
    (says.provider == Provider::Cloudflare || !records.is_empty()).then(|| Plan {
        zone: name.to_owned(),
        provider: says.provider,
        owner: Owner { project, stage: None, is_permanent: true },
        account: one.map(str::to_owned),
        record_limit: says.record_limit,
        dnssec: says.dnssec,
        records,
    })
}

/// What is said of a zone: by the first stage that stays, or else by any.
fn says<'c>(name: &str, all: &[&'c Claims]) -> Option<&'c Zone> {
    let by = |stays: bool| {
        all.iter().filter(move |claims| claims.who.is_permanent() == stays).find_map(|claims| claims.zone(name))
    };
    by(true).or_else(|| by(false))
}

fn caa(zone: &str, tag: &str, authority: &str) -> Planned {
    Planned {
        id: format!("caa/{tag}/{authority}"),
        proxied: false,
        ttl: Some(CAA_TTL),
        source: Source::Caa { name: zone.to_owned(), tag: tag.to_owned(), value: authority.to_owned() },
    }
}

fn file(name: &str, all: &[&Claims]) -> ZoneFile {
    let owner = |claims: &Claims| format!("{}/{}", claims.project, claims.who.stage);
    let of_zone = |claims: &'_ Claims, third: String| {
        let here = claims.hosts.iter().filter(|host| host.zone.as_deref() == Some(name));
        here.map(|host| [host.name.clone(), third.clone(), host.id.clone()]).collect::<Vec<_>>()
    };
    let (named, many): (Vec<&Claims>, Vec<&Claims>) = all.iter().copied().partition(|claims| claims.who.is_named());
    let sorted = |mut hosts: Vec<[String; 3]>| {
        hosts.sort_by(|a, b| (top_down(&a[0]), a).cmp(&(top_down(&b[0]), b)));
        hosts
    };
    let mut owners: Vec<String> = named
        .iter()
        .filter(|claims| claims.who.is_permanent() && claims.zone(name).is_some())
        .map(|claims| owner(claims))
        .collect();
    owners.sort();
    let patterns = sorted(many.iter().flat_map(|claims| of_zone(claims, claims.who.layer.clone())).collect());
    let named_here = |claims: &&&Claims| patterns.iter().any(|[_, layer, _]| *layer == claims.who.layer);
    let layers = many.iter().filter(named_here).map(|c| (c.who.layer.clone(), c.who.patterns.clone())).collect();
    let hosts = sorted(named.iter().flat_map(|claims| of_zone(claims, owner(claims))).collect());
    ZoneFile { zone: name.to_owned(), owners, hosts, patterns, layers }
}

impl ZoneFile {
    /// The text of its file, without what says who made it.
    #[must_use]
    pub fn text(&self) -> String {
        let texts = |list: &[String]| Doc::Seq(list.iter().map(Doc::text).collect());
        let rows = |rows: &[[String; 3]], second: &'static str| {
            let row = |[host, by, id]: &[String; 3]| {
                Doc::map([("host", Doc::text(host)), (second, Doc::text(by)), ("id", Doc::text(id))])
            };
            Doc::Seq(rows.iter().map(row).collect())
        };
        let mut entries = vec![("format", Doc::text(FORMAT)), ("zone", Doc::text(&self.zone))];
        entries.push(("owners", texts(&self.owners)));
        entries.push(("hosts", rows(&self.hosts, "owner")));
        if !self.patterns.is_empty() {
            let layers = self.layers.iter().map(|(layer, patterns)| (layer.as_str(), texts(patterns)));
            entries.push(("layers", Doc::map(layers)));
            entries.push(("patterns", rows(&self.patterns, "layer")));
        }
        print(&Doc::map(entries))
    }

    /// The claims that a file holds; none where it is not one of this version.
    #[must_use]
    pub fn read(text: &str) -> Option<ZoneFile> {
        let top = parse_template(text).ok()?;
        if word(top.get("format")?)? != FORMAT {
            return None;
        }
        let rows = |key: &str, second: &str| {
            let rows = top.get(key).map(items).unwrap_or_default();
            let row = |row: &Node| Some([word(row.get("host")?)?, word(row.get(second)?)?, word(row.get("id")?)?]);
            rows.iter().map(row).collect::<Option<Vec<_>>>()
        };
        let words = |node: &Node| items(node).iter().map(word).collect::<Option<Vec<_>>>();
        let layers = match top.get("layers").map(|node| &node.kind) {
            Some(Kind::Map(layers)) => layers
                .iter()
                .map(|layer| Some((layer.key.clone(), words(&layer.value)?)))
                .collect::<Option<BTreeMap<_, _>>>()?,
            _ => BTreeMap::new(),
        };
        Some(ZoneFile {
            zone: word(top.get("zone")?)?,
            owners: words(top.get("owners")?)?,
            hosts: rows("hosts", "owner")?,
            patterns: rows("patterns", "layer")?,
            layers,
        })
    }
}

fn items(node: &Node) -> &[Node] {
    match &node.kind {
        Kind::Seq(items) => items,
        _ => &[],
    }
}

fn word(node: &Node) -> Option<String> {
    match &node.kind {
        Kind::Str(text) => Some(text.clone()),
        _ => None,
    }
}
