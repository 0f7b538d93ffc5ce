//! Releases: what is brought to AWS before stacks are deployed, and by which name.
//!
//! Each zip function, image and site has one parameter. Its value is made of what the code is, never of when or where it was packed:
//! the same files give the same name on every machine, and a byte that changes gives another to one component. Nothing is read
//! here: a [`Content`] is what the command line found.

mod bundle;
mod content;
mod document;
mod files;
mod handler;
mod ignore;
mod image;
mod native;
mod place;
mod plan;
mod site;
mod tags;

use crate::diag::Code;

pub use bundle::{Bundle, MAX_BYTES, MAX_FILES, check as check_bundle, empty};
pub use content::{Content, Entry};
pub use document::{Given, Values, check_whole};
pub use files::{Headers, Placed, asset, built, content_type, page};
pub use ignore::{IGNORE, Ignore};
pub use image::{Platform, not_given, other_platform, tag, tag_of_many};
pub use native::{HEAD, Machine, may_be_native};
pub use place::{By, Odd, Place};
pub use plan::{Package, SitePackage, What, plan};
pub use site::{LISTING, Piece, SiteListing, check_key};
pub use tags::{batches, refused as refused_tags};

/// The file of a release.
pub const FILE: &str = "release.json";

/// Codes of this room.
pub const CODES: &[Code] = &[
    place::CFN500,
    bundle::CFN501,
    handler::CFN502,
    bundle::CFN503,
    native::CFN504,
    place::CFN505,
    place::CFN506,
    image::CFN507,
    document::CFN508,
    document::CFN509,
    image::CFN510,
    tags::CFN511,
    document::CFN512,
];
