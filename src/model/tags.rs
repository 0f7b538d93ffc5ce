//! The tags of stacks: which are ours, and what AWS takes.

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::manifest::{EXPIRE_DAYS, Manifest, OWNER, PROJECT, STAGE};
use crate::origin::{OriginId, Origins};
use crate::value::{Entry, Value};

/// `STG014`: a tag that stacks have already.
pub const STG014: Code = Code {
    id: "STG014",
    explanation: "a tag of stacks has a key that is taken\n\n\
        Every stack is deployed with the tags `project` and `stage`, by which scripts and roles know whose it is, and one that comes and goes \
        with `owner` and `expire_days`, where its layer says them. A key can be there once (AWS CloudFormation API Reference, `Tag`). Write \
        `owner` and `expire_days` as keys of the stage, and call other tags otherwise.",
};

/// `STG015`: a tag that AWS does not take.
pub const STG015: Code = Code {
    id: "STG015",
    explanation: "AWS takes no such tag\n\n\
        The key of a stack's tag has 1 to 128 characters and does not begin with `aws:`, its value has 1 to 256 (AWS CloudFormation API \
        Reference, `Tag`). Stacks hand their tags on to all that they make, and the characters that every service takes are letters, digits, \
        spaces and `_ . : / = + - @` (AWS General Reference, \"Tag naming limits\").",
};

/// What a text of a tag may have beside letters and digits.
const SIGNS: &str = " _.:/=+-@";
/// How long keys and values may be, in characters.
const KEY: usize = 128;
const VALUE: usize = 256;

/// Checks the tags of the stage's stacks.
pub(super) fn check(manifest: &Manifest, tree: &Value, origins: &Origins, findings: &mut Diagnostics) {
    for entry in tree.get("tags").map(Value::entries).unwrap_or_default() {
        let named = format!("the tag `{}`", entry.key.escape_debug());
        let value =
            manifest.tags.get(&entry.key).and_then(|value| refused(&named, value, VALUE, value.origin, origins));
        let key = refused("the key of a tag", &entry.key, KEY, entry.key_origin, origins);
        [taken(entry, manifest, origins), key, value].into_iter().flatten().for_each(|finding| findings.push(finding));
    }
    let owner = manifest.owner.as_ref().and_then(|owner| refused("`owner`", owner, VALUE, owner.origin, origins));
    owner.into_iter().for_each(|finding| findings.push(finding));
}

/// The finding about a key that stacks have already.
fn taken(entry: &Entry, manifest: &Manifest, origins: &Origins) -> Option<Diagnostic> {
    // IAM takes no two tags that differ in their letters' size alone (IAM User Guide, "Rules for tagging in IAM and AWS STS").
    let small = entry.key.to_ascii_lowercase();
    let key = small.as_str();
    let finding =
        |title: String| Diagnostic::error(STG014, title).at_origin(origins, entry.key_origin, &[], "this key is taken");
    match (key, &manifest.owner) {
        (PROJECT | STAGE, _) => {
            let title = format!("every stack has a tag `{key}`, which says whose it is");
            Some(finding(title).help("give this tag another key, or remove it"))
        }
        (EXPIRE_DAYS, _) => {
            let title = format!("`{EXPIRE_DAYS}` is the tag of stages that come and go");
            Some(finding(title).help(format!("write `{EXPIRE_DAYS}` as a key of the stage's own layer")))
        }
        (OWNER, Some(owner)) => {
            let title = format!("`{OWNER}` is a tag, and a key of the stage");
            let finding = finding(title).context_if_known(origins, Some(owner.origin), "makes the first");
            Some(finding.help(format!("keep one of them; `tags: {{{OWNER}: null}}` removes a tag of a lower layer")))
        }
        _ => None,
    }
}

/// The finding about a text that AWS does not take.
fn refused(what: &str, text: &str, most: usize, origin: OriginId, origins: &Origins) -> Option<Diagnostic> {
    let count = text.chars().count();
    let (title, label, help) = if text.is_empty() {
        (format!("{what} is empty"), "nothing here".to_owned(), "write at least one character".to_owned())
    } else if count > most {
        let title = format!("{what} has {count} characters, and AWS takes {most}");
        (title, "too long".to_owned(), format!("write at most {most} characters"))
    } else if let Some(c) = text.chars().find(|c| !c.is_alphanumeric() && !SIGNS.contains(*c)) {
        let title = format!("{what} holds `{}`, which no tag of AWS takes", c.escape_debug());
        let help = format!("letters, digits, spaces and `{}` may stand in tags", SIGNS.trim());
        (title, format!("holds `{}`", c.escape_debug()), help)
    } else if text.to_ascii_lowercase().starts_with("aws:") {
        let title = format!("{what} begins with `aws:`, which is AWS's own");
        (title, "begins with `aws:`".to_owned(), "begin it otherwise".to_owned())
    } else {
        return None;
    };
    let diagnostic = Diagnostic::error(STG015, title).at_origin(origins, origin, &[], &label);
    Some(diagnostic.note("limit: AWS CloudFormation API Reference, `Tag`").help(help))
}
