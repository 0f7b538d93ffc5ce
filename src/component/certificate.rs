//! `certificate`: a certificate of AWS Certificate Manager, in one region or two.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Attribute, Context, Described, Fragment, Group, Interface, Kind, KindEntry, StackName, US_EAST_1};
use crate::diag::{Code, Diagnostic};
use crate::part::certificate::{self, US_EAST_1_ARN};
use crate::part::host::{Form, Issued, name_fault};
use crate::setting::Setting;
use crate::value::{Entry, Kind as ValueKind, Symbol};

/// The kind.
pub const KIND: KindEntry = KindEntry::of::<Settings>(
    "certificate",
    "A TLS certificate of AWS Certificate Manager, for components or stages that share one.",
    StackName::Certificates,
)
.drawn(Group::Networking)
.imports(&["arns"])
.outputs(&["arn", US_EAST_1_ARN])
.chosen_attributes(&[(US_EAST_1_ARN, "regions")])
.imported(imported)
.answers()
.codes(&[CODES]);

/// Codes of this kind.
pub const CODES: &[Code] = &[CFN171, CFN172, CFN301, CFN302, CFN306];

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

/// `CFN301`: a name twice.
pub const CFN301: Code = Code {
    id: "CFN301",
    explanation: "`hosts` of a certificate lists a name twice\n\n\
        Each name is covered once. Two references may come to the same name on one stage and to different ones on another: \
        then that stage's overlay writes the whole list.",
};

/// `CFN302`: a region without a stack for it.
pub const CFN302: Code = Code {
    id: "CFN302",
    explanation: "a certificate is made for a region where nothing of the stage stands\n\n\
        API Gateway takes certificates of the project's region, CloudFront those of us-east-1. Nothing here could use one of \
        another region.",
};

/// `CFN306`: another stack.
pub const CFN306: Code = Code {
    id: "CFN306",
    explanation: "a certificate is placed in another stack\n\n\
        CloudFormation waits for a certificate until DNS records prove whose its names are, and the stack with it (AWS \
        CloudFormation, `AWS::CertificateManager::Certificate`). So certificates stand in stacks that hold nothing else, one in \
        each region.",
};

/// Settings of a certificate. CloudFormation waits until DNS records validate its names, which the deploy sets meanwhile.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The names that it covers; `*.getreggie.io` stands for all of one label more. The first has at most 64 characters, and
    /// ten are an account's quota. Create-only: other names make a new certificate, and the old one stays behind.
    #[schemars(length(min = 1), inner(length(min = 1, max = 253)), example = &["getreggie.io", "*.getreggie.io"])]
    hosts: Setting<Vec<Setting<String>>>,
    /// Where it is made: the project's region, which APIs need, and `us-east-1`, which CloudFront needs.
    #[schemars(length(min = 1), extend("default" = ["us-east-1"]), example = &["eu-west-2", "us-east-1"])]
    regions: Setting<Vec<Setting<String>>>,
}

impl Kind for Settings {
    fn interface(&self, on: &Context<'_>) -> Interface {
        let local = |region: &str| on.local(local_id(on, region), None);
        // Who names one that is made nowhere is not at fault.
        let is_nowhere = !self.is_made_in(&on.region.value) && !self.is_made_in(US_EAST_1);
        let home = (is_nowhere || self.is_made_in(&on.region.value)).then(|| local(&on.region.value));
        let us_east_1 = (is_nowhere || self.is_made_in(US_EAST_1)).then(|| local(US_EAST_1));
        let arn = home.or_else(|| us_east_1.clone()).map(|arn| Attribute::open("arn", arn));
        let attributes = arn.into_iter().chain(us_east_1.map(|arn| Attribute::open(US_EAST_1_ARN, arn))).collect();
        let issued = |region: &str| Issued {
            local: local_id(on, region).to_owned(),
            stack: certificate::stack(on, region),
            names: self.hosts.value.clone(),
        };
        let certificates = self.regions_of(on).into_iter().map(issued).collect();
        Interface { attributes, certificates, covers: Some(self.hosts.value.clone()), ..Interface::default() }
    }

    fn described(&self, on: &Context<'_>) -> Described {
        let names: Vec<&str> = self.hosts.value.iter().map(|host| host.value.as_str()).collect();
        let regions: Vec<&str> = self.regions.value.iter().map(|region| region.value.as_str()).collect();
        Described::of(on, "Certificate Manager").fact(names.join(", ")).fact(regions.join(", "))
    }

    fn lower(&self, on: &Context<'_>) -> Vec<Fragment> {
        self.check(on);
        let names: Vec<&Setting<String>> = self.hosts.iter().collect();
        let fragment = |region: &str| certificate::fragment(on, local_id(on, region), region, &names);
        self.regions_of(on).into_iter().filter_map(fragment).collect()
    }
}

/// The local id of the certificate of a region: the project's is the component itself, so that another region comes and goes
/// without changing it.
fn local_id(on: &Context<'_>, region: &str) -> &'static str {
    if region == on.region.value { "Self" } else { "UsEast1" }
}

impl Settings {
    /// The regions that it is made in, the project's first.
    fn regions_of<'a>(&self, on: &Context<'a>) -> Vec<&'a str> {
        let mut regions = vec![on.region.value.as_str(), US_EAST_1];
        regions.dedup();
        regions.retain(|region| self.is_made_in(region));
        regions
    }

    fn is_made_in(&self, region: &str) -> bool {
        self.regions.iter().any(|made| made.value == region)
    }

    fn check(&self, on: &Context<'_>) {
        let mut names: Vec<&Setting<String>> = Vec::new();
        for name in self.hosts.iter() {
            let said = format!("`hosts` of `{}` holds `{}`", on.name, name.value);
            name_fault(on.origins, &said, name, on.origin, Form::Pattern)
                .into_iter()
                .for_each(|fault| on.report(fault));
            match names.iter().find(|known| known.value == name.value) {
                Some(first) => on.report(
                    on.at(
                        Diagnostic::error(CFN301, format!("`hosts` of `{}` lists `{}` twice", on.name, name.value)),
                        name.origin,
                        "there already",
                    )
                    .context_if_known(on.origins, Some(first.origin), "the first time")
                    .help("remove one of the two"),
                ),
                None => names.push(name),
            }
        }
        certificate::check(on, &format!("`{}`", on.name), &names, "put a shorter name first");
        self.check_place(on);
    }

    fn check_place(&self, on: &Context<'_>) {
        let home = &on.region.value;
        for region in self.regions.iter().filter(|r| r.value != *home && r.value != US_EAST_1) {
            let title = format!("`{}` is to be made in {}, where nothing could use it", on.name, region.value);
            on.report(
                on.at(Diagnostic::error(CFN302, title), region.origin, "not a region of this stage")
                    .context_if_known(on.origins, Some(on.region.origin), "the region of its APIs")
                    .note("API Gateway takes certificates of its own region, CloudFront those of us-east-1")
                    .help(match home == US_EAST_1 {
                        true => format!("write `regions: [{US_EAST_1}]`"),
                        false => format!("write `regions: [{home}, {US_EAST_1}]`, or one of the two"),
                    }),
            );
        }
        if let Some(stack) = on.common.stack.filter(|stack| stack.value != StackName::Certificates) {
            let title =
                format!("`{}` is placed in the stack `{}`, which would wait for it", on.name, stack.value.word());
            on.report(
                on.at(Diagnostic::error(CFN306, title), stack.origin, "not a stack of certificates")
                    .note("CloudFormation waits with the whole stack until DNS records validate the names")
                    .help("remove `stack`"),
            );
        }
    }
}

/// What an imported certificate offers: `arn` for the project's region, or for us-east-1 where it gives none for that, and the
/// one of us-east-1 by its own name. Who needs one and finds none reports that.
fn imported(on: &Context<'_>, ids: Vec<Attribute>) -> Vec<Attribute> {
    let (arns, given): (Vec<_>, Vec<_>) = ids.into_iter().partition(|id| id.name == "arns");
    let value = |name: &str| given.iter().find(|id| id.name == name).map(|id| id.value.clone());
    // What another stack of us-east-1 gives is of us-east-1, by whatever name.
    let is_there = |value: &crate::value::Value| matches!(&value.kind, ValueKind::Ref(Symbol::Output { region, .. }) if region == US_EAST_1);
    let (mut arn, mut us_east_1) = (value("arn"), value(US_EAST_1_ARN));
    us_east_1 = us_east_1.or_else(|| arn.clone().filter(is_there));
    let entries = arns.first().map(|id| id.value.entries()).unwrap_or_default();
    if entries.is_empty() && given.is_empty() {
        // Another stage or stack that gives nothing was told.
        if !arns.is_empty() {
            let title = format!("the import of `{}` lists no ARN", on.name);
            on.report(
                on.at(Diagnostic::error(CFN171, title), on.origin, "imported without `arns`")
                    .help(format!("write `import: {{arns: {{{}: <the certificate's ARN>}}}}`", on.region.value)),
            );
        }
        // Whoever needs it is not at fault.
        let nothing = |name| Attribute::open(name, on.text("a certificate that is not there", &[], name));
        return vec![nothing("arn"), nothing(US_EAST_1_ARN)];
    }
    for entry in entries {
        check(on, entry);
    }
    let listed = |region: &str| entries.iter().find(|e| e.key == region).map(|e| e.value.clone());
    us_east_1 = listed(US_EAST_1).or(us_east_1);
    arn = listed(&on.region.value).or(arn).or_else(|| us_east_1.clone());
    let attribute = |name: &str, value: Option<_>| value.map(|value| Attribute::open(name, value));
    attribute("arn", arn).into_iter().chain(attribute(US_EAST_1_ARN, us_east_1)).collect()
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
