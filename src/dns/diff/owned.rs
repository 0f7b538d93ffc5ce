//! Whose the records of a zone are.

use std::collections::{BTreeMap, BTreeSet};

use super::guards::is_of_zone;
use super::{Compared, Whose};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::dns::plan::Owner;
use crate::dns::record::{Live, LiveRecord, MARK, MARKER, marker_name};

/// `DNS034`: several owners of one record.
pub const DNS034: Code = Code {
    id: "DNS034",
    explanation: "a record says of itself that it has two owners\n\n\
        Whose a record is stands in its comment (`reggie-cfn reggie/production ReggieWeb`), in a tag, and for permanent stages in a \
        TXT record beside it (`_reggie-cfn.cname.api`). Here they disagree, so that nobody can tell who may change it.\n\n\
        Find out whose it is, and repair what is wrong at the provider: the comment, or the content of the TXT record.",
};

/// The records of one name and one type, and whose they are.
#[derive(Debug, Default)]
pub(super) struct Set {
    /// Their numbers in the zone.
    pub(super) records: Vec<usize>,
    /// Who is named as their owner, each with the number of a record that says so.
    pub(super) owners: BTreeMap<String, usize>,
}

/// The records of a zone by name and type, apart from those that only say whose others are.
#[derive(Debug)]
pub(super) struct Zone<'l> {
    pub(super) live: &'l Live,
    pub(super) sets: BTreeMap<(&'l str, &'l str), Set>,
    /// The numbers of the records that say whose others are, by their name.
    pub(super) markers: BTreeMap<&'l str, Vec<usize>>,
    owner: String,
}

impl<'l> Zone<'l> {
    pub(super) fn of(live: &'l Live, owner: &Owner) -> Self {
        let mut zone = Zone { live, sets: BTreeMap::new(), markers: BTreeMap::new(), owner: owner.text() };
        for (index, record) in live.records.iter().enumerate() {
            if is_marker(record) {
                zone.markers.entry(record.name.as_str()).or_default().push(index);
                continue;
            }
            let set = zone.sets.entry((record.name.as_str(), record.record_type.as_str())).or_default();
            set.records.push(index);
            for owner in owners(record) {
                set.owners.entry(owner.to_owned()).or_insert(index);
            }
        }
        for ((name, record_type), set) in &mut zone.sets {
            set.owners.extend(marked(live, &zone.markers, name, record_type));
        }
        zone
    }

    /// The records of a name and type. Where there are none, there may still be one that says whose they were.
    pub(super) fn owners_of(&self, name: &str, record_type: &str) -> BTreeMap<String, usize> {
        match self.sets.get(&(name, record_type)) {
            Some(set) => set.owners.clone(),
            None => marked(self.live, &self.markers, name, record_type),
        }
    }

    /// Whose records of one name and type are; none, and told, where they have several owners.
    pub(super) fn whose(
        &self,
        compared: &Compared<'_>,
        (name, record_type): (&str, &str),
        findings: &mut Diagnostics,
    ) -> Option<Whose> {
        let owners = self.owners_of(name, record_type);
        let mut each = owners.iter();
        match (each.next(), each.next()) {
            (None, _) => Some(Whose::Nobody),
            (Some((owner, _)), None) if *owner == self.owner => Some(Whose::Ours),
            (Some((owner, _)), None) => Some(Whose::Other(owner.clone())),
            (Some((a, at)), Some((b, and))) => {
                let title = format!("`{name}` ({record_type}) is both `{a}`'s and `{b}`'s");
                let mut finding = Diagnostic::error(DNS034, title);
                for (number, (at, owner)) in [(at, a), (and, b)].into_iter().enumerate() {
                    if let Some(place) = compared.snapshot.place(*at) {
                        let text = format!("here it is `{owner}`'s");
                        finding = if number == 0 { finding.at(place, text) } else { finding.context(place, text) };
                    }
                }
                let marker = marker_name(name, record_type, &self.live.zone);
                findings
                    .push(finding.help(format!("repair its comment, or the TXT record `{marker}`, at the provider")));
                None
            }
        }
    }

    /// Whether a set is the plan's owner's, or says so beside others.
    pub(super) fn is_ours(&self, set: &Set) -> bool {
        set.owners.contains_key(&self.owner)
    }

    /// Whether a record names the plan's owner itself.
    pub(super) fn names_us(&self, record: &LiveRecord) -> bool {
        owners(record).any(|owner| owner == self.owner)
    }

    /// How many records are not the plan's owner's.
    pub(super) fn count_of_others(&self, live: &Live) -> usize {
        let ours = self.sets.values().filter(|set| self.is_ours(set)).map(|set| set.records.len()).sum::<usize>();
        let of_us = |record: &&LiveRecord| is_marker(record) && record.content == self.owner;
        live.records.len() - ours - live.records.iter().filter(of_us).count()
    }

    /// How many records each owner of the project has. One whose records are gone, and only what said so is left, has none.
    pub(super) fn owners(&self, owner: &Owner) -> BTreeMap<String, usize> {
        let of_project = |text: &str| text.split_once('/').is_some_and(|(project, _)| project == owner.project);
        let mut owners: BTreeMap<String, usize> = BTreeMap::new();
        for set in self.sets.values() {
            for owner in set.owners.keys().filter(|owner| of_project(owner)) {
                *owners.entry(owner.clone()).or_default() += set.records.len();
            }
        }
        let markers = self.markers.values().flatten().filter_map(|index| self.live.records.get(*index));
        for record in markers.filter(|record| of_project(&record.content)) {
            owners.entry(record.content.clone()).or_default();
        }
        owners
    }

    /// Types of other records under a name; what the zone or the provider puts there itself is not among them.
    pub(super) fn others_at<'z>(&'z self, name: &'z str, record_type: &str) -> Vec<(&'z str, &'z Set)> {
        let at = self.sets.range((name, "")..).take_while(|((at, _), _)| *at == name);
        let is_other = |of: &str, set: &Set| {
            let of_zone = |index: &usize| self.live.records.get(*index).is_some_and(|r| is_of_zone(r, &self.live.zone));
            of != record_type && !set.records.iter().all(of_zone)
        };
        at.filter(|((_, of), set)| is_other(of, set)).map(|((_, of), set)| (*of, set)).collect()
    }
}

/// Whether a record only says whose others are.
pub(super) fn is_marker(record: &LiveRecord) -> bool {
    record.record_type == "TXT" && record.name.strip_prefix(MARKER).is_some_and(|rest| rest.starts_with('.'))
}

/// Whom the TXT records beside records of this name and type name.
fn marked(live: &Live, markers: &BTreeMap<&str, Vec<usize>>, name: &str, record_type: &str) -> BTreeMap<String, usize> {
    let beside = markers.get(marker_name(name, record_type, &live.zone).as_str()).into_iter().flatten();
    beside.filter_map(|index| Some((live.records.get(*index)?.content.clone(), *index))).collect()
}

/// Whom a record names as its owner: in its comment, in its tags.
fn owners(record: &LiveRecord) -> impl Iterator<Item = &str> {
    let comment = record.comment.as_deref().and_then(Owner::of_comment);
    let tag = |tag: &str| tag.split_once(':').filter(|(name, _)| *name == MARK).is_some();
    let tags = record.tags.iter().filter(move |t| tag(t)).filter_map(|t| t.split_once(':').map(|(_, owner)| owner));
    let owners: BTreeSet<&str> = comment.into_iter().chain(tags).collect();
    owners.into_iter()
}
