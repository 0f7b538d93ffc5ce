//! Names that RDS and PostgreSQL take.

use super::report_with_edit;
use crate::component::Context;
use crate::component::postgres::Settings;
use crate::diag::{Code, Diagnostic};
use crate::setting::Setting;

/// `CFN128`: a name that PostgreSQL or RDS keeps for itself, or cannot read.
pub const CFN128: Code = Code {
    id: "CFN128",
    explanation: "RDS does not take this name for a database or its user\n\n\
        A name has 1 to 63 letters, digits and underscores and starts with a letter. The key words of PostgreSQL \
        (`user`, `order`), `admin`, and what RDS uses itself (`rdsadmin`, `rds_…`, `pg_…`) are refused \
        when the database is created: `cannot be used as it is a reserved word used by the engine`. `postgres` is \
        free. Source: `MasterUsername` and `DBName` of CreateDBInstance, Amazon RDS API Reference; `SQL Key Words`, \
        PostgreSQL documentation.\n\n\
        Both are create-only: choose a name that can stay.",
};

/// `CFN129`: an identifier that RDS refuses or writes otherwise.
pub const CFN129: Code = Code {
    id: "CFN129",
    explanation: "RDS does not keep this identifier as it is written\n\n\
        An identifier has 1 to 63 lower-case letters, digits and hyphens, starts with a letter, and has no hyphen at \
        its end nor two in a row. RDS turns capitals into lower case: the template would drift from the database at \
        once, and the log group would have another name than the log. Source: `DBClusterIdentifier` of \
        CreateDBCluster, Amazon RDS API Reference.",
};

/// Key words that PostgreSQL reserves, and what RDS does beside them.
const RESERVED: &str = "\
    admin all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate \
    collation column concurrently constraint create cross current_catalog current_date current_role current_schema \
    current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch \
    for foreign freeze from full grant group having ilike in initially inner intersect into is isnull join lateral \
    leading left like limit localtime localtimestamp natural none not notnull null offset on only or order outer \
    overlaps placing primary public rdsadmin rdsproxyadmin rdsrepladmin rdstopmgr references returning right \
    select session_user similar some symmetric system_user table tablesample template0 template1 then to trailing \
    true union unique user using variadic verbose when where window with";

impl Settings {
    pub(in crate::component::postgres) fn check_names(&self, on: &Context<'_>) {
        check_name(on, "database", &self.database(on));
        check_name(on, "username", &self.username);
        if let Some(identifier) = &self.identifier {
            check_identifier(on, identifier);
        }
    }
}

fn check_name(on: &Context<'_>, setting: &str, name: &Setting<String>) {
    let lower = name.value.to_ascii_lowercase();
    let plain = name.value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let starts = name.value.starts_with(|c: char| c.is_ascii_alphabetic());
    let kept = RESERVED.split(' ').any(|word| word == lower) || lower.starts_with("pg_") || lower.starts_with("rds_");
    let (why, label) = match () {
        () if kept => ("which PostgreSQL or RDS keeps for itself", "a reserved word"),
        () if !plain => ("but takes letters, digits and underscores only", "other characters"),
        () if !starts => ("but must start with a letter", "starts with no letter"),
        () if name.value.len() > 63 => ("but takes at most 63 characters", "more than 63 characters"),
        () => return,
    };
    let title = format!("`{setting}` of `{}` is `{}`, {why}", on.name, name.value);
    let diagnostic = on.at(Diagnostic::error(CFN128, title), name.origin, label);
    on.report(if setting == "database" && on.origins.spans(name.origin) == on.origins.spans(on.project.origin) {
        diagnostic
            .note("a database is named after the project unless `database` is written")
            .help("write `database:` with a name of its own")
    } else {
        diagnostic.help(format!(
            "write another name, such as `{}_app`",
            on.project.value.to_ascii_lowercase().replace('-', "_")
        ))
    });
}

fn check_identifier(on: &Context<'_>, identifier: &Setting<String>) {
    let name = &identifier.value;
    let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let shaped = name.starts_with(|c: char| c.is_ascii_lowercase()) && !name.ends_with('-') && !name.contains("--");
    if plain && shaped && name.len() <= 63 {
        return;
    }
    let title = format!("`identifier` of `{}` is `{name}`, which RDS does not keep as it is", on.name);
    let diagnostic = on
        .at(Diagnostic::error(CFN129, title), identifier.origin, "no identifier of RDS")
        .note("1 to 63 lower-case letters, digits and single hyphens, from a letter to a letter or digit");
    let repair = crate::stage::slug(name);
    if !repair.starts_with(|c: char| c.is_ascii_lowercase()) || repair.len() > 63 {
        return on.report(diagnostic.help("write a shorter name that starts with a letter"));
    }
    // A name with a reference in it is repaired by hand: it is not as long as what is written, with or without quotes.
    let written = on.origins.spans(identifier.origin).first().map(|span| span.range().len());
    if written.is_some_and(|length| length == name.len() || length == name.len() + 2) {
        report_with_edit(on, diagnostic.help(format!("write `{repair}`")), identifier.origin, &repair);
    } else {
        on.report(diagnostic.help(format!("write it so that it becomes `{repair}`")));
    }
}
