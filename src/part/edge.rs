//! Code that runs at the edge of CloudFront: the function of every request of a visitor ([`ViewerRequest`]), and the one
//! that lets CloudFront sign requests with a body ([`signer`]).
//!
//! The JavaScript stands in `templates/functions/`.

pub mod signer;
mod viewer_request;

pub use viewer_request::{LIMIT, ViewerRequest};

/// Codes of this part.
pub const CODES: &[crate::diag::Code] = &[viewer_request::CFN296, viewer_request::CFN297];
