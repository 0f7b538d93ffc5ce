//! Distributions of CloudFront, and what belongs to them.

use super::subject::{Subject, all_items, boolean, is_plain, lacks, may_vanish, text, text_at};
use super::text::Arn;
use crate::cfn::Target;
use crate::component::US_EAST_1;
use crate::diag::{Code, Diagnostics, did_you_mean, quote_list};
use crate::value::Value;

/// `CFN423`: a host without a certificate.
pub const CFN423: Code = Code {
    id: "CFN423",
    explanation: "a distribution has a host of its own, and no certificate for it\n\n\
        CloudFront takes an alternate domain name (`Aliases`) only together with a certificate that covers it: \
        `ViewerCertificate` with `AcmCertificateArn` or `IamCertificateId`. Its default certificate covers names below \
        `cloudfront.net` only. CloudFront refuses the distribution otherwise, with `InvalidViewerCertificate` (Amazon CloudFront \
        Developer Guide, \"Requirements for using alternate domain names\").",
};

/// `CFN424`: what CloudFront takes from us-east-1 only.
pub const CFN424: Code = Code {
    id: "CFN424",
    explanation: "a distribution is given something of another region than us-east-1\n\n\
        CloudFront is a service of the whole world, and reads what it uses in us-east-1: certificates of ACM, web ACLs of AWS WAF \
        (of scope `CLOUDFRONT`, in stacks of us-east-1) and functions of Lambda@Edge. It refuses those of other regions (Amazon \
        CloudFront Developer Guide, \"Requirements for using SSL/TLS certificates with CloudFront\"; AWS WAF Developer Guide, \
        \"Setting the scope\").\n\n\
        Make them in a stack of us-east-1, and hand over their ARNs.",
};

/// `CFN425`: a behaviour whose origin is not there.
pub const CFN425: Code = Code {
    id: "CFN425",
    explanation: "a behaviour of a distribution names an origin that is not there\n\n\
        `TargetOriginId` is the `Id` of one of the distribution's `Origins`, or of one of its `OriginGroups` (CloudFormation \
        Template Reference, `AWS::CloudFront::Distribution DefaultCacheBehavior`). CloudFront refuses the distribution otherwise.",
};

/// `CFN426`: two behaviours of one path.
pub const CFN426: Code = Code {
    id: "CFN426",
    explanation: "two behaviours of a distribution have the same path\n\n\
        Each `PathPattern` stands in one behaviour: CloudFront takes the first that fits a request, and refuses a distribution that \
        has one twice (Amazon CloudFront API Reference, `CreateDistribution`: `InvalidArgument`).",
};

/// Checks a distribution.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Diagnostics) {
    let Some(config) = subject.get(&["DistributionConfig"]).filter(|config| is_plain(config)) else { return };
    aliases(subject, config, findings);
    for (path, what) in
        [(["ViewerCertificate", "AcmCertificateArn"].as_slice(), "a certificate"), (&["WebACLId"], "a web ACL")]
    {
        if let Some(value) = config.at(path) {
            elsewhere(subject, value, what, findings);
        }
    }
    let default = config.get("DefaultCacheBehavior");
    let others = config.get("CacheBehaviors").map(Value::items).unwrap_or_default();
    for behavior in default.into_iter().chain(others) {
        target(subject, config, behavior, findings);
        for function in behavior.get("LambdaFunctionAssociations").map(Value::items).unwrap_or_default() {
            if let Some(arn) = function.get("LambdaFunctionARN") {
                elsewhere(subject, arn, "a function", findings);
            }
        }
    }
    paths(subject, others, findings);
}

/// What is only for CloudFront stands in us-east-1.
pub(super) fn web_acl(subject: &Subject<'_>, findings: &mut Diagnostics) {
    let Some(scope) = subject.get(&["Scope"]).filter(|s| s.as_text() == Some("CLOUDFRONT")) else { return };
    let Some(region) = subject.scope.region.filter(|region| is_elsewhere(region)) else { return };
    let title = format!("`{}` is of the scope `CLOUDFRONT`, and its stack stands in `{region}`", subject.id());
    let diagnostic = subject.error(CFN424, title, scope.origin, "only in us-east-1");
    findings.push(diagnostic.help("move it to a stack of us-east-1, or write `REGIONAL`"));
}

/// Whether CloudFront takes nothing of a region. China has a CloudFront of its own.
fn is_elsewhere(region: &str) -> bool {
    region != US_EAST_1 && !region.starts_with("cn-") && !region.contains("iso")
}

fn aliases(subject: &Subject<'_>, config: &Value<Target>, findings: &mut Diagnostics) {
    let Some(alias) = config.get("Aliases").and_then(|a| a.items().iter().find(|alias| !may_vanish(alias))) else {
        return;
    };
    let given = ["AcmCertificateArn", "IamCertificateId"];
    let at = match config.get("ViewerCertificate") {
        None => alias.origin,
        Some(certificate) if certificate.get("CloudFrontDefaultCertificate").and_then(boolean) == Some(true) => {
            certificate.origin
        }
        Some(certificate) if given.iter().all(|key| lacks(certificate, key)) => certificate.origin,
        Some(_) => return,
    };
    let whose = text(alias).map_or_else(|| "a host of its own".to_owned(), |host| format!("the host `{host}`"));
    let title = format!("`{}` has {whose}, and no certificate for it", subject.id());
    let diagnostic = subject
        .error(CFN423, title, at, "a certificate is needed")
        .note("the default certificate covers names below `cloudfront.net` only")
        .help("write `ViewerCertificate` with the `AcmCertificateArn` of a certificate in us-east-1");
    findings.push(match at == alias.origin {
        true => diagnostic,
        false => diagnostic.context_if_known(subject.scope.origins, Some(alias.origin), "the host"),
    });
}

/// Reports what is surely not in us-east-1: by its ARN, or since it is made in this very stack.
fn elsewhere(subject: &Subject<'_>, value: &Value<Target>, what: &str, findings: &mut Diagnostics) {
    let arn = Arn::of(value).filter(|arn| arn.partition().is_none_or(|partition| partition == "aws"));
    let of_arn = arn.as_ref().and_then(|arn| match (arn.service()?, arn.region()?) {
        // Where there is no region, the web ACL is one of WAF Classic.
        (_, "") => None,
        ("wafv2", _) if arn.rest()?.starts_with("regional/") => Some("of the scope `REGIONAL`".to_owned()),
        (_, region) => is_elsewhere(region).then(|| format!("of the region `{region}`")),
    });
    let made = || {
        let made = subject.referred(value)?;
        let region = subject.scope.region.filter(|region| is_elsewhere(region))?;
        match made.resource.type_name() {
            "AWS::WAFv2::WebACL" if made.get(&["Scope"]).and_then(Value::as_text) == Some("REGIONAL") => {
                Some("of the scope `REGIONAL`".to_owned())
            }
            // Of the scope `CLOUDFRONT`: the web ACL itself is reported.
            "AWS::WAFv2::WebACL" => None,
            "AWS::CertificateManager::Certificate" | "AWS::Lambda::Function" | "AWS::Lambda::Version" => {
                Some(format!("of the region `{region}`"))
            }
            _ => None,
        }
    };
    let Some(whose) = of_arn.or_else(made) else { return };
    let title = format!("`{}` uses {what} {whose}, which CloudFront does not take", subject.id());
    let diagnostic = subject.error(CFN424, title, value.origin, "not of us-east-1");
    findings.push(diagnostic.help(format!("make {what} in a stack of us-east-1, and write its ARN")));
}

/// A behaviour's origin is one of the distribution's.
fn target(subject: &Subject<'_>, config: &Value<Target>, behavior: &Value<Target>, findings: &mut Diagnostics) {
    let Some(written) = behavior.get("TargetOriginId") else { return };
    let Some(id) = text(written) else { return };
    let Some(known) = origins(config) else { return };
    if known.contains(&id) {
        return;
    }
    let title = format!("`{}` sends requests to the origin `{id}`, which it does not have", subject.id());
    let diagnostic = subject.error(CFN425, title, written.origin, "no such origin");
    findings.push(match did_you_mean(&id, known.iter().map(String::as_str)) {
        Some(near) => subject.repair(diagnostic.help(format!("did you mean `{near}`?")), written, near),
        None if known.is_empty() => diagnostic.help("write the origin in `Origins`"),
        None => diagnostic.help(format!("its origins are {}", quote_list(&known))),
    });
}

/// The ids of all origins and groups of them, where all are known.
fn origins(config: &Value<Target>) -> Option<Vec<String>> {
    let mut known = Vec::new();
    // What the old properties make has an id that CloudFormation chooses.
    if !["CustomOrigin", "S3Origin"].iter().all(|key| lacks(config, key)) {
        return None;
    }
    let lists = [config.get("Origins"), config.get("OriginGroups").map(|groups| groups.get("Items").unwrap_or(groups))];
    for list in lists.into_iter().flatten() {
        for origin in all_items(list)? {
            known.push(text_at(origin, &["Id"])?);
        }
    }
    Some(known)
}

fn paths(subject: &Subject<'_>, behaviors: &[Value<Target>], findings: &mut Diagnostics) {
    let paths: Vec<(&Value<Target>, String)> =
        behaviors.iter().filter_map(|b| b.get("PathPattern")).filter_map(|p| Some((p, text(p)?))).collect();
    for (at, (second, path)) in paths.iter().enumerate() {
        let Some((first, _)) = paths.iter().take(at).find(|(_, other)| other == path) else { continue };
        let title = format!("two behaviours of `{}` are for the path `{path}`", subject.id());
        findings.push(
            subject
                .error(CFN426, title, second.origin, "is there already")
                .context_if_known(subject.scope.origins, Some(first.origin), "the first of that path")
                .help("remove one of the two behaviours, or give it another path"),
        );
    }
}
