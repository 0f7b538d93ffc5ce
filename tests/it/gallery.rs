//! The map of the gallery, `tests/errors/README.md`: which mistake is shown where, what its message says, and how it is
//! proved that its help is right. `REGGIE_CFN_UPDATE=1 cargo test gallery` writes it.

use crate::errors::{gallery, proof};
use crate::support::{read, updating};

/// Mistakes that people make, and the fixtures that show them.
const MISTAKES: &[(&str, &[&str])] = &[
    ("an unknown key", &["MAN010-in-a-component", "MAN010-top-level"]),
    ("an unknown kind", &["MAN009-near"]),
    ("an unknown component", &["REF010-misspelt", "REF002-component", "REF011-misspelt"]),
    ("an unknown stage", &["STG001-unknown"]),
    ("a wrong type", &["MAN012-text-for-number"]),
    ("a wrong unit", &["MAN015-timeout", "MAN015-memory"]),
    ("a word that is none of an enumeration", &["MAN013-near"]),
    ("a setting that is required and missing", &["MAN011-in-a-component", "MAN020-setting"]),
    ("a key twice", &["YAML011-twice"]),
    ("a tab", &["YAML004-tab", "YAML004-tabs"]),
    ("bad indentation", &["YAML005-between-two-levels"]),
    ("`null` that removes nothing", &["MAN004-component"]),
    ("an overlay of an unknown component", &["MAN006-misspelt"]),
    ("patterns that tie", &["STG002-tie"]),
    ("a name that looks like a permanent stage", &["STG003-looks-permanent"]),
    ("values in a circle", &["REF003-circle"]),
    ("a reference to a component that this stage lacks", &["REF005-other-stage"]),
    ("an attribute that does not exist", &["REF020-misspelt"]),
    ("a sensitive attribute in an output", &["REF021-output"]),
    ("the value of a SecureString", &["SEC002-secure-string"]),
    ("the least capacity above the most", &["CFN121-min-above-max"]),
    ("a capacity that is no step of 0.5", &["CFN120-step"]),
    ("0 ACU where nothing can pause", &["CFN136-cannot-pause", "CFN135-proxy", "CFN123-never-pauses"]),
    ("no backups, or 36 days of them", &["CFN124-none", "CFN124-too-long"]),
    ("10,241 MB of memory, 901 seconds", &["CFN193-just-above"]),
    ("a slow function behind an HTTP API", &["CFN152-timeout"]),
    ("an image with a runtime", &["CFN198-runtime"]),
    ("a zip and an image", &["CFN190-both"]),
    ("a function that calls out of a VPC without a way", &["CFN184-no-way", "CFN184-public"]),
    ("a network too small for its subnets", &["CFN102-too-small"]),
    ("subnets that overlap", &["CFN018-of-the-network", "CFN018-two-of-an-import"]),
    ("two components of one logical id", &["CFN001-same-id", "CFN001-kept-name"]),
    ("two resources of one physical name", &["CFN017-bucket", "CFN017-log-of-an-api"]),
    ("an environment above 4 KB", &["CFN182-too-large"]),
    ("a variable that Lambda sets itself", &["CFN181-reserved"]),
    ("a variable of one letter", &["CFN180-one-letter"]),
    ("a live secret in plain text", &["SEC001-stripe"]),
    ("a name too long for this stage", &["CFN020-long-name"]),
    ("CORS for everyone, with credentials", &["CFN161-credentials"]),
    ("501 resources", &["CFN010-resources"]),
    ("a component renamed", &["CFN032-database", "CFN032-function"]),
    ("a component moved to another stack", &["CFN033-database"]),
    ("a region that is none", &["CFN019-misspelt"]),
    ("a link without its access", &["REF012-no-access"]),
    ("a consumer slower than its queue's visibility", &["CFN230-visibility"]),
    ("FIFO with standard dead letters", &["CFN233-standard"]),
    ("a key of a table that is not declared", &["CFN250-undeclared"]),
    ("a host that its certificate does not cover", &["DNS008-too-deep", "DNS008-apex"]),
    ("a certificate of another region", &["CFN167-made-elsewhere", "CFN167-other-region"]),
    ("two indexes of a table at once", &["CFN034-two-new"]),
    ("a file of `public/` that no path leads to", &["CFN331-missing"]),
    ("a server built for streaming, and deployed without", &["CFN334-streaming"]),
    ("routes for the edge", &["CFN336-edge"]),
    ("a bucket whose function writes where it is called from", &["CFN247-same-place"]),
];

const HEAD: &str = "# The gallery of messages

Each folder is a mistake: layers in `environments/`, and in `expected.txt` what people see of it. `tests/it/errors.rs` says what else may stand in
one, and checks all of them: the message to the letter, its style, and that whoever does what it says has nothing left to repair. Either its edits are
made, as an editor would, or `repaired/` holds the layers after what the help asks for. Messages that are known to be poor stand in `known-bad/`,
each with what a good one would say.

These are the mistakes that people make most; `tests/it/gallery.rs` writes the table.

| mistake | shown by | says | repaired by |
| --- | --- | --- | --- |
";

#[test]
fn the_map_is_fresh() {
    let mut map = HEAD.to_owned();
    for (mistake, fixtures) in MISTAKES {
        for (i, fixture) in fixtures.iter().enumerate() {
            let path = gallery().join(fixture).join("expected.txt");
            let said = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            let title = said.lines().next().and_then(|line| line.split_once("]: ")).map(|(_, title)| title);
            let title = title.unwrap_or_else(|| panic!("{fixture}: no title")).replace('|', "\\|");
            let proof = proof(fixture).unwrap_or_else(|| panic!("nothing proves the help of {fixture}"));
            let mistake = if i == 0 { *mistake } else { "" };
            map.push_str(&format!("| {mistake} | [`{fixture}`]({fixture}/expected.txt) | {title} | {proof} |\n"));
        }
    }
    if updating() {
        std::fs::write(gallery().join("README.md"), &map).unwrap();
    }
    assert!(read("tests/errors/README.md") == map, "run `REGGIE_CFN_UPDATE=1 cargo test gallery`");
}
