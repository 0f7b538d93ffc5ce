//! The page of the rules, for people.

use super::{Rule, rules};
use crate::diag::Severity;

const INTRODUCTION: &str = "\
# Policy

Rules that every `build` and `check` holds against the templates, beside what CloudFormation would refuse. They bite where CloudFormation is
written by hand: in `resource` components and in `overrides`. What kinds make keeps them, or follows a setting that has decided about it. A
value that only the deploy knows (`!Ref`, `!If`, an import) is never guessed at.

`reggie-cfn explain POL001` says why a rule is one. An error stops the build; a warning does with `--strict`.

## What must be so all the same

```yaml
components:
  Catalogue:
    type: resource
    resource_type: AWS::S3::Bucket
    suppress:
      POL043: Read by cameras that know no TLS, in a network of their own
      CKV_AWS_18: Who reads the catalogue is nobody's concern
```

- A rule of ours, with a reason: its findings at this component are not shown. The resources where it would have found something
  get the reason in their Metadata, under the ids by which the other tools know the same rule: `cfn-lint: {config: {ignore_checks}, reasons}`,
  `checkov: {skip}`, `guard: {SuppressedRules, reasons}`.
- A rule of cfn-lint (`W3005`), checkov (`CKV_AWS_18`) or cfn-guard (`S3_BUCKET_LOGGING_ENABLED`), with a reason: it lands in the Metadata of
  every resource of the component.
- A `reason` of `permissions` stands for a suppression: it is written into the Metadata of the policy that allows `*`.
- One that hides nothing is told (`CFN470`), so that it does not hide the next mistake.

Suppressions merge like every other setting: one for a stage alone stands in its overlay, one for all components of a kind in `defaults`.

## Rules

| rule | | what it finds | types | the same elsewhere |
| --- | --- | --- | --- | --- |
";

/// The page of all rules, from their table.
#[must_use]
pub fn page() -> String {
    rules().fold(INTRODUCTION.to_owned(), |page, rule| page + &row(rule))
}

fn row(rule: &Rule) -> String {
    let severity = match rule.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let title = rule.code.explanation.lines().next().unwrap_or_default();
    let types: Vec<String> = rule.types.iter().map(|(of, _)| format!("`{}`", of.trim_start_matches("AWS::"))).collect();
    let mut ids: Vec<&str> = rule.types.iter().flat_map(|(_, ids)| *ids).copied().collect();
    ids.sort_unstable();
    ids.dedup();
    let ids: Vec<String> = ids.iter().map(|id| format!("`{id}`")).collect();
    format!("| `{}` | {severity} | {title} | {} | {} |\n", rule.code.id, types.join(" "), ids.join(" "))
}
