//! Who may do what: everything that a build's templates allow, and what of it is new or gone.
//!
//! A grant is what is allowed, taken apart as far as it goes: one principal, one action, one thing. However statements are
//! cut, the same grants are the same; a wildcard that was there covers what is written out now.

mod iam;
mod network;
mod public;
mod shown;

use std::collections::{BTreeMap, BTreeSet};

use super::term::{Side, Term};
use crate::built::{Built, Resource, Stack};
use crate::origin::OriginId;

use network::Ports;

/// What a grant is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// What anybody may use.
    Public,
    /// A permission of IAM, or one that a resource's own policy gives.
    Iam,
    /// What may reach what in a network.
    Network,
}

/// Something that is allowed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Grant {
    about: About,
    /// Whether it is taken away by it, whatever else allows it.
    denies: bool,
    /// Who: a role, a service, a range of addresses.
    who: String,
    /// What.
    what: What,
    /// On what; empty where `what` says all.
    on: String,
    /// Under which conditions.
    when: String,
}

/// What is allowed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    /// In words or as an action of IAM, maybe with wildcards.
    Act(String),
    /// To connect.
    Reach(Ports),
}

impl Grant {
    /// Whether one allows all that the other allows.
    fn covers(&self, other: &Grant) -> bool {
        let what = match (&self.what, &other.what) {
            (What::Act(own), What::Act(other)) => fits(&own.to_ascii_lowercase(), &other.to_ascii_lowercase()),
            (What::Reach(own), What::Reach(other)) => own.cover(other),
            _ => false,
        };
        let ends = |own: &str, other: &str| fits(own, other) || network::covers(own, other);
        what && self.about == other.about
            && self.denies == other.denies
            && (self.who == shown::ANYONE || ends(&self.who, &other.who))
            && ends(&self.on, &other.on)
            && (self.when.is_empty() || self.when == other.when)
    }
}

/// Whether a pattern with `*` has a text, or another pattern, in it.
fn fits(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(mut rest) = pieces.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut last = None;
    for piece in pieces {
        if let Some(between) = last.replace(piece) {
            let Some((_, behind)) = str::split_once(rest, between) else { return false };
            rest = behind;
        }
    }
    last.map_or(rest.is_empty(), |end| rest.ends_with(end))
}

/// Access that comes or goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessChange {
    /// What it is about.
    pub about: About,
    /// Whether more is allowed than before.
    pub widens: bool,
    /// The stack of the resource that says so, by its file without the ending.
    pub stack: String,
    /// The logical id of that resource.
    pub id: String,
    /// Where it says so, below its properties.
    pub path: Vec<String>,
    /// What is allowed, in a sentence without its end: `Role may s3:GetObject on Uploads/*`.
    pub text: String,
    /// Whether it is only between resources that come, or go, with it: a new function may write its own new log.
    pub is_inner: bool,
    /// What it comes from, where that is written anywhere.
    pub origin: Option<OriginId>,
}

/// Where a grant stands: stack, logical id, and a path below the properties.
type Stands<'b> = (&'b str, &'b str, Vec<String>);

/// The grants of a resource, as they are found.
struct Found<'b> {
    side: Side<'b>,
    stack: &'b str,
    id: &'b str,
    resource: &'b Resource,
    grants: BTreeMap<Grant, Stands<'b>>,
}

impl Found<'_> {
    fn add(&mut self, path: &[String], grant: Grant) {
        self.grants.entry(grant).or_insert_with(|| (self.stack, self.id, path.to_vec()));
    }

    /// The resource's properties.
    fn properties(&self) -> Term {
        self.resource.properties().map_or(Term::Null, |p| self.side.term(p))
    }
}

/// Everything that a build allows, with where it says so.
fn grants(built: &Built) -> BTreeMap<Grant, Stands<'_>> {
    let all = built.stacks.iter().flat_map(|stack| stack.resources.iter().map(move |(id, r)| (stack, id, r)));
    let mut grants = BTreeMap::new();
    for (stack, id, resource) in all {
        for (grant, stands) in of(built, stack, id, resource) {
            grants.entry(grant).or_insert(stands);
        }
    }
    grants
}

fn of<'b>(built: &'b Built, stack: &'b Stack, id: &'b str, resource: &'b Resource) -> BTreeMap<Grant, Stands<'b>> {
    let side = Side { built, stack };
    let mut found = Found { side, stack: &stack.word, id, resource, grants: BTreeMap::new() };
    let properties = found.properties();
    iam::find(&mut found, &properties);
    network::find(&mut found, &properties);
    public::find(&mut found, &properties);
    found.grants
}

/// What is allowed now and was not before, and the other way round.
pub(super) fn access(old: &Built, new: &Built) -> Vec<AccessChange> {
    let (before, after) = (grants(old), grants(new));
    let mut changes = told(&fresh(&after, &before), true, &only_in(new, old));
    changes.extend(told(&fresh(&before, &after), false, &only_in(old, new)));
    changes.sort_by(|a, b| {
        let order = |c: &AccessChange| (!c.widens, c.is_inner, c.about);
        order(a).cmp(&order(b)).then_with(|| (&a.stack, &a.text).cmp(&(&b.stack, &b.text)))
    });
    changes
}

/// The logical ids that one build has, and the other has not.
fn only_in<'b>(one: &'b Built, other: &Built) -> BTreeSet<&'b str> {
    let ids = one.stacks.iter().flat_map(|s| s.resources.keys());
    ids.filter(|id| !other.stacks.iter().any(|s| s.resources.contains_key(*id))).map(String::as_str).collect()
}

/// The grants of one side that nothing of the other side covers.
fn fresh<'g, 'b>(
    of: &'g BTreeMap<Grant, Stands<'b>>,
    other: &BTreeMap<Grant, Stands<'_>>,
) -> Vec<(&'g Grant, &'g Stands<'b>)> {
    of.iter().filter(|(grant, _)| !other.contains_key(grant) && !other.keys().any(|o| o.covers(grant))).collect()
}

/// Grants as sentences. What stands in one place and differs in its actions or its things only is one sentence.
fn told(grants: &[(&Grant, &Stands<'_>)], comes: bool, alone: &BTreeSet<&str>) -> Vec<AccessChange> {
    let is_alone = |end: &str| alone.contains(end.split(['/', '.', ':']).next().unwrap_or(end));
    let is_service = |who: &str| who.ends_with(".amazonaws.com");
    // First the actions on one thing, then the things with the same actions.
    let mut by_thing: BTreeMap<(&Stands<'_>, Grant), Vec<String>> = BTreeMap::new();
    for (grant, stands) in grants {
        // Nothing is refused any more to those, or on that, which goes.
        if grant.denies && !comes && (is_alone(&grant.on) || is_alone(&grant.who)) {
            continue;
        }
        let shared = Grant { what: What::Act(String::new()), ..(*grant).clone() };
        by_thing.entry((stands, shared)).or_default().push(shown::what(&grant.what));
    }
    let mut by_actions: BTreeMap<(&Stands<'_>, Vec<String>, Grant), Vec<String>> = BTreeMap::new();
    for ((stands, grant), actions) in by_thing {
        let shared = Grant { on: String::new(), ..grant.clone() };
        by_actions.entry((stands, actions, shared)).or_default().push(grant.on);
    }
    let sentence = |(((stack, id, path), actions, grant), things): ((&Stands<'_>, Vec<String>, Grant), Vec<String>)| {
        let is_inner = (is_alone(&grant.who) || is_service(&grant.who)) && things.iter().all(|on| is_alone(on));
        AccessChange {
            about: grant.about,
            // A refusal that goes allows.
            widens: comes != grant.denies,
            is_inner,
            stack: (*stack).to_owned(),
            id: (*id).to_owned(),
            path: path.clone(),
            text: shown::sentence(&grant, &actions, &things, comes),
            origin: None,
        }
    };
    by_actions.into_iter().map(sentence).collect()
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_pattern_has_in_it_what_it_stands_for() {
        for (pattern, text) in
            [("*", ""), ("a", "a"), ("a*", "a"), ("s3:*", "s3:Get*"), ("s3:Get*", "s3:GetObject*"), ("a*c*e", "abcde")]
        {
            assert!(fits(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in
            [("a", "b"), ("", "a"), ("s3:Get*", "s3:*"), ("a*c", "ab"), ("a*c*e", "ace*"), ("ab*ba", "aba")]
        {
            assert!(!fits(pattern, text), "{pattern} {text}");
        }
    }
}
