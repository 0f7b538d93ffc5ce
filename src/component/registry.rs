//! The registry: one line a kind.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;

use super::{
    Attribute, Context, Group, Kind, Level, StackName, backup, bucket, certificate, cron, external, function, http_api,
    monitoring, nextjs, postgres, queue, resource, router, ssr_site, static_site, table, topic, vpc,
};
use crate::diag::Code;
use crate::setting::{ReadError, Setting, read};
use crate::value::Value;

/// Every kind, by name.
pub static KINDS: &[KindEntry] = &[
    backup::KIND,
    bucket::KIND,
    certificate::KIND,
    cron::KIND,
    external::KIND,
    function::KIND,
    http_api::KIND,
    monitoring::KIND,
    nextjs::KIND,
    postgres::KIND,
    queue::KIND,
    resource::KIND,
    router::KIND,
    ssr_site::KIND,
    static_site::KIND,
    table::KIND,
    topic::KIND,
    vpc::KIND,
];

/// A setting that is short for a component: `schedule: <text>` of `Digest` for a component `DigestSchedule`, whose own
/// `schedule` is that text, and which goes `to` `Digest`.
#[derive(Debug, Clone, Copy)]
pub struct ShortFor {
    /// The setting, and its name in the component that it stands for.
    pub setting: &'static str,
    /// The kind of that component.
    pub kind: &'static str,
}

/// What SST's SDK gives to code that is linked to a component: `Resource.<Name>.<property>`.
#[derive(Debug, Clone, Copy)]
pub struct Sst {
    /// The type in SST's own words: `sst.aws.Bucket`.
    pub kind: &'static str,
    /// Properties, each with the attribute that it is made of; those that are sensitive are left out.
    pub properties: &'static [(&'static str, &'static str)],
}

/// What the compiler knows about a kind without any component of it.
#[derive(Clone, Copy)]
pub struct KindEntry {
    /// Its name after `type:`.
    pub name: &'static str,
    /// One sentence for the schema and the documents.
    pub summary: &'static str,
    /// The stack it goes to.
    pub stack: StackName,
    /// Where diagrams draw it, unless its settings say otherwise.
    pub group: Group,
    /// Whether it takes the settings of everything that runs code.
    pub runs_code: bool,
    /// Attributes that an `import` may give as literal ids.
    pub import_keys: &'static [&'static str],
    /// Further attributes that an import may take from the outputs of a stack. Where a kind names none at all, any.
    pub output_keys: &'static [&'static str],
    /// Attributes that a component has by a setting only, with that setting.
    pub chosen_attributes: &'static [(&'static str, &'static str)],
    /// What an import offers: made from the attributes that it gives.
    pub imported: fn(&Context<'_>, Vec<Attribute>) -> Vec<Attribute>,
    /// Whether one that is imported keeps messages in order, as far as the attributes that the import gives tell.
    pub imported_fifo: fn(&[Attribute]) -> Option<Setting<bool>>,
    /// Levels of access that links may ask for; the first is the default where `default_level` says so.
    pub levels: &'static [Level],
    /// Whether a link may leave the level out.
    pub default_level: bool,
    /// What SST's SDK knows of a component of it.
    pub sst: Option<Sst>,
    /// Whether a component of it may answer to hosts, or make certificates.
    pub answers: bool,
    /// Settings that are short for a component of their own.
    pub short_for: &'static [ShortFor],
    /// Whether it watches what the other components say of themselves.
    pub watches: bool,
    /// Codes of its findings, for `explain`.
    pub codes: &'static [&'static [Code]],
    /// The schema of its own settings.
    pub schema: fn(&mut SchemaGenerator) -> Schema,
    /// Reads its own settings.
    pub read: fn(&Value) -> Result<Box<dyn Kind>, ReadError>,
}

impl KindEntry {
    /// A kind with settings `S` that offers no links, and is drawn among the services.
    pub const fn of<S: Kind + JsonSchema + DeserializeOwned + 'static>(
        name: &'static str,
        summary: &'static str,
        stack: StackName,
    ) -> Self {
        KindEntry {
            name,
            summary,
            stack,
            group: Group::Services,
            runs_code: false,
            import_keys: &[],
            output_keys: &[],
            chosen_attributes: &[],
            imported: |_, ids| ids,
            imported_fifo: |_| None,
            levels: &[],
            default_level: false,
            sst: None,
            answers: false,
            short_for: &[],
            watches: false,
            codes: &[],
            schema: S::json_schema,
            read: |value| Ok(Box::new(read::<S>(value)?)),
        }
    }

    /// Diagrams draw it there.
    pub const fn drawn(mut self, group: Group) -> Self {
        self.group = group;
        self
    }

    /// It takes the settings of everything that runs code.
    pub const fn runs_code(mut self) -> Self {
        self.runs_code = true;
        self
    }

    /// An `import` may give these attributes.
    pub const fn imports(mut self, keys: &'static [&'static str]) -> Self {
        self.import_keys = keys;
        self
    }

    /// An import may take these from the outputs of a stack, beside its literal ids.
    pub const fn outputs(mut self, keys: &'static [&'static str]) -> Self {
        self.output_keys = keys;
        self
    }

    /// A component has these attributes by these settings only.
    pub const fn chosen_attributes(mut self, attributes: &'static [(&'static str, &'static str)]) -> Self {
        self.chosen_attributes = attributes;
        self
    }

    /// An import offers what `attributes` makes of those that it gives.
    pub const fn imported(mut self, attributes: fn(&Context<'_>, Vec<Attribute>) -> Vec<Attribute>) -> Self {
        self.imported = attributes;
        self
    }

    /// Whether an import keeps messages in order is what `told_by` makes of the attributes that it gives.
    pub const fn imported_fifo(mut self, told_by: fn(&[Attribute]) -> Option<Setting<bool>>) -> Self {
        self.imported_fifo = told_by;
        self
    }

    /// SST calls it `kind`, and its SDK gives these properties, each made of an attribute.
    pub const fn sst(mut self, kind: &'static str, properties: &'static [(&'static str, &'static str)]) -> Self {
        self.sst = Some(Sst { kind, properties });
        self
    }

    /// A component of it may answer to hosts, or make certificates.
    pub const fn answers(mut self) -> Self {
        self.answers = true;
        self
    }

    /// These settings are short for components of their own.
    pub const fn short_for(mut self, settings: &'static [ShortFor]) -> Self {
        self.short_for = settings;
        self
    }

    /// It watches the other components.
    pub const fn watches(mut self) -> Self {
        self.watches = true;
        self
    }

    /// Its findings have these codes.
    pub const fn codes(mut self, codes: &'static [&'static [Code]]) -> Self {
        self.codes = codes;
        self
    }

    /// Links may ask for these levels; the first is meant where none is written.
    pub const fn levels(mut self, levels: &'static [Level]) -> Self {
        self.levels = levels;
        self.default_level = true;
        self
    }

    /// Links must say which of these levels they mean: reading and writing are different decisions.
    pub const fn chosen_levels(mut self, levels: &'static [Level]) -> Self {
        self.levels = levels;
        self
    }
}

impl std::fmt::Debug for KindEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KindEntry").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The kind of that name.
#[must_use]
pub fn kind(name: &str) -> Option<&'static KindEntry> {
    KINDS.iter().find(|k| k.name == name)
}
