//! What can be wrong with the settings of a bucket.

use super::{Access, Expire, Settings};
use crate::component::Context;
use crate::diag::{Code, Diagnostic};
use crate::part::cors::Cors;
use crate::setting::Setting;
use crate::stage::Removal;
use crate::value::Value;

/// Codes of buckets; those of CORS are with their part.
pub const CODES: &[Code] = &[CFN240, CFN241, CFN242, CFN243, CFN244, CFN245, CFN248];

/// `CFN240`: open without a reason.
pub const CFN240: Code = Code {
    id: "CFN240",
    explanation: "everyone may read the bucket, and nothing says why\n\n\
        With `public_read` everyone on the internet may read every object whose name they know or guess. That is right for few \
        buckets, so it asks for a `reason`, which a review can weigh. Nobody may list the objects even then.\n\n\
        Functions reach a private bucket by `links`, browsers by presigned URLs, and a site serves a private one under its own \
        host.",
};

/// `CFN241`: logs that everyone may read.
pub const CFN241: Code = Code {
    id: "CFN241",
    explanation: "everyone may read the access logs\n\n\
        Access logs hold addresses of visitors and what they asked for. A bucket with `logs_from` stays private; keep what is \
        public in another one.",
};

/// `CFN242`: a rule that does nothing.
pub const CFN242: Code = Code {
    id: "CFN242",
    explanation: "an entry of `expire` does not say what goes\n\n\
        `days` deletes objects so long after their upload, `noncurrent_days` deletes versions so long after they were overwritten \
        or deleted. S3 refuses a lifecycle rule without an action.",
};

/// `CFN243`: versions that stay, or are not there.
pub const CFN243: Code = Code {
    id: "CFN243",
    explanation: "`expire` and `versioning` do not fit each other\n\n\
        In a bucket with versions, an object that expires is not deleted: it becomes a noncurrent version, and is paid for until \
        `noncurrent_days` deletes it (Amazon S3 User Guide, \"Expiring objects\"). In a bucket without versions there is nothing \
        that `noncurrent_days` could delete.",
};

/// `CFN244`: CORS that S3 does not have.
pub const CFN244: Code = Code {
    id: "CFN244",
    explanation: "`cors` of a bucket asks for what S3 does not have\n\n\
        Pages may use GET, HEAD, PUT, POST and DELETE on objects; S3 knows no PATCH, and answers OPTIONS itself. It reads no \
        cookies, so that there are no `credentials` to allow: a presigned URL or the `Authorization` header says who asks \
        (AWS::S3::Bucket CorsRule).",
};

/// `CFN245`: a pattern where a beginning or an end is meant.
pub const CFN245: Code = Code {
    id: "CFN245",
    explanation: "no object's name is like that\n\n\
        A `prefix` is compared letter by letter with the beginning of an object's name, a `suffix` with its end. A `*` stands for \
        itself. Names do not begin with a slash: what S3's console shows as the folder `incoming` is the prefix `incoming/`.",
};

/// `CFN248`: emptying what stays.
pub const CFN248: Code = Code {
    id: "CFN248",
    explanation: "a bucket that stays is to be emptied\n\n\
        `empty_on_remove` lets a teardown delete all objects, because AWS deletes empty buckets only. With any other `removal` \
        than `remove` the bucket outlives its stack, and so should what is in it. Write `empty_on_remove` in the layer of the \
        stages whose data may go.",
};

/// What S3 lets pages of other origins do.
const METHODS: &[&str] = &["GET", "HEAD", "PUT", "POST", "DELETE"];

/// Reports what is wrong with the settings; what is wrong with `notify` and `cors` is reported where they are planned.
pub(super) fn check(bucket: &Settings, on: &Context<'_>) {
    on.must_be_written(bucket.versioning.origin, "versioning", "`false`");
    check_access(bucket, on);
    for (label, rule) in bucket.expire.iter() {
        check_expire(bucket, label, rule, on);
    }
    check_prefixes(bucket, on);
    let removal = on.removal();
    if bucket.empty_on_remove.value && removal.value != Removal::Remove {
        let title = format!("`empty_on_remove` of `{}` is true, and its `removal` is not `remove`", on.name);
        let origin = bucket.empty_on_remove.origin;
        let diagnostic = on
            .at(Diagnostic::error(CFN248, title), origin, "would empty what is to stay")
            .context_if_known(on.origins, Some(removal.origin), "its data stays")
            .help("write `empty_on_remove: true` only in layers of stages whose data may go");
        on.report(on.repair(diagnostic, origin, "false"));
    }
}

fn check_access(bucket: &Settings, on: &Context<'_>) {
    if bucket.access.value != Access::PublicRead {
        return;
    }
    if bucket.reason.is_none() {
        let title = format!("everyone may read the objects of `{}`, and no `reason` says why", on.name);
        on.report(
            on.at(Diagnostic::error(CFN240, title), bucket.access.origin, "open to the internet")
                .help("write a `reason:` beside it, or leave `access` out"),
        );
    }
    if let Some(logs) = bucket.logs_from.as_option() {
        let title = format!("`{}` takes access logs, and everyone may read them", on.name);
        on.report(
            on.at(Diagnostic::error(CFN241, title), bucket.access.origin, "open to the internet")
                .context_if_known(on.origins, Some(logs.origin), "who visited what")
                .help("let the logs go to a private bucket of their own"),
        );
    }
}

fn check_expire(bucket: &Settings, label: &Setting<String>, rule: &Expire, on: &Context<'_>) {
    match (rule.days, rule.noncurrent_days) {
        (None, None) => {
            let title = format!("`{}` in `expire` of `{}` does not say what goes", label.value, on.name);
            let diagnostic =
                on.at(Diagnostic::error(CFN242, title), label.origin, "neither `days` nor `noncurrent_days`");
            on.report(diagnostic.help("write `days`, `noncurrent_days` or both"));
        }
        (_, Some(noncurrent)) if !bucket.versioning.value => {
            let title = format!("`{}` in `expire` of `{}` deletes versions, and there are none", label.value, on.name);
            on.report(
                on.at(Diagnostic::warning(CFN243, title), noncurrent.origin, "nothing to delete")
                    .context_if_known(on.origins, Some(bucket.versioning.origin), "no versions are kept")
                    .help("write `versioning: true`, or `days` in place of `noncurrent_days`"),
            );
        }
        (Some(days), None) if bucket.versioning.value && !bucket.deletes_versions(rule) => {
            let title = format!("what expires by `{}` of `{}` stays as a noncurrent version", label.value, on.name);
            on.report(
                on.at(Diagnostic::warning(CFN243, title), days.origin, "hides objects, deletes nothing")
                    .context_if_known(on.origins, Some(bucket.versioning.origin), "versions are kept")
                    .help("write `noncurrent_days` beside it, so that versions go as well"),
            );
        }
        _ => {}
    }
}

impl Settings {
    /// Whether some rule deletes the noncurrent versions of all that `rule` is about.
    fn deletes_versions(&self, rule: &Expire) -> bool {
        let prefix = |rule: &Expire| rule.prefix.as_ref().map_or(String::new(), |p| p.value.clone());
        let about = prefix(rule);
        self.expire.iter().any(|(_, other)| other.noncurrent_days.is_some() && about.starts_with(&prefix(other)))
    }
}

/// Prefixes and suffixes: its own, and those of links to it.
fn check_prefixes(bucket: &Settings, on: &Context<'_>) {
    let own = bucket.expire.iter().filter_map(|(_, rule)| rule.prefix.as_ref());
    let notified = bucket.notify.iter().filter_map(|(_, notify)| notify.prefix.as_ref());
    let linked = on.neighbours.values().filter_map(|n| n.links.get(on.name)?.prefix.as_ref());
    for prefix in own.chain(notified).chain(linked) {
        let meant = prefix.trim_start_matches('/');
        let meant = meant.split_once('*').map_or(meant, |(before, _)| before);
        check_part("prefix", "begins", prefix, meant, on);
    }
    for suffix in bucket.notify.iter().filter_map(|(_, notify)| notify.suffix.as_ref()) {
        let meant = suffix.rsplit_once('*').map_or(suffix.as_str(), |(_, after)| after);
        check_part("suffix", "ends", suffix, meant, on);
    }
}

fn check_part(setting: &str, verb: &str, written: &Setting<String>, meant: &str, on: &Context<'_>) {
    if written.value == meant {
        return;
    }
    let title = format!("the {setting} `{}` is one that no object of `{}` {verb} with", written.value, on.name);
    let diagnostic = on
        .at(Diagnostic::warning(CFN245, title), written.origin, "compared letter by letter")
        .note(format!("a `*` stands for itself in a `{setting}`, and names begin without a slash"));
    let needs_no_quotes = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_');
    on.report(if meant.is_empty() {
        diagnostic.help(format!("leave `{setting}` out to mean all objects"))
    } else if meant.chars().all(needs_no_quotes) {
        on.repair(diagnostic.help(format!("write `{meant}`")), written.origin, meant)
    } else {
        diagnostic.help(format!("write `{meant}`"))
    });
}

/// The methods that pages may use; reports those that S3 does not have. `*` is all that it has.
pub(super) fn cors_methods(on: &Context<'_>, cors: &Cors) -> Value {
    if cors.credentials.value {
        let title = format!("`cors` of `{}` allows credentials, and a bucket reads no cookies", on.name);
        let diagnostic = on.at(Diagnostic::error(CFN244, title), cors.credentials.origin, "without effect in S3");
        let diagnostic = diagnostic.help("leave `credentials` out: a presigned URL needs none");
        on.report(on.repair(diagnostic, cors.credentials.origin, "false"));
    }
    let mut methods = Vec::new();
    for method in cors.methods.iter() {
        if method.value == "*" {
            methods = METHODS.iter().map(|name| Value::text(method.origin, *name)).collect();
            break;
        }
        if METHODS.contains(&method.value.as_str()) {
            methods.push(Value::text(method.origin, method.value.clone()));
        } else if !on.origins.is_default(method.origin) {
            let title = format!("`cors` of `{}` allows {}, which S3 does not take", on.name, method.value);
            on.report(
                on.at(Diagnostic::error(CFN244, title), method.origin, "no method of objects")
                    .note(format!("limit: AWS::S3::Bucket CorsRule AllowedMethods, {}", METHODS.join(", ")))
                    .help(match method.value.as_str() {
                        "OPTIONS" => "remove it: S3 answers the questions of browsers itself",
                        _ => "remove it",
                    }),
            );
        }
    }
    Value::list(cors.methods.origin, methods)
}
