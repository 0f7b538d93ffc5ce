//! What the `aws` CLI printed: stacks and certificates, each with the places that findings point to.

use std::collections::{BTreeMap, BTreeSet};

use super::form::normal;
use crate::diag::{Code, Diagnostic, Diagnostics, quote_list};
use crate::json::{Json, Located, documents};
use crate::source::{FileId, Sources, Span};

/// A file is no JSON.
pub const DNS020: Code = Code {
    id: "DNS020",
    explanation: "a file is not what the `aws` CLI prints\n\n`dns resolve` reads what `aws cloudformation describe-stacks` and `aws acm \
                  describe-certificate` print with `--output json`; several such documents may stand in a file one after the other. The \
                  file is empty, ends before its last document does, or holds something else: then nothing is taken from it, because \
                  half of an answer could be taken for all of it. Run the command again, and look at what it says.",
};

/// A document is about something else.
pub const DNS021: Code = Code {
    id: "DNS021",
    explanation: "a document is not the one that was asked for\n\nThe file holds JSON, but not what `describe-stacks` (`--stacks`) or \
                  `describe-certificate` (`--certificates`) print: a message about an error, the output of another command, or one that \
                  `--query` cut down. The message says which command prints what is needed.",
};

/// The two kinds of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Stacks,
    Certificates,
}

impl Asked {
    /// The field that its documents have.
    fn field(self) -> &'static str {
        match self {
            Asked::Stacks => "Stacks",
            Asked::Certificates => "Certificate",
        }
    }

    /// The command that prints them.
    fn command(self) -> &'static str {
        match self {
            Asked::Stacks => "aws cloudformation describe-stacks",
            Asked::Certificates => "aws acm describe-certificate",
        }
    }

    /// The option that takes them.
    fn option(self) -> &'static str {
        match self {
            Asked::Stacks => "--stacks",
            Asked::Certificates => "--certificates",
        }
    }
}

/// What AWS says of stacks and certificates.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// The stacks, in the order of the files.
    pub(super) stacks: Vec<Stack>,
    /// The certificates, in the order of the files.
    pub(super) certificates: Vec<Certificate>,
    /// Whether a list of stacks is only a part of one.
    pub(super) goes_on: bool,
}

/// A stack as it was described.
#[derive(Debug, Clone)]
pub(super) struct Stack {
    /// Its name.
    pub name: Located,
    /// Its region, of its ARN.
    pub region: String,
    /// Its account, of its ARN.
    pub account: String,
    /// Where its ARN stands.
    pub id: Span,
    /// Its state.
    pub status: Located,
    /// Why it is in that state, where CloudFormation says it.
    pub reason: Option<String>,
    /// Its outputs by key.
    pub outputs: Vec<(String, Located)>,
}

/// A certificate as it was described.
#[derive(Debug, Clone)]
pub(super) struct Certificate {
    /// Its region, of its ARN.
    pub region: String,
    /// Its account, of its ARN.
    pub account: String,
    /// Where its ARN stands.
    pub arn: Span,
    /// All names that it covers, normal.
    pub names: BTreeSet<String>,
    /// Its state.
    pub status: Located,
    /// Why it failed, where ACM says it.
    pub reason: Option<String>,
    /// How its names are validated.
    pub validations: Vec<Validation>,
}

/// How one name of a certificate is validated.
#[derive(Debug, Clone)]
pub(super) struct Validation {
    /// The name, normal, without a `*`.
    pub domain: String,
    /// `DNS` or `EMAIL`, where it is said.
    pub method: Option<Located>,
    /// Name, type and value of the record, once ACM has made them.
    pub record: Option<[Located; 3]>,
}

/// Reads files. What is no answer of AWS is reported.
#[must_use]
pub fn read(stacks: &[FileId], certificates: &[FileId], sources: &Sources, findings: &mut Diagnostics) -> Said {
    let mut said = Said::default();
    for file in stacks {
        for answer in answers(Asked::Stacks, *file, sources, findings) {
            said.goes_on |= answer.goes_on;
            for item in answer.items {
                said.stacks.extend(told(Asked::Stacks, stack(item), findings));
            }
        }
    }
    for file in certificates {
        for answer in answers(Asked::Certificates, *file, sources, findings) {
            for item in answer.items {
                said.certificates.extend(told(Asked::Certificates, certificate(item), findings));
            }
        }
    }
    said
}

/// A document.
struct Answer<'a> {
    /// Stacks, or the one certificate.
    items: Vec<Json<'a>>,
    /// Whether there are more.
    goes_on: bool,
}

/// The documents of a file; none where any of it is something else.
fn answers<'a>(asked: Asked, file: FileId, sources: &'a Sources, findings: &mut Diagnostics) -> Vec<Answer<'a>> {
    let text = &sources.file(file).text;
    let found = match documents(text, file) {
        Ok(found) if found.is_empty() => {
            let finding = Diagnostic::error(DNS020, format!("`{}` is empty", sources.file(file).path));
            findings.push(help(finding.at(Span::new(file, 0, 0), "nothing here"), asked));
            return Vec::new();
        }
        Ok(found) => found,
        Err(broken) => {
            findings.push(not_json(asked, &broken, file, sources));
            return Vec::new();
        }
    };
    found.into_iter().filter_map(|document| answer(asked, document, findings)).collect()
}

fn not_json(asked: Asked, broken: &crate::json::Broken, file: FileId, sources: &Sources) -> Diagnostic {
    let file = sources.file(file);
    let (path, start) = (&file.path, file.text.trim_start());
    let finding = |title: String, label: &str| help(Diagnostic::error(DNS020, title).at(broken.span, label), asked);
    if start.starts_with('<') {
        return finding(format!("`{path}` holds a page of HTML or XML, and no JSON"), "no JSON begins so");
    }
    if start.starts_with("An error occurred") || start.starts_with("aws: error") || start.starts_with("usage: aws") {
        let first = start.lines().next().unwrap_or_default().to_owned();
        return finding(format!("`{path}` holds a message of the `aws` CLI, and no answer"), "not JSON").note(first);
    }
    if broken.ends_early {
        return finding(format!("`{path}` ends in the middle of a document"), "it ends here");
    }
    let finding = finding(format!("`{path}` is no JSON"), "not JSON");
    let is_other =
        ["Stacks:", "Certificate:", "STACKS\t", "CERTIFICATE\t", "---", "|"].iter().any(|o| start.starts_with(o));
    if is_other { finding.help("add `--output json` to the command") } else { finding }
}

fn help(finding: Diagnostic, asked: Asked) -> Diagnostic {
    finding.help(format!("write the file anew with `{} … --output json`", asked.command()))
}

fn answer<'a>(asked: Asked, document: Json<'a>, findings: &mut Diagnostics) -> Option<Answer<'a>> {
    let fields = document.fields().unwrap_or_default();
    let found = fields.get(asked.field()).copied();
    let items = match asked {
        Asked::Stacks => found.and_then(Json::items),
        Asked::Certificates => found.map(|one| vec![one]),
    };
    if items.is_none() {
        findings.push(other(asked, document, &fields));
    }
    Some(Answer { items: items?, goes_on: fields.contains_key("NextToken") })
}

/// A document that is about something else.
fn other(asked: Asked, document: Json<'_>, fields: &BTreeMap<String, Json<'_>>) -> Diagnostic {
    let says = |key: &str| fields.get(key).copied();
    let (title, label) = (format!("a document has no `{}`", asked.field()), "this document");
    let finding = Diagnostic::error(DNS021, title).at(document.start(), label);
    let belongs = [Asked::Stacks, Asked::Certificates].into_iter().find(|other| fields.contains_key(other.field()));
    if let Some(other) = belongs.filter(|other| *other != asked) {
        return finding.help(format!(
            "give the file with `{}`: it holds what `{}` prints",
            other.option(),
            other.command()
        ));
    }
    let message = says("Error").and_then(|error| error.fields()?.get("Message")?.string());
    let message = message.or_else(|| ["message", "Message"].into_iter().find_map(|key| says(key)?.string()));
    let finding = match message {
        Some(message) => finding.note(format!("it holds a message: {}", message.text)),
        None if fields.is_empty() => finding,
        None => finding.note(format!("it has {}", quote_list(&fields.keys().collect::<Vec<_>>()))),
    };
    finding.help(format!("give what `{}` prints, without `--query`", asked.command()))
}

/// What a document lacks.
struct Lacks<'a> {
    item: Json<'a>,
    field: &'static str,
}

fn told<T>(asked: Asked, read: Result<T, Lacks<'_>>, findings: &mut Diagnostics) -> Option<T> {
    let wrong = |lacks: Lacks<'_>| {
        let what = match asked {
            Asked::Stacks => "stack",
            Asked::Certificates => "certificate",
        };
        let title = format!("a {what} has no `{}` as AWS writes it", lacks.field);
        let finding = Diagnostic::error(DNS021, title).at(lacks.item.start(), format!("this {what}"));
        findings.push(finding.help(format!("give what `{}` prints, without `--query`", asked.command())));
    };
    read.map_err(wrong).ok()
}

/// `arn:aws:cloudformation:eu-west-2:123456789012:stack/…`: region and account.
fn arn(text: &str, service: &str) -> Option<(String, String)> {
    let mut parts = text.split(':');
    let is_arn = parts.next() == Some("arn") && parts.next().is_some() && parts.next() == Some(service);
    let (region, account) = (parts.next()?, parts.next()?);
    (is_arn && !region.is_empty() && parts.next().is_some()).then(|| (region.to_owned(), account.to_owned()))
}

fn stack(item: Json<'_>) -> Result<Stack, Lacks<'_>> {
    let fields = item.fields().unwrap_or_default();
    let text = |field: &'static str| fields.get(field).and_then(|value| value.string()).ok_or(Lacks { item, field });
    let id = text("StackId")?;
    let (region, account) = arn(&id.text, "cloudformation").ok_or(Lacks { item, field: "StackId" })?;
    let outputs = match fields.get("Outputs") {
        None => Vec::new(),
        Some(outputs) => outputs
            .items()
            .and_then(|all| all.into_iter().map(output).collect::<Option<_>>())
            .ok_or(Lacks { item, field: "Outputs" })?,
    };
    Ok(Stack {
        name: text("StackName")?,
        region,
        account,
        id: id.span,
        status: text("StackStatus")?,
        reason: text("StackStatusReason").ok().map(|reason| reason.text),
        outputs,
    })
}

fn output(item: Json<'_>) -> Option<(String, Located)> {
    let fields = item.fields()?;
    Some((fields.get("OutputKey")?.string()?.text, fields.get("OutputValue")?.string()?))
}

fn certificate(item: Json<'_>) -> Result<Certificate, Lacks<'_>> {
    let fields = item.fields().unwrap_or_default();
    let text = |field: &'static str| fields.get(field).and_then(|value| value.string()).ok_or(Lacks { item, field });
    let list = |field: &'static str| match fields.get(field) {
        None => Ok(Vec::new()),
        Some(items) => items.items().ok_or(Lacks { item, field }),
    };
    let id = text("CertificateArn")?;
    let (region, account) = arn(&id.text, "acm").ok_or(Lacks { item, field: "CertificateArn" })?;
    let mut names = BTreeSet::from([normal(&text("DomainName")?.text)]);
    for name in list("SubjectAlternativeNames")? {
        names.insert(normal(&name.string().ok_or(Lacks { item, field: "SubjectAlternativeNames" })?.text));
    }
    let field = "DomainValidationOptions";
    let validations = list(field)?.into_iter().map(validation).collect::<Option<_>>().ok_or(Lacks { item, field })?;
    let reason = text("FailureReason").or(text("RevocationReason")).ok().map(|reason| reason.text);
    Ok(Certificate { region, account, arn: id.span, names, status: text("Status")?, reason, validations })
}

fn validation(item: Json<'_>) -> Option<Validation> {
    let fields = item.fields()?;
    let record = match fields.get("ResourceRecord") {
        None => None,
        Some(record) => {
            let record = record.fields()?;
            let text = |field: &str| record.get(field)?.string();
            Some([text("Name")?, text("Type")?, text("Value")?])
        }
    };
    let domain = normal(&fields.get("DomainName")?.string()?.text);
    let domain = domain.strip_prefix("*.").map(str::to_owned).unwrap_or(domain);
    Some(Validation { domain, method: fields.get("ValidationMethod").and_then(|m| m.string()), record })
}
