//! All names of one entrance: what a browser may type, and the one certificate that covers them.
//!
//! An entrance is an API's own domain or a distribution of CloudFront. It takes one certificate, in one region, so that its
//! names are checked and covered together. Whoever has several (a router) makes one [`Hosts`] for each, under a label.

use super::{Form, Host, name_fault, record};
use crate::component::{Attribute, Context, Fragment, Neighbour, StackId, US_EAST_1, pascal};
use crate::diag::{Code, Diagnostic, quote_list};
use crate::part::certificate::{self, attribute_in, covers};
use crate::setting::{Keyed, Setting};
use crate::value::Value;

/// `CFN167`: a certificate that is not there in the region that needs it.
pub const CFN167: Code = Code {
    id: "CFN167",
    explanation: "the certificate has no ARN for this region\n\n\
        A certificate of AWS Certificate Manager can be used only in its own region: API Gateway takes those of the region of \
        the API, CloudFront those of us-east-1, wherever its stack stands. `regions` of a certificate lists where it is made, \
        `arns` of an imported one where it is.\n\n\
        Add the region. The DNS record that validates the names is the same in all regions.",
};

/// `DNS008`: a certificate that does not cover a name.
pub const DNS008: Code = Code {
    id: "DNS008",
    explanation: "the certificate does not cover the name\n\n\
        A certificate covers the names that it lists. A `*` stands for exactly one label: `*.x.io` covers `a.x.io`, but neither \
        `x.io` nor `a.b.x.io` (RFC 9525, section 6.3). Browsers refuse a name that is not covered, and CloudFront and API \
        Gateway refuse to serve it.\n\n\
        Add the name to `hosts` of the certificate, which replaces it, or leave `certificate` out, and the component gets a \
        certificate of its own.",
};

/// `CFN307`: several certificates for what takes one.
pub const CFN307: Code = Code {
    id: "CFN307",
    explanation: "the names of one distribution have several certificates\n\n\
        A distribution of CloudFront has one certificate, which must cover its host, its aliases and the names that it \
        redirects. `certificate` of the host is that of all; aliases and redirects need not repeat it.\n\n\
        Make one certificate for all the names, and name it at `host`; or name none, and one is made.",
};

/// `CFN308`: further names without the first.
pub const CFN308: Code = Code {
    id: "CFN308",
    explanation: "aliases or redirects stand where there is no `host`\n\n\
        `aliases` are further names of what is served under `host`, and `redirects` lead to it. Without a `host` there is \
        nothing for them to belong to. Where a layer takes the host away (`host: none`), it takes them away as well.",
};

/// What a name is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The name that the address is made of.
    Host,
    /// A further name for the same.
    Alias,
    /// A name that leads to the host.
    Redirect,
}

/// A name of an entrance.
#[derive(Debug, Clone)]
pub struct Served<'a> {
    /// What it is for.
    pub role: Role,
    /// The setting that says it: `host`, `aliases.www`.
    pub setting: String,
    /// The name.
    pub name: &'a Setting<String>,
    /// Whether visitors come through the proxy of the DNS provider, where that is said.
    pub proxied: Option<Setting<bool>>,
    /// How many seconds the name is remembered, where that is said.
    pub ttl: Option<Setting<u32>>,
    /// The certificate that is named with it.
    pub certificate: Option<&'a Setting<String>>,
}

impl<'a> Served<'a> {
    /// A host as it is written under `setting`.
    #[must_use]
    pub fn of(role: Role, setting: String, host: &'a Host) -> Self {
        let (proxied, ttl) = (host.proxied, host.ttl);
        Served { role, setting, name: &host.name, proxied, ttl, certificate: host.certificate.as_ref() }
    }
}

/// A name that a component answers to, for the whole stage to see: it belongs to one component.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The name; its first label may be a `*`.
    pub name: Setting<String>,
    /// The setting that says it: `host`, `aliases.www`.
    pub setting: String,
    /// What it is for.
    pub role: Role,
    /// What serves it.
    pub entrance: Entrance,
    /// The attribute of the component that its record leads to.
    pub target: String,
    /// Whether visitors come through the proxy of the DNS provider, where that is said.
    pub proxied: Option<Setting<bool>>,
    /// How many seconds the name is remembered, where that is said.
    pub ttl: Option<Setting<u32>>,
}

/// What serves a name: what a record leads to has one form for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entrance {
    /// A distribution of CloudFront: `d….cloudfront.net`.
    CloudFront,
    /// A regional domain of API Gateway: `d-….execute-api.<region>.amazonaws.com`.
    ApiGateway,
}

/// A certificate that a component makes, for the whole stage to see: records of the zone must validate it.
#[derive(Debug, Clone)]
pub struct Issued {
    /// Its local id.
    pub local: String,
    /// The stack that it stands in.
    pub stack: StackId,
    /// The names that it covers; a first label may be a `*`.
    pub names: Vec<Setting<String>>,
}

/// The names of one entrance, in a fixed order: the host, the aliases, the redirects, each by label.
#[derive(Debug, Clone)]
pub struct Hosts<'a> {
    served: Vec<Served<'a>>,
    /// The region of its certificate.
    region: String,
    /// What serves the names.
    entrance: Entrance,
    /// Which entrance of the component it is, where that has several.
    label: Option<&'a str>,
}

impl<'a> Hosts<'a> {
    /// What an API is served under: its certificate stands in the region of its stack.
    #[must_use]
    pub fn of_api(on: &Context<'_>, host: Option<&'a Host>) -> Self {
        let served = host.map(|host| Served::of(Role::Host, "host".to_owned(), host));
        Hosts {
            served: served.into_iter().collect(),
            region: on.stack().region,
            entrance: Entrance::ApiGateway,
            label: None,
        }
    }

    /// What a distribution of CloudFront is served under: its certificate stands in us-east-1.
    #[must_use]
    pub fn of_distribution(host: Option<&'a Host>, aliases: &'a Keyed<Host>, redirects: &'a Keyed<Host>) -> Self {
        let labelled = |role, setting: &'static str, hosts: &'a Keyed<Host>| {
            hosts.iter().map(move |(label, host)| Served::of(role, format!("{setting}.{}", label.value), host))
        };
        let host = host.map(|host| Served::of(Role::Host, "host".to_owned(), host));
        let further = labelled(Role::Alias, "aliases", aliases).chain(labelled(Role::Redirect, "redirects", redirects));
        let served = host.into_iter().chain(further).collect();
        Hosts { served, region: US_EAST_1.to_owned(), entrance: Entrance::CloudFront, label: None }
    }

    /// One of several distributions of one component, by its label; the host comes first.
    #[must_use]
    pub fn of_distribution_at(label: &'a str, served: Vec<Served<'a>>) -> Self {
        Hosts { served, region: US_EAST_1.to_owned(), entrance: Entrance::CloudFront, label: Some(label) }
    }

    /// The names, for [`Interface::hosts`](crate::component::Interface::hosts). `prefix` is what the attributes of the entrance
    /// begin with.
    #[must_use]
    pub fn claims(&self, prefix: &str) -> Vec<Claim> {
        let claim = |served: &Served<'_>| Claim {
            name: served.name.clone(),
            setting: served.setting.clone(),
            role: served.role,
            entrance: self.entrance,
            target: format!("{prefix}dns_target"),
            proxied: served.proxied,
            ttl: served.ttl,
        };
        self.served.iter().map(claim).collect()
    }

    /// The certificate that is made here, for [`Interface::certificates`](crate::component::Interface::certificates).
    #[must_use]
    pub fn issued(&self, on: &Context<'_>) -> Option<Issued> {
        let names = certificate::short_first(self.names()).into_iter().cloned().collect();
        let stack = certificate::stack(on, &self.region);
        self.makes_one().then(|| Issued { local: self.local_id(), stack, names })
    }

    /// All names, each once, in a fixed order.
    #[must_use]
    pub fn names(&self) -> Vec<&'a Setting<String>> {
        let mut names: Vec<&Setting<String>> = Vec::new();
        for served in &self.served {
            if !names.iter().any(|name| name.value == served.name.value) {
                names.push(served.name);
            }
        }
        names
    }

    /// Reports what is wrong with the names and with what covers them; whether nothing is.
    pub fn check(&self, on: &Context<'_>) -> bool {
        // One after the other: what covers a name is asked of a name, and by one certificate.
        let fine = record::check(on, &self.served);
        self.check_names(on) && self.check_one_certificate(on) && self.check_certificate(on) && fine
    }

    /// The ARN of the certificate that covers the names: that of the component named, or of the one made here. None without
    /// names, and where the component named has none to give.
    #[must_use]
    pub fn certificate(&self, on: &Context<'_>) -> Option<Value> {
        match self.named() {
            Some(named) => {
                let found = on.neighbours.get(&named.value)?;
                Some(on.attribute_of(named, attribute_in(found, &self.region)?))
            }
            None => self.makes_one().then(|| on.own(&self.attribute_name())),
        }
    }

    /// What is made beside the entrance: the certificate where none is named, in the stack of certificates of its region, and the
    /// records of names in zones of Route 53. `prefix` is what the attributes of the entrance begin with.
    #[must_use]
    pub fn fragments(&self, on: &Context<'_>, prefix: &str) -> Vec<Fragment> {
        let names = certificate::short_first(self.names());
        let made = || certificate::fragment(on, &self.local_id(), &self.region, &names);
        let certificate = self.makes_one().then(made).flatten();
        certificate.into_iter().chain(record::fragments(on, &self.names(), self.entrance, prefix)).collect()
    }

    /// What the certificate that is made here adds to the component's attributes, so that another stack can refer to it.
    #[must_use]
    pub fn attribute(&self, on: &Context<'_>) -> Option<Attribute> {
        self.makes_one().then(|| on.from_local(&self.attribute_name(), &self.local_id(), None))
    }

    /// Whether a `*` may stand in a name. The address is made of the only host, but of one of several nothing need be.
    fn takes_wildcard(&self, role: Role) -> bool {
        role == Role::Alias || role == Role::Host && self.label.is_some()
    }

    fn named(&self) -> Option<&'a Setting<String>> {
        self.served.iter().find_map(|served| served.certificate)
    }

    fn makes_one(&self) -> bool {
        !self.served.is_empty() && self.named().is_none()
    }

    fn attribute_name(&self) -> String {
        self.label.map_or("certificate_arn".to_owned(), |label| format!("certificate_arn_{label}"))
    }

    fn local_id(&self) -> String {
        format!("Certificate{}", self.label.map(pascal).unwrap_or_default())
    }

    fn check_names(&self, on: &Context<'_>) -> bool {
        let mut fine = true;
        for served in &self.served {
            let said = format!("`{}` of `{}` is `{}`", served.setting, on.name, served.name.value);
            let form = if self.takes_wildcard(served.role) { Form::Pattern } else { Form::Host };
            if let Some(fault) = name_fault(on.origins, &said, served.name, on.origin, form) {
                on.report(fault);
                fine = false;
            }
        }
        let first = self.served.first().filter(|first| first.role != Role::Host);
        if let Some(first) = first {
            let title = format!("`{}` has `{}`, but no `host`", on.name, first.setting);
            on.report(
                on.at(Diagnostic::error(CFN308, title), first.name.origin, "belongs to no host")
                    .note("aliases and redirects are further names of what is served under `host`")
                    .help("write one of the names as `host`, or take them away as well"),
            );
        }
        fine && first.is_none()
    }

    /// That the certificate of the host is that of all: a distribution takes one.
    fn check_one_certificate(&self, on: &Context<'_>) -> bool {
        let Some(host) = self.served.first() else { return true };
        let differs =
            |s: &&Served<'_>| s.certificate.is_some_and(|own| host.certificate.is_none_or(|c| c.value != own.value));
        let others: Vec<&Served<'_>> = self.served.iter().filter(differs).collect();
        for (other, own) in others.iter().filter_map(|other| Some((other, other.certificate?))) {
            let (title, help) = match host.certificate {
                Some(certificate) => (
                    format!(
                        "`{}` of `{}` names the certificate `{}`, and `{}` names `{}`",
                        other.setting, on.name, own.value, host.setting, certificate.value
                    ),
                    format!(
                        "let `{}` cover `{}` as well, and name no certificate here",
                        certificate.value, other.name.value
                    ),
                ),
                None => (
                    format!(
                        "`{}` of `{}` names the certificate `{}`, and `{}` names none",
                        other.setting, on.name, own.value, host.setting
                    ),
                    format!("name `{}` at `{}`: it then covers all names", own.value, host.setting),
                ),
            };
            let first = host.certificate.unwrap_or(host.name);
            on.report(
                on.at(Diagnostic::error(CFN307, title), own.origin, "another certificate")
                    .context_if_known(on.origins, Some(first.origin), "served together with this")
                    .note("a distribution has one certificate for all its names")
                    .help(help),
            );
        }
        others.is_empty()
    }

    /// That the certificate is there in the region, and covers each name; or that one can be made for them.
    fn check_certificate(&self, on: &Context<'_>) -> bool {
        let Some(named) = self.named() else {
            let names = certificate::short_first(self.names());
            let help = "name a `certificate` whose first name is shorter, such as the wildcard above this one";
            certificate::check(on, &format!("the certificate of `{}`", on.name), &names, help);
            return true;
        };
        let Some(found) = on.neighbour(named, "certificate", &["certificate"]) else { return false };
        if attribute_in(found, &self.region).is_none() {
            self.report_region(on, named, found);
            return false;
        }
        let Some(covered) = &found.interface.covers else { return true };
        let is_covered = |name: &str| covered.iter().any(|by| covers(by, name));
        let mut open = self.served.iter().filter(|served| !is_covered(served.name)).peekable();
        let all = open.peek().is_none();
        open.for_each(|served| report_uncovered(on, served, named, found, covered));
        all
    }

    fn report_region(&self, on: &Context<'_>, named: &Setting<String>, found: &Neighbour) {
        let (name, region, home) = (&named.value, &self.region, &on.region.value);
        let title = format!("`{name}` has no certificate in {region}, where `{}` needs it", on.name);
        let (label, place) = match found.imported {
            true => ("no ARN for this region", "imported here"),
            false => ("made in another region", "made here"),
        };
        let diagnostic = on
            .at(Diagnostic::error(CFN167, title), named.origin, label)
            .context_if_known(on.origins, Some(found.origin), place)
            .note(match self.label.is_some() || *region == US_EAST_1 && region != home {
                true => "CloudFront takes certificates of us-east-1 alone",
                false => "a certificate is of use only in its own region",
            });
        let of_outputs = ["arn", certificate::US_EAST_1_ARN]
            .iter()
            .any(|name| found.interface.attribute(name).is_some_and(|a| a.value.as_text().is_none()));
        on.report(match (found.imported, of_outputs) {
            (false, _) => diagnostic.help(format!("write `regions: [{home}, {US_EAST_1}]` at `{name}`")),
            (true, false) => diagnostic.help(format!("add the ARN of one in {region} to `arns` of `{name}`")),
            (true, true) => {
                diagnostic.help(format!("make one in {region} where `{name}` is made, and publish its ARN there"))
            }
        });
    }
}

fn report_uncovered(
    on: &Context<'_>,
    served: &Served<'_>,
    named: &Setting<String>,
    found: &Neighbour,
    covered: &[Setting<String>],
) {
    let (certificate, name) = (&named.value, &served.name.value);
    let title = format!("`{certificate}` does not cover `{name}`, `{}` of `{}`", served.setting, on.name);
    let names: Vec<&str> = covered.iter().map(|name| name.value.as_str()).collect();
    // Names that are a wildcard's above it, or one label too deep, look covered.
    let near = |wildcard: &&Setting<String>| {
        wildcard.strip_prefix("*.").is_some_and(|above| name == above || name.ends_with(&format!(".{above}")))
    };
    let diagnostic = on.at(Diagnostic::error(DNS008, title), served.name.origin, "not covered");
    let diagnostic = match covered.iter().find(near) {
        Some(wildcard) => diagnostic
            .context_if_known(on.origins, Some(wildcard.origin), "covers names of one label more")
            .note(format!("the `*` of `{}` stands for exactly one label: RFC 9525, section 6.3", wildcard.value)),
        None => diagnostic
            .context_if_known(on.origins, Some(found.origin), "covers other names")
            .note(format!("`{certificate}` covers {}", quote_list(&names))),
    };
    let add = match found.imported {
        true => format!("add `{name}` to `hosts` of `{certificate}` on the stage that makes it"),
        false => format!("add `{name}` to `hosts` of `{certificate}`"),
    };
    on.report(diagnostic.help(add).help("or name no certificate: one is made for these names"));
}

#[cfg(test)]
mod tests;
