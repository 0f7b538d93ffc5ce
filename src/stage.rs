//! What a stage is: its name, its lifetime, and what follows from both.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::setting::Setting;

/// How long a stage lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Lifetime {
    /// Stays: production, staging. Nothing important may be left to a default.
    Permanent,
    /// Comes and goes: a preview, a developer's own stage.
    Ephemeral,
    /// Runs on the machine of whoever develops it, and makes no stack.
    Local,
}

/// What happens to what holds data when it leaves the template or the stack is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Removal {
    /// It stays in the account.
    Retain,
    /// A last snapshot stays; where a resource knows no snapshots, it stays itself.
    Snapshot,
    /// It is deleted.
    Remove,
}

/// The stage that is compiled.
#[derive(Debug, Clone)]
pub struct Stage {
    /// The name as a slug: `feature-auth`. Stands in stack names, folders and hosts.
    pub name: Setting<String>,
    /// How long it lives.
    pub lifetime: Setting<Lifetime>,
    /// What happens to its data.
    pub removal: Setting<Removal>,
    /// Whether stacks and databases refuse to be deleted.
    pub protect: Setting<bool>,
    /// The account that it belongs to, 12 digits.
    pub account: Option<Setting<String>>,
    /// Whether what runs code gets the variables that SST's SDK reads.
    pub sst_variables: Option<Setting<bool>>,
    /// The stage whose secret values it reads; itself unless written.
    pub secrets_from: Setting<String>,
}

impl Stage {
    /// Whether it stays.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        self.lifetime.value == Lifetime::Permanent
    }

    /// Whether it runs on a developer's machine, without any stack.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.lifetime.value == Lifetime::Local
    }

    /// Whether its folder is committed: what comes and goes is compiled where it is deployed.
    #[must_use]
    pub fn is_committed(&self) -> bool {
        self.lifetime.value != Lifetime::Ephemeral
    }
}

/// The slug of a stage name: lower case, every run of other characters one hyphen, none at the ends. `feature/auth`
/// becomes `feature-auth`.
#[must_use]
pub fn slug(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

/// The longest name of a stage: stack names take 128 characters, and some physical names only 64.
pub const LONGEST_NAME: usize = 40;
/// How many characters of a digest tell long names apart.
const DIGEST: usize = 8;

/// The name of a stage, of whatever it is called elsewhere: its slug, or as much of it as fits, with a digest of the whole, so that long
/// names of branches that begin alike stay apart.
#[must_use]
pub fn stage_name(name: &str) -> String {
    let slug = slug(name);
    if slug.len() > LONGEST_NAME { cut(slug, name, LONGEST_NAME) } else { slug }
}

/// As much of a name in ASCII as fits into `longest` characters, with a digest of the whole.
#[must_use]
pub fn cut(mut name: String, whole: &str, longest: usize) -> String {
    name.truncate(longest.saturating_sub(DIGEST + 1));
    name.truncate(name.trim_end_matches('-').len());
    name.push('-');
    name.push_str(&Digest::of(whole).beginning(DIGEST));
    name
}

/// What a stage's name begins with, before the digest, if it is one that was cut. Pipelines write the name of a branch in many ways, as a
/// slug or as a part of one, and each has another digest: all of them begin alike.
#[must_use]
pub fn beginning(stage: &str) -> Option<&str> {
    let (kept, digest) = stage.rsplit_once('-')?;
    let is_digest = digest.len() == DIGEST && digest.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    // Where the cut meets a hyphen, the name is one character shorter.
    (is_digest && stage.len() >= LONGEST_NAME - 1).then_some(kept)
}

/// The stage of a pull request, before its number.
pub const PULL_REQUEST: &str = "pr-";

/// The number of the pull request that a stage is for.
#[must_use]
pub fn pull_request(stage: &str) -> Option<u64> {
    let number = stage.strip_prefix(PULL_REQUEST)?;
    number.bytes().all(|b| b.is_ascii_digit()).then(|| number.parse().ok())?
}

/// Whether `name` fits `pattern`, in which `*` stands for any text, also none, and `?` for one character.
#[must_use]
pub fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    // The usual two-pointer walk: remember the last star, and let it take one more character on a mismatch.
    let (mut p, mut n, mut star) = (0, 0, None);
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(c) if *c == '?' || *c == name[n] => {
                p += 1;
                n += 1;
            }
            _ => match star {
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    p = at + 1;
                    n = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

/// How many characters of a pattern are literal: the more, the closer it describes a stage.
#[must_use]
pub fn literals(pattern: &str) -> usize {
    pattern.chars().filter(|c| !matches!(c, '*' | '?')).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_slugs() {
        for (name, expected) in
            [("feature/auth", "feature-auth"), ("PR-12", "pr-12"), ("--a__b--", "a-b"), ("../x", "x"), ("ä", "")]
        {
            assert_eq!(slug(name), expected, "{name}");
        }
    }

    #[test]
    fn long_names_are_cut_and_stay_apart() {
        let long = "dependabot/npm_and_yarn/types/node-20.11.5";
        assert_eq!(stage_name("feature/auth"), "feature-auth");
        assert_eq!(stage_name(&"a".repeat(40)), "a".repeat(40));
        assert_eq!(stage_name(long), "dependabot-npm-and-yarn-types-n-72d8c326");
        assert_eq!(stage_name(&stage_name(long)), stage_name(long), "its own name");
        assert_ne!(stage_name(long), stage_name(&long.replace('_', "-")), "by the name as it was written");
        // Where the cut meets a hyphen there is one.
        assert_eq!(stage_name(&format!("{}/{}", "a".repeat(30), "b".repeat(20))).find("a-"), Some(29));
        assert!(!stage_name(&format!("{}/{}", "a".repeat(30), "b".repeat(20))).contains("--"));
    }

    #[test]
    fn cut_names_begin_alike_however_they_were_written() {
        let long = "feature/PROJ-1234-make-the-shopping-basket-remember-things";
        let slug = slug(long);
        for written in [long, &slug, &slug[..48], &long.replace('/', "-"), &long.to_lowercase()] {
            assert_eq!(beginning(&stage_name(written)), Some("feature-proj-1234-make-the-shop"), "{written}");
        }
        let at_hyphen = format!("{}/{}", "a".repeat(30), "b".repeat(20));
        assert_eq!(beginning(&stage_name(&at_hyphen)), Some("a".repeat(30).as_str()));
        for whole in ["feature-auth", "feature-deadbeef", &"a".repeat(40), &format!("{}-notahash", "a".repeat(31))] {
            assert_eq!(beginning(whole), None, "{whole}");
        }
    }

    #[test]
    fn stages_of_pull_requests_have_their_number() {
        for (stage, expected) in
            [("pr-1", Some(1)), ("pr-123", Some(123)), ("pr-", None), ("pr-1a", None), ("pr-+1", None)]
        {
            assert_eq!(pull_request(stage), expected, "{stage}");
        }
    }

    #[test]
    fn patterns_match() {
        for (pattern, name, expected) in [
            ("dev-*", "dev-anna", true),
            ("dev-*", "dev-", true),
            ("dev-*", "develop", false),
            ("*", "", true),
            ("pr-?", "pr-1", true),
            ("pr-?", "pr-12", false),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-b-b", false),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
        assert_eq!(literals("dev-*"), 4);
    }
}
