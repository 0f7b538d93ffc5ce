//! `certificate`: a certificate of AWS Certificate Manager, by region.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Attribute, Context, Fragment, Interface, Kind, KindEntry, StackName};
use crate::diag::{Code, Diagnostic};
use crate::value::Entry;

/// The kind.
pub const KIND: KindEntry =
    KindEntry::of::<Settings>("certificate", "A TLS certificate of AWS Certificate Manager.", StackName::Certificates)
        .imports(&["arns"])
        .outputs(&["arn"])
        .imported(imported)
        .codes(&[CODES]);

/// Codes of this kind.
pub const CODES: &[Code] = &[CFN170, CFN171, CFN172];

/// `CFN170`: a certificate that is to be made.
pub const CFN170: Code = Code {
    id: "CFN170",
    explanation: "the certificate is not imported\n\n\
        A certificate must be validated by a DNS record before it is issued, and CloudFormation waits for that with the whole \
        stack. Making one is not built yet; one that exists can be imported:\n\n    \
        ApiCertificate:\n      \
        type: certificate\n      \
        import: {arns: {eu-west-2: \"arn:aws:acm:eu-west-2:123456789012:certificate/<id>\"}}\n\n\
        `aws acm request-certificate --validation-method DNS --domain-name api.getreggie.io --region eu-west-2` requests one, \
        and `aws acm describe-certificate` shows the record to set.",
};

/// `CFN171`: an import without ARNs, or with something that is none.
pub const CFN171: Code = Code {
    id: "CFN171",
    explanation: "an import of a certificate holds something that is no certificate's ARN\n\n\
        `arns` is a map from a region to the ARN of the certificate there, which `aws acm list-certificates --region <region>` \
        shows: `arn:aws:acm:<region>:<account, 12 digits>:certificate/<id>`. Server certificates of IAM have another form and \
        cannot be used by API Gateway.",
};

/// `CFN172`: an ARN of another region.
pub const CFN172: Code = Code {
    id: "CFN172",
    explanation: "the ARN is of another region than it stands for\n\n\
        The fourth part of a certificate's ARN is its region, and a certificate can be used only there. An ARN under another \
        region's key would be refused when deployed.",
};

/// Settings of a certificate. There are none yet: one that exists is imported.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {}

impl Kind for Settings {
    fn interface(&self, _: &Context<'_>) -> Interface {
        Interface::default()
    }

    fn lower(&self, on: &Context<'_>) -> Vec<Fragment> {
        let title = format!("`{}` is a certificate that is not imported", on.name);
        let arn = format!("arn:aws:acm:{}:<account>:certificate/<id>", on.region.value);
        on.report(
            on.at(Diagnostic::error(CFN170, title), on.origin, "nothing says which one it is")
                .note("certificates cannot be made here yet, only imported")
                .help(format!("write `import: {{arns: {{{}: \"{arn}\"}}}}`", on.region.value)),
        );
        Vec::new()
    }
}

/// What an imported certificate offers: the ARN of the project's region, if it lists one. Who needs it and finds none
/// reports that.
fn imported(on: &Context<'_>, ids: Vec<Attribute>) -> Vec<Attribute> {
    // Another stack gives the ARN itself.
    if ids.iter().any(|id| id.name == "arn") {
        return ids;
    }
    let entries = ids.iter().find(|id| id.name == "arns").map(|id| id.value.entries()).unwrap_or_default();
    if entries.is_empty() {
        let title = format!("the import of `{}` lists no ARN", on.name);
        on.report(
            on.at(Diagnostic::error(CFN171, title), on.origin, "imported without `arns`")
                .help(format!("write `import: {{arns: {{{}: <the certificate's ARN>}}}}`", on.region.value)),
        );
        // Whoever needs it is not at fault.
        return vec![Attribute::open("arn", on.text("a certificate that is not there", &[], ""))];
    }
    for entry in entries {
        check(on, entry);
    }
    let arn = entries.iter().find(|e| e.key == on.region.value);
    arn.map(|e| Attribute::open("arn", e.value.clone())).into_iter().collect()
}

/// Reports an ARN that is none, or not of the region that it stands for. One that only the deploy knows is taken as it is.
fn check(on: &Context<'_>, entry: &Entry) {
    let Some(arn) = entry.value.as_text() else { return };
    let region = entry.key.as_str();
    let Some(found) = region_of(arn) else {
        let title = format!("`arns` of `{}` holds something for {region} that is no certificate's ARN", on.name);
        return on.report(
            on.at(Diagnostic::error(CFN171, title), entry.value.origin, "not a certificate's ARN")
                .note(format!("the form is `arn:aws:acm:{region}:<12 digits>:certificate/<id>`"))
                .help(format!("`aws acm list-certificates --region {region}` shows it")),
        );
    };
    if found != region {
        let title = format!("`arns` of `{}` holds a certificate of {found} under {region}", on.name);
        on.report(
            on.at(Diagnostic::error(CFN172, title), entry.value.origin, &format!("of {found}"))
                .context_if_known(on.origins, Some(entry.key_origin), &format!("stands for {region}"))
                .note("a certificate can be used only in its own region")
                .help(format!("write the ARN of one in {region}, or the key `{found}`")),
        );
    }
}

/// The region of a certificate's ARN, if it is one.
fn region_of(arn: &str) -> Option<&str> {
    let parts: Vec<&str> = arn.split(':').collect();
    let ["arn", partition, "acm", region, account, resource] = parts.as_slice() else { return None };
    let id = resource.strip_prefix("certificate/")?;
    let sizes: Vec<usize> = id.split('-').map(str::len).collect();
    let is_uuid = sizes == [8, 4, 4, 4, 12] && id.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit());
    let is_account = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    (partition.starts_with("aws") && is_account && is_uuid && !region.is_empty()).then_some(region)
}

#[cfg(test)]
mod tests {
    use super::region_of;

    #[test]
    fn regions_of_arns() {
        let id = "12345678-1234-1234-1234-123456789abc";
        let arn = |region: &str, account: &str, id: &str| format!("arn:aws:acm:{region}:{account}:certificate/{id}");
        assert_eq!(region_of(&arn("eu-west-2", "123456789012", id)), Some("eu-west-2"));
        assert_eq!(region_of(&arn("eu-west-2", "12345678901", id)), None);
        assert_eq!(region_of(&arn("eu-west-2", "123456789012", "abc")), None);
        assert_eq!(region_of("arn:aws:iam::123456789012:server-certificate/x"), None);
    }
}
