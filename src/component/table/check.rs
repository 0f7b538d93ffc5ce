//! What can be wrong with the settings of a table.

use super::index::Projection;
use super::{FieldType, Settings};
use crate::component::Context;
use crate::diag::{Code, Diagnostic, did_you_mean};
use crate::part::range::Bounds;
use crate::setting::Setting;

/// Codes of tables; those of streams are with them.
pub const CODES: &[Code] = &[CFN250, CFN251, CFN252, CFN253, CFN254, CFN255, CFN256, CFN257, CFN258];

/// `CFN250`: a key of no type.
pub const CFN250: Code = Code {
    id: "CFN250",
    explanation: "a key is not among the table's `fields`\n\n\
        DynamoDB must know the type of every field that is a key of the table or of an index: `fields: {customer: string}`. Of \
        all other fields it knows nothing; they are as each item has them.",
};

/// `CFN251`: a field that is no key.
pub const CFN251: Code = Code {
    id: "CFN251",
    explanation: "a field is declared, and is no key\n\n\
        DynamoDB refuses a table that declares more fields than its keys and those of its indexes (AWS::DynamoDB::Table \
        AttributeDefinitions). Other fields, that of `ttl` among them, need no declaration: an item may hold any.",
};

/// `CFN252`: one field for both halves of a key.
pub const CFN252: Code = Code {
    id: "CFN252",
    explanation: "a key has the same field twice\n\n\
        The partition says where an item is kept, the sort key tells items of a partition apart. With one field for both, a \
        partition could hold one item only, and DynamoDB refuses it. Leave `sort` out.",
};

/// `CFN253`: another order where there is none.
pub const CFN253: Code = Code {
    id: "CFN253",
    explanation: "a table without a sort key has local indexes\n\n\
        A local index is another order of the items of a partition. In a table without a sort key each partition is one item, so \
        that there is nothing to order, and DynamoDB refuses the index. Make it one of `indexes`, or give the table a `sort`.",
};

/// `CFN254`: more indexes than a table takes.
pub const CFN254: Code = Code {
    id: "CFN254",
    explanation: "a table has more indexes than DynamoDB takes\n\n\
        A table takes 20 global secondary indexes, a quota that AWS raises on request, and 5 local ones, which it does not raise \
        (Amazon DynamoDB Developer Guide, \"Service, account, and table quotas\").",
};

/// `CFN255`: a name that an index cannot have.
pub const CFN255: Code = Code {
    id: "CFN255",
    explanation: "an index cannot have that name\n\n\
        The key in `indexes` is the name by which code queries the index: 3 to 255 letters, digits and `_`, `-`, `.` \
        (AWS::DynamoDB::Table IndexName). Global and local indexes share their names.",
};

/// `CFN256`: a time that never comes, or never moves.
pub const CFN256: Code = Code {
    id: "CFN256",
    explanation: "`ttl` names a field that cannot serve as a time\n\n\
        DynamoDB deletes an item when the time in its `ttl` field has come: a number of seconds since 1970. It ignores a text \
        (Amazon DynamoDB Developer Guide, \"Using time to live\"). A field of the table's key serves badly: it never changes, so \
        that no item could be kept for longer, or taken back.",
};

/// `CFN257`: too many fields copied.
pub const CFN257: Code = Code {
    id: "CFN257",
    explanation: "the indexes of a table list more fields than DynamoDB takes\n\n\
        All lists of `projection` of a table have at most 100 entries together, each up to 20 (AWS::DynamoDB::Table Projection). \
        `all` copies every field, and counts for none.",
};

/// `CFN258`: a number that DynamoDB or Lambda does not take.
pub const CFN258: Code = Code {
    id: "CFN258",
    explanation: "the number is outside of what a table or its stream takes\n\n\
        A table can be restored to a second of the last 1 to 35 days (AWS::DynamoDB::Table RecoveryPeriodInDays). Of its stream, a \
        call takes 1 to 10,000 changes, collected for up to 300 seconds; a batch that fails is tried again up to 10,000 times \
        (AWS::Lambda::EventSourceMapping).",
};

const DYNAMODB: Bounds =
    Bounds { code: CFN258, taker: "DynamoDB", source: "AWS::DynamoDB::Table RecoveryPeriodInDays" };

/// How many indexes of each sort a table takes, and how many fields all of them may list.
const INDEXES: usize = 20;
const LOCAL_INDEXES: usize = 5;
const LISTED: usize = 100;

/// Reports what is wrong with the settings.
pub(super) fn check(table: &Settings, on: &Context<'_>) {
    on.must_be_written(table.recovery_days.origin, "recovery_days", "`0`");
    DYNAMODB.check(on, "recovery_days", table.recovery_days, 0..=35, "days");
    check_fields(table, on);
    check_twice(table, on);
    check_local(table, on);
    check_numbers(table, on);
    check_names(table, on);
    check_ttl(table, on);
    check_projections(table, on);
}

impl Settings {
    /// Every field that is a key, wherever it is one.
    fn keys(&self) -> impl Iterator<Item = &Setting<String>> {
        let own = std::iter::once(&self.key.partition).chain(&self.key.sort);
        let global = self.indexes.iter().flat_map(|(_, i)| std::iter::once(&i.partition).chain(&i.sort));
        own.chain(global).chain(self.local_indexes.iter().map(|(_, i)| &i.sort))
    }
}

fn check_fields(table: &Settings, on: &Context<'_>) {
    let declared: Vec<&str> = table.fields.iter().map(|(name, _)| name.value.as_str()).collect();
    let mut meant = Vec::new();
    for key in table.keys().filter(|key| !declared.contains(&key.value.as_str())) {
        let title = format!("`{}` is a key of `{}`, and not among its `fields`", key.value, on.name);
        let diagnostic = on.at(Diagnostic::error(CFN250, title), key.origin, "of no type yet");
        on.report(match did_you_mean(&key.value, declared.iter().copied()) {
            Some(near) => {
                meant.push(near);
                on.repair(diagnostic.help(format!("did you mean `{near}`?")), key.origin, near)
            }
            None => diagnostic
                .help(format!("add it to `fields` with its type: `{}: string`, or `number` or `binary`", key.value)),
        });
    }
    let is_key = |field: &str| meant.contains(&field) || table.keys().any(|key| key.value == field);
    for (field, _) in table.fields.iter().filter(|(field, _)| !is_key(field)) {
        let title = format!("`{}` is declared in `fields` of `{}`, and is no key", field.value, on.name);
        let diagnostic = on
            .at(Diagnostic::error(CFN251, title), field.origin, "no key of the table or an index")
            .context_if_known(on.origins, table.ttl_of(field), "`ttl` needs no declaration")
            .note("DynamoDB takes fields of keys only: AWS::DynamoDB::Table AttributeDefinitions");
        on.report(diagnostic.help("remove it: an item may hold any other field without a declaration"));
    }
}

impl Settings {
    /// Where `ttl` names the field.
    fn ttl_of(&self, field: &Setting<String>) -> Option<crate::origin::OriginId> {
        self.ttl.as_option().filter(|ttl| ttl.value == field.value).map(|ttl| ttl.origin)
    }
}

fn check_twice(table: &Settings, on: &Context<'_>) {
    let own = std::iter::once((&table.key.partition, table.key.sort.as_ref()));
    let global = table.indexes.iter().map(|(_, i)| (&i.partition, i.sort.as_ref()));
    let local = table.local_indexes.iter().map(|(_, i)| (&table.key.partition, Some(&i.sort)));
    // A local index is its `sort`: it cannot be left out.
    let free =
        own.chain(global).map(|key| (key, "leave `sort` out, or name the field that items of a partition differ by"));
    let fixed = local.map(|key| (key, "remove the index, or name the field that it sorts the items of a partition by"));
    for ((partition, sort), help) in free.chain(fixed) {
        let Some(sort) = sort.filter(|sort| sort.value == partition.value) else { continue };
        let title = format!("`{}` is partition and sort of one key of `{}`", sort.value, on.name);
        on.report(
            on.at(Diagnostic::error(CFN252, title), sort.origin, "the same field again")
                .context_if_known(on.origins, Some(partition.origin), "where items are kept already")
                .help(help),
        );
    }
}

fn check_local(table: &Settings, on: &Context<'_>) {
    let Some((name, _)) = table.local_indexes.iter().next().filter(|_| table.key.sort.is_none()) else { return };
    let title = format!("`{}` has local indexes, and its key has no `sort`", on.name);
    on.report(
        on.at(Diagnostic::error(CFN253, title), name.origin, "another order of single items")
            .context_if_known(on.origins, Some(table.key.partition.origin), "each partition is one item")
            .help("move them to `indexes`, with a `partition` each, or give the table's key a `sort`"),
    );
}

fn check_numbers(table: &Settings, on: &Context<'_>) {
    let global = table.indexes.iter().map(|(name, _)| name).collect();
    let local = table.local_indexes.iter().map(|(name, _)| name).collect();
    let one_for_many = "let one index serve several kinds of items";
    let move_it = "move some to `indexes`, with a `partition` each";
    let sorts: [(&str, Vec<&Setting<String>>, usize, &str); 2] =
        [("indexes", global, INDEXES, one_for_many), ("local_indexes", local, LOCAL_INDEXES, move_it)];
    for (setting, names, most, or) in sorts {
        let Some(extra) = names.get(most) else { continue };
        let title = format!("`{}` has {} `{setting}`; DynamoDB takes {most}", on.name, names.len());
        on.report(
            on.at(Diagnostic::error(CFN254, title), extra.origin, "one too many")
                .note(format!("limit: DynamoDB quotas, {setting} of a table, {most}"))
                .help("remove those that nothing queries, and the `fields` that are keys of no other")
                .help(format!("or {or}")),
        );
    }
}

fn check_names(table: &Settings, on: &Context<'_>) {
    let global = || table.indexes.iter().map(|(name, _)| name);
    let local = || table.local_indexes.iter().map(|(name, _)| name);
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    for name in global().chain(local()).filter(|n| !(3..=255).contains(&n.len()) || !n.chars().all(fits)) {
        let title = format!("`{}` of `{}` is no name of an index", name.value, on.name);
        on.report(
            on.at(Diagnostic::error(CFN255, title), name.origin, "another form is needed")
                .note("limit: AWS::DynamoDB::Table IndexName, 3 to 255 letters, digits, `_`, `-` and `.`")
                .help("choose another name, such as `by_state`"),
        );
    }
    for name in local() {
        let Some(other) = global().find(|other| other.value == name.value) else { continue };
        let title = format!("`{}` has two indexes with the name `{}`", on.name, name.value);
        on.report(
            on.at(Diagnostic::error(CFN255, title), name.origin, "a local one")
                .context_if_known(on.origins, Some(other.origin), "a global one")
                .help("give one of them another name"),
        );
    }
}

fn check_ttl(table: &Settings, on: &Context<'_>) {
    let Some(ttl) = table.ttl.as_option() else { return };
    let declared = table.fields.get(&ttl.value);
    let key = [Some(&table.key.partition), table.key.sort.as_ref()];
    let is_own = key.into_iter().flatten().any(|key| key.value == ttl.value);
    let is_of_index = !is_own && table.keys().any(|key| key.value == ttl.value);
    let another = "name another field, which then needs no declaration";
    if let Some(other) = declared.filter(|field| field.value != FieldType::Number) {
        let title = format!("`ttl` of `{}` is `{}`, which is no number", on.name, ttl.value);
        on.report(
            on.at(Diagnostic::error(CFN256, title), ttl.origin, "would never expire")
                .context_if_known(on.origins, Some(other.origin), "its type")
                .note("DynamoDB takes a number of seconds since 1970, and ignores all else")
                .help(if is_of_index { format!("declare it as `number`, or {another}") } else { another.to_owned() }),
        );
    } else if is_own {
        let title = format!("`ttl` of `{}` is `{}`, a field of its key", on.name, ttl.value);
        on.report(
            on.at(Diagnostic::warning(CFN256, title), ttl.origin, "never changes")
                .note("the key of an item never changes, so that it could not be kept for longer")
                .help(another),
        );
    }
}

fn check_projections(table: &Settings, on: &Context<'_>) {
    let global = table.indexes.iter().map(|(_, i)| &i.projection);
    let local = table.local_indexes.iter().map(|(_, i)| &i.projection);
    let mut sum = 0;
    for projection in global.chain(local) {
        let Projection::Fields(fields) = &projection.value else { continue };
        let before = sum;
        sum += fields.len();
        if before <= LISTED && sum > LISTED {
            let title = format!("the indexes of `{}` list more than {LISTED} fields together", on.name);
            on.report(
                on.at(Diagnostic::error(CFN257, title), projection.origin, "with these, more than 100")
                    .note("limit: AWS::DynamoDB::Table Projection NonKeyAttributes, 100 over all indexes")
                    .help("list fewer fields, or write `all` where an index lists most of an item"),
            );
        }
    }
}
