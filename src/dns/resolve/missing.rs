//! What is not known yet, and the commands that tell it.

use crate::diag::{Code, Diagnostic};
use crate::dns::plan::CertificateAt;
use crate::source::Span;

/// Nothing said.
pub const DNS025: Code = Code {
    id: "DNS025",
    explanation: "what a record needs is not among what AWS said\n\nA planned record leads to an output of a stack, or validates a certificate; \
                  none of the files describes that stack or certificate, or the stack has no such output. Records are written only when \
                  all of them are known, because whoever applies a file reads what is not in it as something to delete. The message shows \
                  the command that tells what is missing; before the first deploy `--phase validation` asks for certificates alone.",
};

/// Too soon.
pub const DNS026: Code = Code {
    id: "DNS026",
    explanation: "AWS does not know it yet\n\nA stack that is being made or updated may still change its outputs, and ACM needs some seconds \
                  before it says how a new certificate is validated. Nothing is wrong: wait, and run the command again. A script may do \
                  so until `dns resolve` ends with 0.",
};

/// The finding at the record that needs something.
pub(super) fn needed(finding: Diagnostic, at: Option<Span>, label: &str) -> Diagnostic {
    at.into_iter().fold(finding, |finding, at| finding.at(at, label))
}

/// The command that describes a stack.
pub(super) fn describe(stack: &str, region: &str) -> String {
    format!("run `aws cloudformation describe-stacks --region {region} --stack-name {stack} > {stack}.{region}.json`")
}

/// The command that describes a certificate: its stack knows which one it is, also while it waits for it.
pub(super) fn describe_certificate(certificate: &CertificateAt) -> String {
    let CertificateAt { stack, region, logical_id, .. } = certificate;
    format!(
        "run `aws acm describe-certificate --region {region} --certificate-arn \"$(aws cloudformation describe-stack-resource \
         --region {region} --stack-name {stack} --logical-resource-id {logical_id} --query \
         StackResourceDetail.PhysicalResourceId --output text)\" > {logical_id}.{region}.json`"
    )
}
