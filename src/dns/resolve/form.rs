//! What names of AWS look like. A record leads visitors where its content says, so nothing else is ever taken for one.

use crate::part::host::Entrance;

/// The longest label of a name.
///
/// Source: RFC 1035, 2.3.4.
const LONGEST_LABEL: usize = 63;

/// Why a text is not the name that it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    /// What it is: goes on after "the output".
    pub what: String,
    /// A fact.
    pub note: Option<&'static str>,
}

impl Wrong {
    fn of(what: impl Into<String>) -> Wrong {
        Wrong { what: what.into(), note: None }
    }
}

/// A name as records have it: small letters, no dot at the end.
pub(super) fn normal(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

/// The name that an output gives for a host; none of what looks like one and is not.
pub(super) fn target(entrance: Entrance, region: &str, value: &str) -> Result<String, Wrong> {
    plain(value)?;
    let name = normal(value);
    match entrance {
        Entrance::CloudFront => match name.strip_suffix(".cloudfront.net") {
            Some(id) if is_distribution(id) => Ok(name),
            _ if name.contains(".execute-api.") => {
                Err(Wrong::of("is a name of API Gateway, and CloudFront serves the host"))
            }
            _ => Err(Wrong::of("is not the name of a distribution, `d….cloudfront.net`")),
        },
        Entrance::ApiGateway => regional(&name, region).map(|()| name),
    }
}

/// Refuses what is no name at all.
fn plain(value: &str) -> Result<(), Wrong> {
    if value.is_empty() {
        return Err(Wrong::of("is empty"));
    }
    if value.contains("://") {
        return Err(Wrong {
            note: Some("a record leads to a name, which has neither a scheme nor a path"),
            ..Wrong::of("is a URL")
        });
    }
    if let Some(c) = value.chars().find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))) {
        let what = if c.is_control() { "holds a control character".to_owned() } else { format!("holds `{c}`") };
        return Err(Wrong { note: Some("names of AWS have letters, digits, hyphens and dots"), ..Wrong::of(what) });
    }
    if let Some(label) = value.split('.').find(|label| label.len() > LONGEST_LABEL) {
        let what = format!("has a label of {} characters", label.len());
        return Err(Wrong { note: Some("a label has at most 63 characters (RFC 1035)"), ..Wrong::of(what) });
    }
    Ok(())
}

/// `d` and 8 to 20 letters and digits.
fn is_distribution(id: &str) -> bool {
    id.strip_prefix('d').is_some_and(|id| (8..=20).contains(&id.len()) && is_word(id))
}

/// `d-`, 10 letters and digits, `.execute-api.<region>.amazonaws.com`.
fn regional(name: &str, region: &str) -> Result<(), Wrong> {
    if name.ends_with(".cloudfront.net") {
        return Err(Wrong::of("is a name of CloudFront, and API Gateway serves the host"));
    }
    let wrong =
        || Wrong::of("is not the regional name of a domain of API Gateway, `d-….execute-api.<region>.amazonaws.com`");
    let (label, rest) = name.split_once(".execute-api.").ok_or_else(wrong)?;
    let there = rest.strip_suffix(".amazonaws.com").or(rest.strip_suffix(".amazonaws.com.cn")).ok_or_else(wrong)?;
    if is_word(label) {
        return Err(Wrong {
            note: Some(
                "an API answers there under that name alone, and with 403 under any other; a domain name of API Gateway has a name of its own, `d-…`",
            ),
            ..Wrong::of("is the API's own endpoint")
        });
    }
    if !label.strip_prefix("d-").is_some_and(|id| id.len() == 10 && is_word(id)) {
        return Err(wrong());
    }
    if there != region {
        return Err(Wrong::of(format!("is a name in {there}, and its stack is in {region}")));
    }
    Ok(())
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

/// The record that validates a name: `_<32 hex>.<domain>` with `_<32 hex>.….acm-validations.aws`, both normal.
pub(super) fn validation(domain: &str, kind: &str, name: &str, value: &str) -> Result<(String, String), Wrong> {
    if kind != "CNAME" {
        return Err(Wrong::of("is no CNAME"));
    }
    plain(name).and_then(|()| plain(value))?;
    let (name, value) = (normal(name), normal(value));
    let of_domain = name.strip_suffix(domain).and_then(|token| token.strip_suffix('.'));
    if !of_domain.is_some_and(is_token) {
        return Err(Wrong::of(format!("has not the name `_<32 hex digits>.{domain}`")));
    }
    let (token, rest) = value.split_once('.').unwrap_or((&value, ""));
    let authority = rest == "acm-validations.aws" || rest.ends_with(".acm-validations.aws");
    match is_token(token) && authority {
        true => Ok((name, value)),
        false => Err(Wrong::of("does not lead to `_<32 hex digits>.….acm-validations.aws`")),
    }
}

fn is_token(label: &str) -> bool {
    let is_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    label.strip_prefix('_').is_some_and(|hex| hex.len() == 32 && hex.bytes().all(is_hex))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(entrance: Entrance, value: &str) -> String {
        target(entrance, "eu-west-2", value).unwrap_err().what
    }

    #[test]
    fn names_of_aws_are_taken() {
        for (entrance, value, name) in [
            (Entrance::CloudFront, "d111111abcdef8.cloudfront.net", "d111111abcdef8.cloudfront.net"),
            (Entrance::CloudFront, "D111111ABCDEF8.CloudFront.net.", "d111111abcdef8.cloudfront.net"),
            (
                Entrance::ApiGateway,
                "d-a1b2c3d4e5.execute-api.eu-west-2.amazonaws.com",
                "d-a1b2c3d4e5.execute-api.eu-west-2.amazonaws.com",
            ),
        ] {
            assert_eq!(target(entrance, "eu-west-2", value).as_deref(), Ok(name));
        }
        let chinese = "d-a1b2c3d4e5.execute-api.cn-north-1.amazonaws.com.cn";
        assert!(target(Entrance::ApiGateway, "cn-north-1", chinese).is_ok());
    }

    #[test]
    fn anything_else_says_what_it_is() {
        use Entrance::{ApiGateway, CloudFront};
        let long = format!("{}.cloudfront.net", "a".repeat(64));
        for (entrance, value, what) in [
            (CloudFront, "https://d111111abcdef8.cloudfront.net", "is a URL"),
            (CloudFront, "", "is empty"),
            (CloudFront, "d111111abcdef8.cloudfront.net\nevil", "control character"),
            (CloudFront, "\u{1b}[2Jd111111abcdef8.cloudfront.net", "control character"),
            (CloudFront, "d111111abcdef8.cloudfront.net/x", "holds `/`"),
            (CloudFront, "d111111abcdef8.cloudfront.net..", "not the name of a distribution"),
            (CloudFront, "evil.d111111abcdef8.cloudfront.net", "not the name of a distribution"),
            (CloudFront, "d111111abcdef8.cloudfront.net.evil.example", "not the name of a distribution"),
            (CloudFront, &long, "label of 64 characters"),
            (CloudFront, "d-a1b2c3d4e5.execute-api.eu-west-2.amazonaws.com", "a name of API Gateway"),
            (ApiGateway, "d111111abcdef8.cloudfront.net", "a name of CloudFront"),
            (ApiGateway, "a1b2c3d4e5.execute-api.eu-west-2.amazonaws.com", "own endpoint"),
            (ApiGateway, "d-a1b2c3d4e5.execute-api.us-east-1.amazonaws.com", "in us-east-1"),
            (ApiGateway, "d-a1b2c3d4e5.execute-api.eu-west-2.evil.example", "not the regional name"),
            (ApiGateway, "d-a1b2c3.execute-api.eu-west-2.amazonaws.com", "not the regional name"),
        ] {
            assert!(wrong(entrance, value).contains(what), "{value}: {}", wrong(entrance, value));
        }
    }

    #[test]
    fn validation_records_have_one_form() {
        let (token, other) = (format!("_{}", "0123456789abcdef".repeat(2)), format!("_{}", "f".repeat(32)));
        let (name, value) = (format!("{token}.x.io."), format!("{other}.jkddzztszm.acm-validations.aws."));
        let normal = (format!("{token}.x.io"), format!("{other}.jkddzztszm.acm-validations.aws"));
        assert_eq!(validation("x.io", "CNAME", &name, &value), Ok(normal));
        assert!(validation("x.io", "CNAME", &name, &format!("{other}.acm-validations.aws.")).is_ok());
        for (domain, kind, name, value) in [
            ("x.io", "TXT", name.as_str(), value.as_str()),
            ("y.io", "CNAME", &name, &value),
            ("io", "CNAME", &name, &value),
            ("x.io", "CNAME", "_abc.x.io.", &value),
            ("x.io", "CNAME", &name, "d111111abcdef8.cloudfront.net"),
            ("x.io", "CNAME", &name, &format!("{other}.evil-acm-validations.aws")),
            ("x.io", "CNAME", &name, &format!("{other}.acm-validations.aws.evil.example")),
            ("x.io", "CNAME", &format!("{name}\n"), &value),
        ] {
            assert!(validation(domain, kind, name, value).is_err(), "{domain} {kind} {name} {value}");
        }
    }
}
