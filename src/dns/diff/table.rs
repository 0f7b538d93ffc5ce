//! What becomes of records that are wanted, one name and type at a time.

use super::owned::{Set, Zone};
use super::{Compared, Decided, Stays, Whose, Why, differences_of};
use crate::diag::{Code, Diagnostic, Diagnostics, list};
use crate::dns::live::content;
use crate::dns::record::{Change, LiveRecord, Phase, Wanted};
use crate::manifest::Provider;

/// `DNS035`: what is wanted is there, and nobody's.
pub const DNS035: Code = Code {
    id: "DNS035",
    explanation: "the record is there already, and nobody's\n\n\
        What the plan wants is there, put by hand or by another tool, and says of no owner. Taking it over means that it will be \
        changed and deleted with its stage from now on, so that is somebody's decision, not the tool's.\n\n\
        `--adopt NAME` takes it over: only its comment changes, and a TXT record comes beside it. If another tool still has it in \
        its state (SST, Terraform), take it out there first, or that tool will delete it.",
};

/// `DNS036`: another record stands in the way.
pub const DNS036: Code = Code {
    id: "DNS036",
    explanation: "a record that is nobody's stands in the way\n\n\
        The name has a record that leads elsewhere, or one that no CNAME may stand beside (A, AAAA; RFC 1034, section 3.6.2). It \
        says of no owner, so it may be in use by something that this project knows nothing of.\n\n\
        `--adopt NAME` replaces it, in one step; look first at what it serves. Or give the host another name. A record that the \
        provider itself manages has to be removed where it was made.",
};

/// `DNS037`: another owner has it.
pub const DNS037: Code = Code {
    id: "DNS037",
    explanation: "the name is another owner's\n\n\
        Each record belongs to one stage of one project, and no other ever changes it. A name that moves from one stage to another \
        is given up there first: apply the stage that had it, without the host, and then this one.\n\n\
        A stage that is gone and left records behind: `dns diff <that stage> --teardown`. Records that validate certificates may be \
        wanted by several owners, as long as they agree.",
};

/// The types that Cloudflare has none other beside in one name (error 81053).
const EXCLUSIVE: &[&str] = &["A", "AAAA", "CNAME"];

/// Decides about the records of one name and type.
pub(super) fn decide(
    compared: &Compared<'_>,
    zone: &Zone<'_>,
    wanted: &[&Wanted],
    decided: &mut Decided,
    findings: &mut Diagnostics,
) {
    let Some(first) = wanted.first() else { return };
    let at = Name { compared, zone, name: &first.name, record_type: &first.record_type, wanted };
    let set = zone.sets.get(&(at.name, at.record_type));
    decided.done.extend(set.into_iter().flat_map(|set| &set.records));
    let Some(whose) = zone.whose(compared, (at.name, at.record_type), findings) else { return };
    let Some(set) = set else {
        if let Whose::Other(owner) = whose {
            return findings.push(at.of_other(&owner));
        }
        return at.create(decided, findings);
    };
    let pairs = Pairs::of(&at, set);
    match whose {
        Whose::Ours => at.ours(&pairs, decided, findings),
        Whose::Other(owner) if at.is_fact() && pairs.holds() => at.stay(&pairs, &Why::Shared(owner), decided),
        Whose::Other(owner) => findings.push(at.of_other(&owner)),
        Whose::Nobody if at.is_adopted() => at.adopt(&pairs, decided, findings),
        Whose::Nobody if at.is_true_for_all() && pairs.holds() => at.stay(&pairs, &Why::Fact, decided),
        Whose::Nobody => findings.push(at.of_nobody(&pairs)),
    }
}

/// Records that are wanted under one name, of one type.
struct Name<'a> {
    compared: &'a Compared<'a>,
    zone: &'a Zone<'a>,
    name: &'a str,
    record_type: &'a str,
    wanted: &'a [&'a Wanted],
}

/// Each record that is wanted, and the one that is there for it.
struct Pairs<'a> {
    /// Those of the same content.
    equal: Vec<(&'a Wanted, &'a LiveRecord)>,
    /// Those of another content.
    changed: Vec<(&'a Wanted, &'a LiveRecord)>,
    missing: Vec<&'a Wanted>,
    further: Vec<&'a LiveRecord>,
}

impl<'a> Pairs<'a> {
    fn of(at: &Name<'a>, set: &'a Set) -> Self {
        let mut further: Vec<&LiveRecord> = set.records.iter().filter_map(|i| at.zone.live.records.get(*i)).collect();
        let (mut equal, mut other) = (Vec::new(), Vec::new());
        for wanted in at.wanted.iter().copied() {
            let expected = content(at.record_type, &wanted.content);
            match further.iter().position(|live| live.content == expected) {
                Some(index) => equal.push((wanted, further.remove(index))),
                None => other.push(wanted),
            }
        }
        let (mut changed, mut missing) = (Vec::new(), Vec::new());
        for wanted in other {
            // A name has one CNAME, so that it is another one; of the others each content is a record of its own.
            match at.record_type == "CNAME" && !further.is_empty() {
                true => changed.push((wanted, further.remove(0))),
                false => missing.push(wanted),
            }
        }
        Pairs { equal, changed, missing, further }
    }

    /// Whether all that is wanted is there: neither how long it is remembered nor what was noted with it matters.
    fn holds(&self) -> bool {
        let same = |(wanted, live): &(&Wanted, &LiveRecord)| wanted.proxied == live.proxied;
        self.changed.is_empty() && self.missing.is_empty() && self.equal.iter().all(same)
    }

    fn live(&self) -> impl Iterator<Item = &'a LiveRecord> {
        let pairs = self.equal.iter().chain(&self.changed).map(|(_, live)| *live);
        pairs.chain(self.further.iter().copied())
    }
}

impl Name<'_> {
    fn is_adopted(&self) -> bool {
        self.compared.asked.adopt.contains(self.name)
    }

    /// Whether what is wanted is true whoever says it.
    fn is_fact(&self) -> bool {
        self.wanted.iter().all(|wanted| wanted.phase != Phase::Hosts)
    }

    /// Whether it needs no owner: what validates a certificate, and everything where nobody can own anything.
    fn is_true_for_all(&self) -> bool {
        let validates = self.wanted.iter().all(|wanted| wanted.phase == Phase::Validation);
        validates || self.compared.resolved.provider != Provider::Cloudflare
    }

    /// Makes what is not there, in the place of what excludes it.
    fn create(&self, decided: &mut Decided, findings: &mut Diagnostics) {
        let (mut replaces, mut in_the_way) = (Vec::new(), Vec::new());
        for (record_type, set) in self.zone.others_at(self.name, self.record_type) {
            let excludes = |of: &str| EXCLUSIVE.contains(&of);
            if !excludes(record_type) || !excludes(self.record_type) {
                continue;
            }
            decided.done.extend(&set.records);
            let records: Vec<&LiveRecord> =
                set.records.iter().filter_map(|index| self.zone.live.records.get(*index)).collect();
            match self.zone.whose(self.compared, (self.name, record_type), findings) {
                None => return,
                Some(Whose::Other(owner)) => return findings.push(self.of_other(&owner)),
                Some(Whose::Nobody) if !self.is_adopted() => in_the_way.extend(records),
                Some(_) if records.iter().any(|record| record.read_only) => in_the_way.extend(records),
                Some(_) => replaces.extend(records.into_iter().cloned()),
            }
        }
        if !in_the_way.is_empty() {
            return findings.push(self.in_the_way(&in_the_way));
        }
        for (number, wanted) in self.wanted.iter().copied().enumerate() {
            let replaces = if number == 0 { std::mem::take(&mut replaces) } else { Vec::new() };
            decided.changes.push(Change::Create { record: wanted.clone(), replaces });
            decided.after.push(wanted.clone());
        }
    }

    fn ours(&self, pairs: &Pairs<'_>, decided: &mut Decided, findings: &mut Diagnostics) {
        if pairs.live().any(|record| record.read_only) {
            return findings.push(self.in_the_way(&pairs.live().collect::<Vec<_>>()));
        }
        let (ours, others): (Vec<&LiveRecord>, Vec<&LiveRecord>) =
            pairs.further.iter().copied().partition(|record| self.zone.names_us(record));
        if !others.is_empty() {
            return findings.push(self.in_the_way(&others));
        }
        self.update(pairs, false, decided);
        // More of ours under the name than is wanted: decided about with all that is not planned.
        for record in ours {
            if let Some(index) = self.zone.live.records.iter().position(|live| live == record) {
                decided.done.remove(&index);
            }
        }
    }

    fn adopt(&self, pairs: &Pairs<'_>, decided: &mut Decided, findings: &mut Diagnostics) {
        if !pairs.further.is_empty() {
            return findings.push(self.in_the_way(&pairs.further));
        }
        if pairs.live().any(|record| record.read_only) {
            return findings.push(self.in_the_way(&pairs.live().collect::<Vec<_>>()));
        }
        self.update(pairs, true, decided);
    }

    fn update(&self, pairs: &Pairs<'_>, adopted: bool, decided: &mut Decided) {
        let resolved = self.compared.resolved;
        for (wanted, live) in pairs.equal.iter().chain(&pairs.changed).copied() {
            let comment = resolved.owner.comment_among(self.wanted.len(), &wanted.id);
            decided.after.push(wanted.clone());
            if !adopted && differences_of(&comment, resolved.provider, wanted, live).is_empty() {
                decided.stays.push(Stays { record: live.clone(), why: Why::Unchanged });
            } else {
                decided.changes.push(Change::Update { record: wanted.clone(), was: live.clone(), adopted });
            }
        }
        for wanted in &pairs.missing {
            decided.changes.push(Change::Create { record: (*wanted).clone(), replaces: Vec::new() });
            decided.after.push((*wanted).clone());
        }
    }

    fn stay(&self, pairs: &Pairs<'_>, why: &Why, decided: &mut Decided) {
        decided.stays.extend(pairs.equal.iter().map(|(_, live)| Stays { record: (*live).clone(), why: why.clone() }));
    }

    /// The error that another owner has the name.
    fn of_other(&self, owner: &str) -> Diagnostic {
        let (name, us) = (self.name, self.compared.resolved.owner.text());
        let title = format!("`{name}` ({}) is `{owner}`'s, and `{us}` wants it", self.record_type);
        let mut finding = Diagnostic::error(DNS037, title);
        let all = self.zone.sets.range((name, "")..).take_while(|((at, _), _)| *at == name);
        let said = all.filter_map(|(_, set)| set.owners.get(owner)).next().copied();
        let said = said.or_else(|| self.zone.owners_of(name, self.record_type).get(owner).copied());
        if let Some(place) = said.and_then(|index| self.compared.snapshot.place(index)) {
            finding = finding.at(place, format!("this says that it is `{owner}`'s"));
        }
        if self.is_adopted() {
            finding = finding.note("`--adopt` takes over what is nobody's, never what another owner has");
        }
        if all_at(self.zone, name) == 0 {
            let help =
                format!("only this is left of it: apply `{owner}`, which deletes it, or delete it at the provider");
            return finding.help(help);
        }
        finding.help("give the host up there and apply that first, or give it another name here")
    }

    /// The error that nobody's record is there.
    fn of_nobody(&self, pairs: &Pairs<'_>) -> Diagnostic {
        if !(pairs.holds() && pairs.further.is_empty()) {
            return self.in_the_way(&pairs.live().collect::<Vec<_>>());
        }
        let title = format!("`{}` ({}) is there as it is wanted, and nobody's", self.name, self.record_type);
        let mut finding = Diagnostic::error(DNS035, title);
        if let Some(place) = pairs.live().next().and_then(|record| self.place(record)) {
            finding = finding.at(place, "no owner in its comment or beside it");
        }
        finding.help(format!("`--adopt {}` takes it over: it is changed and deleted with its stage then", self.name))
    }

    /// The error that records of nobody lead elsewhere.
    fn in_the_way(&self, records: &[&LiveRecord]) -> Diagnostic {
        let said: Vec<String> = records.iter().map(|r| format!("{} `{}`", r.record_type, r.content)).collect();
        let want = self.wanted.iter().map(|w| format!("{} `{}`", w.record_type, w.content)).collect::<Vec<_>>();
        let title = format!("`{}` has {}, and {} is wanted", self.name, list(&said), list(&want));
        let mut finding = Diagnostic::error(DNS036, title);
        for (number, record) in records.iter().enumerate() {
            if let Some(place) = self.place(record) {
                let text = "this stands in the way";
                finding = if number == 0 { finding.at(place, text) } else { finding.context(place, text) };
            }
        }
        if records.iter().any(|record| record.read_only) {
            let note = "the provider manages it itself, and lets nobody change it";
            return finding
                .note(note)
                .help("remove what made it (a Worker, a tunnel, email routing), or take another name");
        }
        if self.record_type == "CAA" {
            let help = "write it into `caa` of the zone, so that it stays; or delete it at the provider";
            return finding.note("records of CAA under one name are one set, which has one owner").help(help);
        }
        if self.is_adopted() {
            return finding
                .help("delete it at the provider: one of the records of the name is taken over, not several");
        }
        finding.help(format!("`--adopt {}` replaces it in one step; look first at what it serves", self.name))
    }

    fn place(&self, record: &LiveRecord) -> Option<crate::source::Span> {
        let index = self.zone.live.records.iter().position(|live| live == record)?;
        self.compared.snapshot.place(index)
    }
}

/// How many records a name has.
fn all_at(zone: &Zone<'_>, name: &str) -> usize {
    zone.sets.range((name, "")..).take_while(|((at, _), _)| *at == name).map(|(_, set)| set.records.len()).sum()
}
