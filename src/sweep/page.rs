//! The list of stages that are over, as people and programs read it.

use serde_json::{Value as Json, json as object};

use super::{Over, Reason};
use crate::emit::shell_word;

/// What the commands are made of.
#[derive(Debug)]
pub struct Page {
    /// The options that name the project and its folder, as `build` takes them.
    pub options: Vec<String>,
    /// The folder that holds those of the stages, as the commands name it.
    pub out: String,
    /// The day.
    pub today: super::Day,
}

impl Page {
    /// The commands that take a stage down; none where nothing can build its script.
    fn commands(&self, over: &Over) -> Vec<String> {
        if !over.has_layer {
            return Vec::new();
        }
        let stage = &over.standing.stage;
        let words = |words: Vec<&str>| words.into_iter().map(shell_word).collect::<Vec<_>>().join(" ");
        let options = self.options.iter().map(String::as_str);
        let build = ["reggie-cfn", "build", stage].into_iter().chain(options).collect();
        vec![words(build), words(vec![&format!("{}/{stage}/teardown.sh", self.out), stage])]
    }
}

impl Reason {
    fn word(&self) -> &'static str {
        match self {
            Reason::Branch { .. } => "branch",
            Reason::PullRequest => "pull_request",
            Reason::Time { .. } => "time",
        }
    }

    fn text(&self) -> String {
        match self {
            Reason::Branch { pattern, fitting: 1 } => format!("no branch is called so (1 fits `{pattern}`)"),
            Reason::Branch { pattern, fitting } => format!("no branch is called so ({fitting} fit `{pattern}`)"),
            Reason::PullRequest => "its pull request is closed".to_owned(),
            Reason::Time { days: 1, last } => format!("its day ended on {last}"),
            Reason::Time { days, last } => format!("its {days} days ended on {last}"),
        }
    }
}

/// The page for people: a row a stage, then the commands.
#[must_use]
pub fn text(page: &Page, over: &[Over]) -> String {
    if over.is_empty() {
        return "no stage is over\n".to_owned();
    }
    let row = |over: &Over| {
        let standing = &over.standing;
        let reasons: Vec<String> = over.reasons.iter().map(|reason| reason.text()).collect();
        [
            standing.stage.clone(),
            standing.owner.clone().unwrap_or_else(|| "-".to_owned()),
            standing.changed.day().to_string(),
            reasons.join("; "),
        ]
    };
    let head = ["stage", "owner", "changed", "why"].map(str::to_owned);
    let rows: Vec<[String; 4]> = [head].into_iter().chain(over.iter().map(row)).collect();
    let width = |i: usize| rows.iter().filter_map(|row| row.get(i)).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let (first, second, third) = (width(0), width(1), width(2));
    let mut text = String::new();
    for [stage, owner, changed, why] in &rows {
        text.push_str(&format!("{stage:first$}  {owner:second$}  {changed:third$}  {why}\n"));
    }
    text.push_str("\nTo take them down:\n");
    for one in over {
        let stage = &one.standing.stage;
        match page.commands(one).as_slice() {
            [] => text
                .push_str(&format!("  # {stage}: no layer is for it; `reggie-cfn explain STG019` says what to do\n")),
            commands => text.push_str(&format!("  {}\n", commands.join(" && "))),
        }
        if one.standing.is_protected {
            text.push_str(&format!("  # it is protected: the script takes `--unprotect {stage}` as well\n"));
        }
    }
    text
}

/// The page for programs.
#[must_use]
pub fn json(page: &Page, over: &[Over]) -> String {
    let reason = |reason: &Reason| {
        let mut said = object!({"reason": reason.word(), "text": reason.text()});
        let more = match reason {
            Reason::Branch { pattern, fitting } => {
                vec![("pattern", Json::from(pattern.as_str())), ("fitting", Json::from(*fitting))]
            }
            Reason::PullRequest => Vec::new(),
            Reason::Time { days, last } => vec![("days", Json::from(*days)), ("last", Json::from(last.to_string()))],
        };
        for (key, value) in more {
            said.as_object_mut().into_iter().for_each(|said| drop(said.insert(key.to_owned(), value.clone())));
        }
        said
    };
    let one = |over: &Over| {
        let standing = &over.standing;
        object!({
            "stage": standing.stage,
            "owner": standing.owner,
            "changed": standing.changed.day().to_string(),
            "reasons": over.reasons.iter().map(reason).collect::<Vec<Json>>(),
            "protected": standing.is_protected,
            "stacks": standing.stacks.iter().map(|s| object!({"region": s.region, "name": s.name})).collect::<Vec<Json>>(),
            "commands": page.commands(over),
        })
    };
    let page = object!({"today": page.today.to_string(), "over": over.iter().map(one).collect::<Vec<Json>>()});
    format!("{page}\n")
}

/// A number of stacks, in words.
pub(super) fn stacks(count: usize) -> String {
    if count == 1 { "1 stack".to_owned() } else { format!("{count} stacks") }
}
