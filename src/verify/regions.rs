//! Regions: that AWS has them.

use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::model::Model;
use crate::origin::{Origin, Origins};
use crate::setting::Setting;

/// `CFN019`: a region that is not known.
pub const CFN019: Code = Code {
    id: "CFN019",
    explanation: "AWS is not known to have this region\n\n\
        `region` has the form of a region, but is none of those that had CloudFormation when this compiler was built. If AWS \
        opened it since, everything works as it is; a slip such as `eu-wst-1` would be found only when deployed.",
};

/// Regions with CloudFormation. Source: the regions of cfn-lint 1.58.0's resource schemas, 2026-10-20; and AWS Regional
/// Services List for `me-south-1`.
const REGIONS: &[&str] = &[
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-isoe-west-1",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eusc-de-east-1",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-iso-east-1",
    "us-iso-west-1",
    "us-isob-east-1",
    "us-isob-west-1",
    "us-isof-east-1",
    "us-isof-south-1",
    "us-west-1",
    "us-west-2",
];

/// Doubts a region that is not known. It may be newer than the list, so this is no error.
pub(super) fn check(model: &Model, origins: &Origins, findings: &mut Diagnostics) {
    let own = model.components.values().filter_map(|component| component.settings.as_ref()?.region());
    for region in std::iter::once(&model.manifest.region).chain(own) {
        if !REGIONS.contains(&region.value.as_str()) {
            findings.join(unknown(region, model, origins));
        }
    }
}

fn unknown(region: &Setting<String>, model: &Model, origins: &Origins) -> Diagnostic {
    let title = format!("`region` is `{}`, which is no region that AWS is known to have", region.value);
    let diagnostic = Diagnostic::warning(CFN019, title)
        .at_origin(origins, region.origin, &[model.manifest.project.origin], "not a known region")
        .note("known are the regions of the CloudFormation resource schemas of 2026-10-20");
    match (did_you_mean(&region.value, REGIONS.iter().copied()), origins.get(region.origin)) {
        (Some(near), Origin::Manifest { span, .. }) => diagnostic.help(format!("did you mean `{near}`?")).edit(span, near),
        (Some(near), _) => diagnostic.help(format!("did you mean `{near}`?")),
        (None, _) => diagnostic.help("AWS Regional Services List: https://aws.amazon.com/about-aws/global-infrastructure/regional-product-services/"),
    }
}
