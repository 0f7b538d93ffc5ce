//! Provenance: where each value of a manifest, a plan and a template comes from.
//!
//! A value carries an [`OriginId`], four bytes, into the [`Origins`] of one compilation. There is no way to make a value
//! without one, so that every leaf of every template can be explained.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::source::Span;

/// The origin of one value, by its place in [`Origins`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OriginId(pub u32);

/// The rule of an origin that leads from a reference, its first source, to the value behind it, its second.
pub(crate) const VALUE_OF_REFERENCE: &str = "the value of a reference";

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Written in a layer. `overrode` lists what it replaced, the nearest layer first.
    Manifest {
        /// The winning value.
        span: Span,
        /// The values below it, nearest first.
        overrode: Vec<Span>,
    },
    /// A default: no layer wrote it.
    Default {
        /// The setting, such as `postgres.backup_days`.
        setting: String,
        /// What the setting means: its documentation, of which the first paragraph is the summary.
        text: &'static str,
    },
    /// A literal of a template that comes with the compiler.
    Template {
        /// File below `templates/`.
        template: &'static str,
        /// Line, from 1.
        line: u32,
    },
    /// Decided by the compiler, from other values.
    Derived {
        /// The decision in one sentence.
        rule: &'static str,
        /// What it was decided from; may be empty.
        from: Vec<OriginId>,
    },
}

/// All origins of one compilation. It only grows, so that ids stay valid.
#[derive(Debug, Clone, Default)]
pub struct Origins {
    /// Those of the layers, which every stage starts from; shared, since a project may have a thousand stages.
    below: Arc<[Origin]>,
    list: RefCell<Vec<Origin>>,
    /// Those of settings that `defaults` or a set gave to a component.
    inherited: RefCell<BTreeSet<OriginId>>,
}

impl Origins {
    /// Remembers an origin.
    pub fn add(&self, origin: Origin) -> OriginId {
        let mut list = self.list.borrow_mut();
        list.push(origin);
        OriginId(u32::try_from(self.below.len() + list.len() - 1).unwrap_or(u32::MAX))
    }

    /// The same origins, of which copies share what there is so far.
    #[must_use]
    pub fn shared(self) -> Origins {
        let list = self.below.iter().cloned().chain(self.list.into_inner());
        Origins { below: list.collect(), ..Origins::default() }
    }

    /// A value written at `span`.
    pub fn manifest(&self, span: Span) -> OriginId {
        self.add(Origin::Manifest { span, overrode: Vec::new() })
    }

    /// A value that `rule` made from `from`.
    pub fn derived(&self, rule: &'static str, from: impl Into<Vec<OriginId>>) -> OriginId {
        self.add(Origin::Derived { rule, from: from.into() })
    }

    /// A copy of the origin behind an id.
    #[must_use]
    pub fn get(&self, id: OriginId) -> Origin {
        self.with(id, Origin::clone)
    }

    fn with<T>(&self, id: OriginId, f: impl FnOnce(&Origin) -> T) -> T {
        let id = id.0 as usize;
        match self.below.get(id) {
            Some(origin) => f(origin),
            None => f(&self.list.borrow()[id - self.below.len()]),
        }
    }

    /// Remembers that a component has a value from `defaults` or from a set, for all that share it.
    pub fn inherit(&self, id: OriginId) {
        self.inherited.borrow_mut().insert(id);
    }

    /// Whether a component has the value from `defaults` or from a set, and does not say it itself.
    #[must_use]
    pub fn is_inherited(&self, id: OriginId) -> bool {
        let first = match self.get(id) {
            Origin::Derived { from, .. } => from.first().copied(),
            _ => None,
        };
        let inherited = self.inherited.borrow();
        inherited.contains(&id) || first.is_some_and(|id| inherited.contains(&id))
    }

    /// Whether no layer wrote the value.
    #[must_use]
    pub fn is_default(&self, id: OriginId) -> bool {
        self.with(id, |origin| matches!(origin, Origin::Default { .. }))
    }

    /// The places in the manifest that a value goes back to: the value itself first, then what it overrode. For derived
    /// values, those of the first source that has one.
    #[must_use]
    pub fn spans(&self, id: OriginId) -> Vec<Span> {
        match self.get(id) {
            Origin::Manifest { span, overrode } => std::iter::once(span).chain(overrode).collect(),
            Origin::Derived { from, .. } => {
                from.iter().map(|id| self.spans(*id)).find(|spans| !spans.is_empty()).unwrap_or_default()
            }
            Origin::Default { .. } | Origin::Template { .. } => Vec::new(),
        }
    }
}
