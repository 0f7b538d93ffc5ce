//! Response headers that protect browsers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::component::{Context, Fragment};
use crate::origin::OriginId;
use crate::part::shared::Shared;
use crate::setting::{OrNone, Seconds, Setting};
use crate::value::Value;

/// Headers that protect those who see a site. As long as nothing of them is changed, all sites of the account share one policy:
/// an account may have 20.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecurityHeaders {
    /// Browsers are told to come by HTTPS only from now on (`Strict-Transport-Security`).
    #[schemars(extend("default" = {}))]
    pub hsts: OrNone<Hsts>,
    /// Which pages may show this one in a frame (`X-Frame-Options`); what the app itself sends goes first.
    #[schemars(extend("default" = "same_origin"))]
    pub frame: OrNone<Setting<Frame>>,
    /// What other sites learn about where a visitor comes from (`Referrer-Policy`); what the app itself sends goes first.
    #[schemars(extend("default" = "strict_origin_when_cross_origin"))]
    pub referrer: OrNone<Setting<Referrer>>,
    /// What a page may load (`Content-Security-Policy`); what the app itself sends goes first.
    #[serde(default)]
    #[schemars(length(min = 1, max = 1783), example = &"default-src 'self'")]
    pub content_security_policy: Option<Setting<String>>,
}

/// `Strict-Transport-Security`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hsts {
    /// For how long, in seconds.
    #[schemars(extend("default" = 63_072_000), example = &"730 days")]
    pub max_age: Setting<Seconds>,
    /// Whether it holds for all names below the host too.
    #[schemars(extend("default" = true))]
    pub subdomains: Setting<bool>,
    /// Whether browsers may ship with the host in their lists. Hard to take back.
    #[schemars(extend("default" = false))]
    pub preload: Setting<bool>,
}

/// Which pages may show this one in a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Frame {
    /// Those of the same host.
    SameOrigin,
    /// None.
    Deny,
}

/// What other sites learn about where a visitor comes from: the words of the header, with `_` for `-`. Source:
/// AWS::CloudFront::ResponseHeadersPolicy, ReferrerPolicy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, clippy::enum_variant_names, reason = "the words are the standard's own")]
pub enum Referrer {
    NoReferrer,
    NoReferrerWhenDowngrade,
    Origin,
    OriginWhenCrossOrigin,
    SameOrigin,
    StrictOrigin,
    StrictOriginWhenCrossOrigin,
    UnsafeUrl,
}

impl Referrer {
    /// The word of the header.
    fn header(self, on: &Context<'_>, written: OriginId) -> Value {
        let word = match self {
            Referrer::NoReferrer => "no-referrer",
            Referrer::NoReferrerWhenDowngrade => "no-referrer-when-downgrade",
            Referrer::Origin => "origin",
            Referrer::OriginWhenCrossOrigin => "origin-when-cross-origin",
            Referrer::SameOrigin => "same-origin",
            Referrer::StrictOrigin => "strict-origin",
            Referrer::StrictOriginWhenCrossOrigin => "strict-origin-when-cross-origin",
            Referrer::UnsafeUrl => "unsafe-url",
        };
        on.text("the word of the header", &[written], word)
    }
}

#[derive(Serialize)]
struct Plan<'a> {
    name: Value,
    hsts: Option<HstsPlan>,
    frame: Option<Setting<&'static str>>,
    referrer: Option<Value>,
    content_security_policy: Option<&'a Setting<String>>,
}

#[derive(Serialize)]
struct HstsPlan {
    max_age: Setting<Seconds>,
    subdomains: Setting<bool>,
    preload: Setting<bool>,
}

impl SecurityHeaders {
    /// The policy to use: the shared one, or one of the component's own with the fragment that makes it.
    pub fn policy(&self, on: &Context<'_>) -> (Option<Value>, Option<Fragment>) {
        if self.is_shared() {
            return (Some(Shared::SiteHeaders.value(on)), None);
        }
        let plan = Plan {
            name: on.physical_name("", 128),
            hsts: self.hsts.as_option().map(|hsts| HstsPlan {
                max_age: hsts.max_age,
                subdomains: hsts.subdomains,
                preload: hsts.preload,
            }),
            frame: self.frame.as_option().map(|frame| {
                let word = match frame.value {
                    Frame::SameOrigin => "SAMEORIGIN",
                    Frame::Deny => "DENY",
                };
                on.setting("the header's own word", &[frame.origin], word)
            }),
            referrer: self.referrer.as_option().map(|referrer| referrer.value.header(on, referrer.origin)),
            content_security_policy: self.content_security_policy.as_ref(),
        };
        (Some(on.local("Headers", None)), Some(on.fragment("parts/response_headers", &plan)))
    }

    /// Whether nothing differs from what all sites share.
    fn is_shared(&self) -> bool {
        let hsts = self.hsts.as_option().is_some_and(|hsts| {
            hsts.max_age.value == Seconds(63_072_000) && hsts.subdomains.value && !hsts.preload.value
        });
        hsts && self.frame.as_option().is_some_and(|frame| frame.value == Frame::SameOrigin)
            && self.referrer.as_option().is_some_and(|r| r.value == Referrer::StrictOriginWhenCrossOrigin)
            && self.content_security_policy.is_none()
    }
}
