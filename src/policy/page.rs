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

## Your own rules

`check --policy` also evaluates `policies/*.guard`, beside `environments/`: rules in the language of AWS CloudFormation Guard 3, for every template of
every stage that is checked, in production and in pull requests alike. `build` never looks at them.

```
rule BUCKETS_KEEP_VERSIONS when Resources.*[ Type == 'AWS::S3::Bucket' ] !empty {
    Resources.*[ Type == 'AWS::S3::Bucket' ].Properties.VersioningConfiguration.Status == \"Enabled\"
    <<What was overwritten can be brought back. Write `versioning: true`.>>
}
```

A rule that is not kept is an error (`CFN475`) at the line of the manifest that the property comes from, or at the component where it is missing, with
the line of the rule and its message. Where no setting sets a property, `overrides` does. `suppress: {BUCKETS_KEEP_VERSIONS: <reason>}` leaves the
resources of a component alone, whether or not the rule itself asks for `Metadata.guard.SuppressedRules`; so name rules in capitals, with
an underscore.

Templates are evaluated as `cfn-guard validate` would evaluate the files in `out/`. Rules run in a process of its own, with 10 seconds for a file and 2 GiB: one
that makes Guard fail is told (`CFN477`), and the others are evaluated all the same. A file that cannot be read is told with the
place (`CFN476`). What all stages share (`out/_bootstrap/`) is not evaluated: nothing in a manifest could change it.

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
