//! Hosts: the output of a stack that says where one leads.

use std::collections::BTreeMap;

use super::Asked;
use super::form::{self, Wrong};
use super::missing::{self, DNS025, DNS026, describe};
use super::said::{Said, Stack};
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean, quote_list};
use crate::dns::plan::OutputAt;
use crate::json::Located;
use crate::part::host::Entrance;
use crate::source::Span;

/// Another account.
pub const DNS022: Code = Code {
    id: "DNS022",
    explanation: "what AWS said is of another account than the stage\n\nThe plan names the account of its stage, and the ARN of the stack or \
                  certificate names another. A record made of it would lead visitors to what somebody else deploys, or would validate \
                  somebody else's certificate. Run the `aws` command with a profile of the right account.",
};

/// A stack in a bad state.
pub const DNS023: Code = Code {
    id: "DNS023",
    explanation: "a stack is in a state whose outputs are not to be used\n\nA stack that failed, was rolled back while it was made, or is \
                  being deleted may still tell outputs, but what they name may be gone in a moment: a record that leads there can be \
                  taken over by others. Repair or delete the stack, deploy again, then describe it anew. After \
                  `UPDATE_ROLLBACK_COMPLETE` the stack is as it was before the update, which is a warning: its hosts work, but the \
                  last deploy did not happen.",
};

/// Two answers.
pub const DNS024: Code = Code {
    id: "DNS024",
    explanation: "two descriptions of one stack say different things\n\nThe files hold the stack twice, and an output that a record needs has \
                  two values. One of them is old, and only the next `describe-stacks` can say which.",
};

/// A value that is no target.
pub const DNS027: Code = Code {
    id: "DNS027",
    explanation: "an output is not the name that a record can lead to\n\nA host that CloudFront serves leads to the name of its distribution \
                  (`d111111abcdef8.cloudfront.net`), one that API Gateway serves to the regional name of its domain \
                  (`d-a1b2c3d4e5.execute-api.eu-west-2.amazonaws.com`) in the stack's own region. Anything else, such as a URL, the API's own \
                  endpoint or a name of somebody else, is refused. Capital letters and a dot at the end mean the same name in DNS; they \
                  are left out, which is said in a note, since AWS writes neither.",
};

/// What the state of a stack means for its outputs.
enum State {
    /// They hold.
    Ready,
    /// They hold, but are those of before the last deploy.
    RolledBack,
    /// They may still change.
    AtWork,
    /// They do not hold.
    Bad,
}

/// Source: AWS CloudFormation User Guide, "Stack status codes".
fn state(status: &str) -> State {
    match status {
        "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "IMPORT_COMPLETE" => State::Ready,
        "UPDATE_ROLLBACK_COMPLETE" | "IMPORT_ROLLBACK_COMPLETE" => State::RolledBack,
        _ if status.starts_with("DELETE_") || status.starts_with("ROLLBACK_") => State::Bad,
        _ if status.ends_with("_IN_PROGRESS") => State::AtWork,
        _ => State::Bad,
    }
}

/// What a host leads to: the value of an output.
pub(super) fn target(
    asked: Asked<'_>,
    entrance: Entrance,
    output: &OutputAt,
    at: Option<Span>,
    said: &Said,
    findings: &mut Diagnostics,
) -> Option<String> {
    let of: Vec<&Stack> =
        said.stacks.iter().filter(|s| s.name.text == output.stack && s.region == output.region).collect();
    if of.is_empty() {
        findings.join(not_given(output, at, said));
        return None;
    }
    let mut ready = Vec::new();
    for stack in of {
        if let Some(finding) =
            of_another_account(asked, &stack.account, stack.id, &format!("stack `{}`", stack.name.text))
        {
            findings.join(finding);
            continue;
        }
        match state(&stack.status.text) {
            State::Ready => ready.push(stack),
            State::RolledBack => {
                findings.join(rolled_back(stack));
                ready.push(stack);
            }
            State::AtWork => {}
            State::Bad => findings.join(bad(asked, stack)),
        }
    }
    if ready.is_empty() {
        let at_work = said.stacks.iter().filter(|s| s.name.text == output.stack && s.region == output.region);
        let at_work = at_work.filter(|s| matches!(state(&s.status.text), State::AtWork));
        at_work.for_each(|stack| findings.join(still_at_work(stack)));
        return None;
    }
    let (stack, value) = the_value(output, &ready, at, findings)?;
    match form::target(entrance, &output.region, &value.text) {
        Ok(name) => {
            if name != value.text {
                findings.join(spelt_otherwise(output, value, &name));
            }
            Some(name)
        }
        Err(wrong) => {
            findings.join(wrong_form(output, stack, value, wrong));
            None
        }
    }
}

/// The value of the output that all descriptions of its stack agree on.
fn the_value<'s>(
    output: &OutputAt,
    stacks: &[&'s Stack],
    at: Option<Span>,
    findings: &mut Diagnostics,
) -> Option<(&'s Stack, &'s Located)> {
    let mut values: BTreeMap<&str, (&Stack, &Located)> = BTreeMap::new();
    for stack in stacks {
        match stack.outputs.iter().find(|(key, _)| *key == output.key) {
            Some((_, value)) => drop(values.entry(&value.text).or_insert((stack, value))),
            None => findings.join(no_output(output, stack, at)),
        }
    }
    let mut all: Vec<(&Stack, &Located)> = values.into_values().collect();
    all.sort_by_key(|(_, value)| value.span);
    if let [(_, first), (_, second), ..] = all.as_slice() {
        let title = format!("output `{}` of stack `{}` has two values", output.key, output.stack);
        let finding = Diagnostic::error(DNS024, title)
            .at(second.span, "another value than before")
            .context(first.span, "first said here");
        findings.join(finding.help(describe(&output.stack, &output.region)));
        return None;
    }
    all.first().copied()
}

/// The finding where an ARN names another account than the plan does.
pub(super) fn of_another_account(asked: Asked<'_>, account: &str, at: Span, what: &str) -> Option<Diagnostic> {
    let expected = asked.plan.account.as_ref().filter(|expected| *expected != account)?;
    let title = format!("{what} is in account {account}, and `{}` is in {expected}", asked.owner());
    let finding = Diagnostic::error(DNS022, title).at(at, "of another account");
    Some(finding.help(format!("run the `aws` command with a profile of account {expected}")))
}

fn not_given(output: &OutputAt, at: Option<Span>, said: &Said) -> Diagnostic {
    let OutputAt { stack, region, .. } = output;
    let finding = Diagnostic::error(DNS025, format!("stack `{stack}` in {region} is not described"));
    let finding = missing::needed(finding, at, "leads to an output of that stack");
    let elsewhere: Vec<&str> =
        said.stacks.iter().filter(|s| s.name.text == *stack).map(|s| s.region.as_str()).collect();
    let near = did_you_mean(stack, said.stacks.iter().filter(|s| s.region == *region).map(|s| s.name.text.as_str()));
    let finding = match (elsewhere.first(), near) {
        (Some(there), _) => finding.note(format!("the stack of that name which is described is in {there}")),
        (None, Some(near)) => finding.note(format!("`{near}` is described, and is another stack")),
        (None, None) if said.goes_on => {
            finding.note("a list of stacks that was given goes on: it ends with a `NextToken`")
        }
        (None, None) => finding,
    };
    finding.help(describe(stack, region))
}

fn rolled_back(stack: &Stack) -> Diagnostic {
    let title = format!("the last deploy of stack `{}` was rolled back", stack.name.text);
    let finding = Diagnostic::warning(DNS023, title).at(stack.status.span, "as it was before that deploy");
    reason(finding, stack).note("its outputs are used: they are those of before")
}

fn bad(asked: Asked<'_>, stack: &Stack) -> Diagnostic {
    let (name, region, owner) = (&stack.name.text, &stack.region, asked.owner());
    let again = format!("deploy `{owner}` again, then describe the stack anew");
    let (what, act) = match stack.status.text.as_str() {
        "DELETE_COMPLETE" => ("was deleted", None),
        "DELETE_FAILED" => ("was to be deleted, and that failed", None),
        status if status.starts_with("DELETE_") => ("is being deleted", None),
        // Source: AWS CloudFormation User Guide, "Stack status codes": such a stack can only be deleted.
        status if status.starts_with("ROLLBACK_") => {
            let delete = format!("run `aws cloudformation delete-stack --region {region} --stack-name {name}`");
            ("could not be made, and was rolled back", Some(delete))
        }
        "UPDATE_ROLLBACK_FAILED" => {
            let go_on =
                format!("run `aws cloudformation continue-update-rollback --region {region} --stack-name {name}`");
            ("could neither be updated nor rolled back", Some(go_on))
        }
        status if status.ends_with("_FAILED") => ("failed", None),
        _ => ("is in a state that is not known", None),
    };
    let finding = Diagnostic::error(DNS023, format!("stack `{name}` {what}"));
    let finding = finding.at(stack.status.span, "no record may lead there");
    act.into_iter().fold(reason(finding, stack), Diagnostic::help).help(again)
}

fn still_at_work(stack: &Stack) -> Diagnostic {
    let title = format!("stack `{}` is still at work", stack.name.text);
    let finding = Diagnostic::error(DNS026, title).at(stack.status.span, "its outputs may still change");
    let (name, region, status) = (&stack.name.text, &stack.region, stack.status.text.as_str());
    let waits = match status {
        "CREATE_IN_PROGRESS" => "stack-create-complete",
        "IMPORT_IN_PROGRESS" => "stack-import-complete",
        s if s.contains("ROLLBACK") => "stack-rollback-complete",
        _ => "stack-update-complete",
    };
    let finding = match status {
        "REVIEW_IN_PROGRESS" => {
            finding.help("carry its change set out, or delete the stack: nothing of it has been made yet")
        }
        _ => finding.help(format!("wait: `aws cloudformation wait {waits} --region {region} --stack-name {name}`")),
    };
    finding.help(describe(name, region))
}

fn reason(finding: Diagnostic, stack: &Stack) -> Diagnostic {
    match &stack.reason {
        Some(reason) => finding.note(format!("CloudFormation says: {reason}")),
        None => finding,
    }
}

fn no_output(output: &OutputAt, stack: &Stack, at: Option<Span>) -> Diagnostic {
    let title = format!("stack `{}` has no output `{}`", output.stack, output.key);
    let finding = Diagnostic::error(DNS025, title).at(stack.name.span, "without that output");
    let finding = at.into_iter().fold(finding, |finding, at| finding.context(at, "this record leads to it"));
    let keys: Vec<&str> = stack.outputs.iter().map(|(key, _)| key.as_str()).collect();
    let finding = if keys.is_empty() { finding } else { finding.note(format!("it has {}", quote_list(&keys))) };
    finding
        .help("deploy the template that stands in `out/`, then describe the stack anew")
        .help(describe(&output.stack, &output.region))
}

fn spelt_otherwise(output: &OutputAt, value: &Located, name: &str) -> Diagnostic {
    let title = format!("output `{}` is written with capital letters or a dot at its end", output.key);
    Diagnostic::new(crate::diag::Severity::Note, DNS027, title)
        .at(value.span, "not as AWS writes it")
        .note(format!("the same name in DNS, and so in the record: `{name}`"))
}

fn wrong_form(output: &OutputAt, stack: &Stack, value: &Located, wrong: Wrong) -> Diagnostic {
    let title = format!("output `{}` of stack `{}` {}", output.key, stack.name.text, wrong.what);
    let finding = Diagnostic::error(DNS027, title).at(value.span, "no record can lead there");
    let finding = wrong.note.into_iter().fold(finding, Diagnostic::note);
    finding
        .help("deploy the template that stands in `out/`, whose outputs give the names that records need")
        .help(describe(&stack.name.text, &stack.region))
}
