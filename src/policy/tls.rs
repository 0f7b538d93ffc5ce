//! Encryption of what travels.

use super::documents::{Statement, statements};
use super::seen::{self, Seen, each, is_unknown};
use super::switch::{self, Switch, types};
use super::{Found, On, Rule};
use crate::cfn::{self, Resource, Target};
use crate::diag::{Code, Severity};
use crate::link::Stack;
use crate::value::{Kind, Value};

/// `POL040`: visitors without TLS.
pub const POL040: Code = Code {
    id: "POL040",
    explanation: "visitors may ask without TLS\n\n\
        With `ViewerProtocolPolicy: allow-all`, or a load balancer that answers plain HTTP, pages, passwords and cookies cross the network \
        in plain text for whoever comes by an old link. Send visitors on to https.\n\n\
        AWS Security Hub, controls CloudFront.3 and ELB.1.",
};

/// `POL041`: versions of TLS that are broken.
pub const POL041: Code = Code {
    id: "POL041",
    explanation: "visitors may use versions of TLS that are out of date\n\n\
        TLS 1.0 and 1.1 have been deprecated since 2021 (RFC 8996), and no browser in use needs them. CloudFront takes TLS 1.0 \
        where a certificate stands without `MinimumProtocolVersion`.\n\n\
        CloudFront Developer Guide, \"Supported protocols and ciphers\"; AWS Security Hub, control ELB.17.",
};

/// `POL042`: an origin without TLS.
pub const POL042: Code = Code {
    id: "POL042",
    explanation: "an origin is asked without TLS\n\n\
        Between CloudFront and the origin a request crosses the internet like any other. `http-only` sends it in plain text; SSL 3, TLS \
        1.0 and 1.1 are out of date (RFC 8996). Only websites of S3 know no TLS: let CloudFront reach the bucket itself, by an origin \
        access control.\n\n\
        AWS Security Hub, controls CloudFront.9 and CloudFront.10.",
};

/// `POL043`: a bucket that answers plain requests.
pub const POL043: Code = Code {
    id: "POL043",
    explanation: "a bucket answers requests without TLS\n\n\
        S3 takes plain HTTP unless the bucket's policy refuses it: a statement that denies `s3:*` to everyone where \
        `aws:SecureTransport` is `false`. A presigned URL with `http://` would otherwise work, and be read on its way.\n\n\
        AWS Security Hub, control S3.5. A bucket of kind `bucket` has that statement.",
};

/// `POL044`: a database that takes connections without TLS.
pub const POL044: Code = Code {
    id: "POL044",
    explanation: "a database takes connections without TLS\n\n\
        Passwords and data then cross the network in plain text, for every host of the VPC that can listen.\n\n\
        Amazon RDS User Guide, \"Requiring an SSL connection to a PostgreSQL DB instance\" and \"Using TLS/SSL with RDS Proxy\"; AWS Security \
        Hub, controls ElastiCache.5 and Opensearch.8.",
};

const IN_TRANSIT: [Switch; 7] = [
    Switch::at("AWS::DocDB::DBClusterParameterGroup", &["Parameters", "tls"], &["CKV_AWS_90"])
        .words("enabled", "disabled"),
    Switch::at(
        "AWS::ElastiCache::ReplicationGroup",
        &["TransitEncryptionEnabled"],
        &["CKV_AWS_30", "ELASTICACHE_REPLICATION_GROUP_TRANSIT_ENCRYPTION"],
    )
    .off()
    .on_for("Engine", "valkey"),
    Switch::at(
        "AWS::Elasticsearch::Domain",
        &["DomainEndpointOptions", "EnforceHTTPS"],
        &["CKV_AWS_83", "ELASTICSEARCH_HTTPS_REQUIRED"],
    )
    .off(),
    Switch::at(
        "AWS::OpenSearchService::Domain",
        &["DomainEndpointOptions", "EnforceHTTPS"],
        &["OPENSEARCH_HTTPS_REQUIRED"],
    )
    .off(),
    Switch::at("AWS::RDS::DBClusterParameterGroup", &["Parameters", "rds.force_ssl"], &[]).words("1", "0"),
    Switch::at("AWS::RDS::DBParameterGroup", &["Parameters", "rds.force_ssl"], &[]).words("1", "0"),
    Switch::at("AWS::RDS::DBProxy", &["RequireTLS"], &[]).off(),
];
const IN_TRANSIT_TYPES: [(&str, &[&str]); IN_TRANSIT.len()] = types(&IN_TRANSIT);

pub(super) const RULES: &[Rule] = &[
    Rule {
        code: POL040,
        severity: Severity::Warning,
        fact: "what is sent without TLS is read on its way (AWS Security Hub, CloudFront.3 and ELB.1)",
        types: &[
            ("AWS::CloudFront::Distribution", &["CKV_AWS_34", "CLOUDFRONT_VIEWER_POLICY_HTTPS"]),
            (
                "AWS::ElasticLoadBalancingV2::Listener",
                &["ALB_HTTP_TO_HTTPS_REDIRECTION_CHECK", "CKV_AWS_2", "ELBV2_LISTENER_PROTOCOL_RULE"],
            ),
        ],
        check: |on, found| match on.resource.type_name() {
            "AWS::CloudFront::Distribution" => plain_visitors(on, found),
            _ => plain_listener(on, found),
        },
    },
    Rule {
        code: POL041,
        severity: Severity::Warning,
        fact: "TLS 1.0 and 1.1 are deprecated (RFC 8996)",
        types: &[
            ("AWS::ApiGateway::DomainName", &[]),
            ("AWS::ApiGatewayV2::DomainName", &[]),
            ("AWS::CloudFront::Distribution", &["CKV_AWS_174", "CLOUDFRONT_MINIMUM_PROTOCOL_VERSION_RULE"]),
            ("AWS::ElasticLoadBalancingV2::Listener", &["CKV_AWS_103", "ELBV2_LISTENER_SSL_POLICY_RULE"]),
        ],
        check: old_tls,
    },
    Rule {
        code: POL042,
        severity: Severity::Warning,
        fact: "the way to an origin leads through the internet (AWS Security Hub, CloudFront.9 and CloudFront.10)",
        types: &[("AWS::CloudFront::Distribution", &[])],
        check: plain_origins,
    },
    Rule {
        code: POL043,
        severity: Severity::Warning,
        fact: "S3 answers plain HTTP unless a policy refuses it (AWS Security Hub, S3.5)",
        // The rule of cfn-guard looks at policies, and this one at buckets that have none.
        types: &[("AWS::S3::Bucket", &[])],
        check: plain_bucket,
    },
    Rule {
        code: POL044,
        severity: Severity::Warning,
        fact: "passwords and data would cross the network in plain text (AWS Security Hub, ElastiCache.5)",
        types: &IN_TRANSIT_TYPES,
        check: |on, found| {
            // A `postgres` says so itself, of its own `parameters`.
            if on.get("Parameters").is_some() && !on.by_hand("Parameters") {
                return;
            }
            let title = |id: &str| format!("`{id}` takes connections without TLS");
            switch::check(on, &IN_TRANSIT, true, found, title, "without TLS");
        },
    },
];

/// The default behaviour of a distribution and the others.
fn behaviours<'a>(on: &On<'a>) -> impl Iterator<Item = &'a Value<Target>> {
    let config = on.get("DistributionConfig");
    let default = config.and_then(|c| c.get("DefaultCacheBehavior"));
    default.into_iter().chain(each(config.and_then(|c| c.get("CacheBehaviors"))))
}

fn plain_visitors(on: &On<'_>, found: &mut Vec<Found>) {
    for policy in behaviours(on).filter_map(|b| b.get("ViewerProtocolPolicy")) {
        if policy.as_text() == Some("allow-all") {
            let title = format!("`{}` lets visitors ask without TLS", on.resource.id);
            let help = "write `redirect-to-https`";
            found.push(Found::at(policy, title, "plain HTTP as well").help(help).instead("redirect-to-https"));
        }
    }
}

fn plain_listener(on: &On<'_>, found: &mut Vec<Found>) {
    let Some(protocol) = on.get("Protocol").filter(|v| v.as_text() == Some("HTTP")) else { return };
    let actions = each(on.get("DefaultActions"));
    // An action that only the deploy knows may be one that redirects.
    let redirects =
        |a: &Value<Target>| is_unknown(a) || a.get("Type").is_none_or(|t| t.as_text().is_none_or(|t| t == "redirect"));
    if !actions.iter().any(redirects) {
        let title = format!("`{}` answers plain HTTP", on.resource.id);
        let help = "listen with `HTTPS` and a certificate, and let the listener on port 80 redirect to it";
        found.push(Found::at(protocol, title, "not encrypted").help(help));
    }
}

/// Policies of load balancers that take TLS 1.0 or 1.1, by how their names begin. Source: Elastic Load Balancing User Guide, "Security
/// policies for your Application Load Balancer", read 2026-11-22.
const OLD_POLICIES: &[&str] = &[
    "ELBSecurityPolicy-2015-05",
    "ELBSecurityPolicy-2016-08",
    "ELBSecurityPolicy-FS-1-1-",
    "ELBSecurityPolicy-FS-2018-06",
    "ELBSecurityPolicy-TLS-1-0-",
    "ELBSecurityPolicy-TLS-1-1-",
    "ELBSecurityPolicy-TLS13-1-0-",
    "ELBSecurityPolicy-TLS13-1-1-",
];

fn old_tls(on: &On<'_>, found: &mut Vec<Found>) {
    let title = || format!("`{}` takes versions of TLS that are out of date", on.resource.id);
    let mut old = |value: &Value<Target>, word: &'static str| {
        found.push(Found::at(value, title(), "TLS 1.0 or 1.1").help(format!("write `{word}`")).instead(word));
    };
    match on.resource.type_name() {
        "AWS::ApiGateway::DomainName" | "AWS::ApiGatewayV2::DomainName" => {
            let each_of = each(on.get("DomainNameConfigurations")).iter().filter_map(|c| c.get("SecurityPolicy"));
            each_of
                .chain(on.get("SecurityPolicy"))
                .filter(|v| v.as_text() == Some("TLS_1_0"))
                .for_each(|v| old(v, "TLS_1_2"));
        }
        "AWS::ElasticLoadBalancingV2::Listener" => {
            let policy = on.get("SslPolicy");
            let is_old =
                |v: &&Value<Target>| v.as_text().is_some_and(|p| OLD_POLICIES.iter().any(|old| p.starts_with(old)));
            policy.filter(is_old).into_iter().for_each(|v| old(v, "ELBSecurityPolicy-TLS13-1-2-2021-06"));
        }
        _ => {
            const LEAST: &str = "TLSv1.2_2021";
            let certificate = on.get("DistributionConfig").and_then(|c| c.entry("ViewerCertificate"));
            let Some(certificate) = certificate.filter(|c| !is_unknown(&c.value)) else { return };
            let of_its_own =
                ["AcmCertificateArn", "IamCertificateId"].iter().any(|k| certificate.value.get(k).is_some());
            match certificate.value.get("MinimumProtocolVersion") {
                Some(v) if matches!(v.as_text(), Some("SSLv3" | "TLSv1" | "TLSv1_2016" | "TLSv1.1_2016")) => {
                    old(v, LEAST)
                }
                None if of_its_own => {
                    let line = format!("MinimumProtocolVersion: {LEAST}");
                    found.push(Found::missing(Some(certificate), line, title()));
                }
                _ => {}
            }
        }
    }
}

fn plain_origins(on: &On<'_>, found: &mut Vec<Found>) {
    let origins = each(on.get("DistributionConfig").and_then(|c| c.get("Origins")));
    for origin in origins {
        let Some(custom) = origin.get("CustomOriginConfig") else { continue };
        if let Some(policy) = custom.get("OriginProtocolPolicy").filter(|v| v.as_text() == Some("http-only")) {
            let title = format!("`{}` asks an origin without TLS", on.resource.id);
            found.push(Found::at(policy, title, "plain HTTP").help("write `https-only`").instead("https-only"));
        }
        for protocol in each(custom.get("OriginSSLProtocols")) {
            if matches!(protocol.as_text(), Some("SSLv3" | "TLSv1" | "TLSv1.1")) {
                let title = format!("`{}` asks an origin by an old version of TLS", on.resource.id);
                found.push(Found::at(protocol, title, "out of date").help("write `TLSv1.2` alone"));
            }
        }
    }
}

fn plain_bucket(on: &On<'_>, found: &mut Vec<Found>) {
    let mut policies = Vec::new();
    for stack in &on.linked.stacks {
        for policy in stack.template.resources.iter().filter(|r| r.type_name() == "AWS::S3::BucketPolicy") {
            match is_for(on, stack, policy) {
                Some(true) => policies.push(policy),
                Some(false) => {}
                // It may be this bucket's.
                None => return,
            }
        }
    }
    let refuses = |policy: &&Resource<Target>| {
        let document = policy.properties.get("PolicyDocument");
        document.is_none_or(is_unknown)
            || document.into_iter().flat_map(statements).any(Statement::refuses_plain_requests)
    };
    if !policies.iter().any(refuses) {
        let title = format!("the bucket `{}` answers requests without TLS", on.resource.id);
        let help = "give it a policy that denies `s3:*` to everyone where `aws:SecureTransport` is `false`";
        found.push(Found::whole(title, "plain HTTP as well").help(help));
    }
}

/// Whether a policy of `stack` is the bucket's, where the template says so.
fn is_for(on: &On<'_>, stack: &Stack, policy: &Resource<Target>) -> Option<bool> {
    let bucket = policy.properties.get("Bucket")?;
    match &bucket.kind {
        Kind::Ref(Target::Ref(id)) if stack.template.resource(id).is_some() => {
            Some(stack.id == on.stack.id && *id == on.resource.id)
        }
        Kind::Ref(Target::Import(export)) => {
            let mut outputs = on.stack.template.outputs.iter();
            let output = outputs.find(|o| o.export.as_ref().and_then(Value::as_text) == Some(export));
            Some(output.is_some_and(|o| o.value.kind == Kind::Ref(Target::Ref(on.resource.id.clone()))))
        }
        // A raw reference to a resource of the same stack.
        Kind::Call(name, id) if name == "Ref" => Some(stack.id == on.stack.id && id.as_text() == Some(&on.resource.id)),
        Kind::Text(name) => Some(match seen::at(&on.resource.properties, &["BucketName"]) {
            Seen::This(own) => cfn::literal(own).as_deref() == Some(name),
            Seen::Nothing(_) => false,
            Seen::Unknown => return None,
        }),
        _ => None,
    }
}
