//! What a component is to people: the words of diagrams, tables and pages.
//!
//! A kind knows what of its settings matters to whoever looks at the whole; views draw and list it, and know no kind.

use super::Context;

/// What a component is for, as diagrams group it; in the order in which groups are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Networks and the ways out of them.
    Networking,
    /// What keeps records.
    Database,
    /// What keeps files.
    Storage,
    /// What passes messages on.
    Messaging,
    /// What answers requests of programs.
    Api,
    /// What runs code for others, or by itself.
    Services,
    /// What browsers see.
    Frontends,
    /// What nobody may read.
    Secrets,
    /// What others run.
    External,
    /// What watches over the rest, and what belongs to no other group.
    Operations,
}

impl Group {
    /// Its title in diagrams.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Group::Networking => "Networking",
            Group::Database => "Database",
            Group::Storage => "Storage",
            Group::Messaging => "Messaging",
            Group::Api => "API",
            Group::Services => "Services",
            Group::Frontends => "Frontends",
            Group::Secrets => "Secrets",
            Group::External => "External",
            Group::Operations => "Operations",
        }
    }
}

/// A setting that matters to whoever looks at the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is about, such as `Backup`; none of what says so itself: `PostgreSQL 17.7`.
    pub name: Option<&'static str>,
    /// What it is: `14 days`.
    pub value: String,
}

/// How two components work together beyond a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// The first is the network that the second runs in.
    Contains,
    /// Requests to the first are answered by the second.
    Routes,
    /// The first calls the second of its own accord.
    Calls,
    /// What the first is given goes on to the second.
    Delivers,
    /// The first needs the second to be what it is, such as a certificate.
    Uses,
    /// The first watches over the second.
    Watches,
}

/// Two components that work together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// The first.
    pub from: String,
    /// The second.
    pub to: String,
    /// How.
    pub how: How,
    /// In the words of the manifest, such as a route; maybe nothing.
    pub says: String,
}

/// A component in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// What it is for.
    pub group: Group,
    /// What it is, in AWS's words: `Aurora Serverless v2`.
    pub service: String,
    /// What of its settings matters.
    pub facts: Vec<Fact>,
    /// What it consists of, where a diagram shows that: `NAT instance 1`.
    pub parts: Vec<String>,
    /// What it works together with, beyond its links.
    pub relations: Vec<Relation>,
}

impl Described {
    /// A component that is called so in AWS.
    pub fn of(on: &Context<'_>, service: impl Into<String>) -> Described {
        let (facts, parts, relations) = (Vec::new(), Vec::new(), Vec::new());
        Described { group: on.kind.group, service: service.into(), facts, parts, relations }
    }

    /// Something about it that says itself what it is about.
    #[must_use]
    pub fn fact(mut self, value: impl Into<String>) -> Described {
        self.facts.push(Fact { name: None, value: value.into() });
        self
    }

    /// The same, if there is something to say.
    #[must_use]
    pub fn fact_if(self, value: Option<impl Into<String>>) -> Described {
        match value {
            Some(value) => self.fact(value),
            None => self,
        }
    }

    /// Something about it, and what it is about.
    #[must_use]
    pub fn named(mut self, name: &'static str, value: impl Into<String>) -> Described {
        self.facts.push(Fact { name: Some(name), value: value.into() });
        self
    }

    /// What it does with others: to which, and in which words.
    #[must_use]
    pub fn with<T: Into<String>>(
        mut self,
        on: &Context<'_>,
        how: How,
        others: impl IntoIterator<Item = (T, String)>,
    ) -> Described {
        let relation = |(to, says): (T, String)| Relation { from: on.name.to_owned(), to: to.into(), how, says };
        self.relations.extend(others.into_iter().map(relation));
        self
    }
}

/// `1 zone`, `2 zones`.
#[must_use]
pub fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// `yes` or `no`.
#[must_use]
pub fn yes(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
}
