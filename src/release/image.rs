//! Images: the tag by which one is known before it is built, and what of one is refused.

use super::content::Content;
use super::place::Place;
use crate::diag::{Code, Diagnostic};
use crate::digest::Digest;

/// `CFN507`: an image that nobody here can make.
pub const CFN507: Code = Code {
    id: "CFN507",
    explanation: "the digest of an image that something else builds is not given\n\n\
        `image.name` says that an image is built elsewhere, in another repository or by another pipeline. Which one is to run must be said by its digest, in a file \
        for `--release`:\n\n    \
        {\"Parameters\": {\"ReggieDbMigratorImage\": \"123456789012.dkr.ecr.eu-west-2.amazonaws.com/reggie@sha256:…\"}}\n\n\
        A tag would not do: it can move to another image, and CloudFormation, which compares texts, would see no change when it does.",
};

/// `CFN510`: an image for another machine.
pub const CFN510: Code = Code {
    id: "CFN510",
    explanation: "an image is not what Lambda runs for this function\n\n\
        Lambda runs one image, for Linux on the processor that `architecture` says. A `FROM --platform=…` or a base image that is there for one processor only makes \
        another one, whatever `docker build --platform` asks for. A list of images for several machines is refused as a whole; builders make one where \
        they add attestations, which `--provenance=false` leaves out.",
};

/// The first line of what a tag is made of. Another form of it builds every image anew.
const FORMAT: &str = "reggie-cfn image 1";
/// The most characters of a tag. Source: OCI Distribution Specification, "Pulling manifests".
const LONGEST_TAG: usize = 128;

/// The machine that an image is for, as Docker writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Platform(&'static str);

impl Platform {
    /// That of a function's architecture.
    #[must_use]
    pub fn of(architecture: &str) -> Platform {
        Platform(if architecture == "x86_64" { "linux/amd64" } else { "linux/arm64" })
    }

    /// `linux/arm64`.
    #[must_use]
    pub fn text(self) -> &'static str {
        self.0
    }
}

/// The tag of an image: made of what it is built from, so that one that was built already is found.
#[must_use]
pub fn tag(identity: &str, content: &Content, dockerfile: &str, platform: Platform) -> String {
    let of = format!("{FORMAT}\n{}\n{dockerfile}\n{}", platform.text(), content.listing());
    let digest = Digest::of(of.as_bytes()).to_string();
    let name: String = identity.chars().take(LONGEST_TAG - digest.len() - 1).collect();
    format!("{name}-{digest}")
}

/// The finding about an image that is built elsewhere.
#[must_use]
pub fn not_given(place: &Place<'_>, name: &str, parameter: &str) -> Diagnostic {
    let title = format!(
        "`{}` runs the image `{name}`, which something else builds, and no digest of it is given",
        place.component
    );
    place
        .label(Diagnostic::error(CFN507, title), "not built here")
        .note("a tag can move to another image; a digest cannot")
        .help(format!(
            "write `{{\"Parameters\": {{\"{parameter}\": \"<repository>@sha256:<digest>\"}}}}` into a file, and give it with \
             `--release FILE`"
        ))
}

/// The finding about an image that was built for another machine.
#[must_use]
pub fn other_platform(place: &Place<'_>, wanted: Platform, found: &str) -> Diagnostic {
    let title =
        format!("the image of `{}` was built for {found}, and the function runs on {}", place.component, wanted.text());
    place
        .label(Diagnostic::error(CFN510, title), "the processor of the function")
        .note("`docker build` was asked for the right one; a `FROM --platform=…` or the base image decided otherwise")
        .help(format!("take a base image for {}, or change `architecture`", wanted.text()))
}

/// The finding about a tag that names a list of images.
#[must_use]
pub fn tag_of_many(place: &Place<'_>, tag: &str) -> Diagnostic {
    let title = format!("`{tag}` names a list of images, and Lambda runs a single one");
    place
        .label(Diagnostic::error(CFN510, title), "the image's function")
        .note("source: Lambda Developer Guide, \"Create a Lambda function using a container image\"")
        .help("delete that image from the repository, and package again: it is then built without attestations")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::Entry;

    #[test]
    fn tags_tell_images_apart() {
        let mut content = Content::default();
        content.insert("Dockerfile".to_owned(), Entry::File { digest: Digest::of(b"FROM a"), size: 6 });
        let one = tag("Api", &content, "Dockerfile", Platform::of("arm64"));
        assert!(one.starts_with("Api-") && one.len() == 4 + 64, "{one}");
        assert_ne!(one, tag("Api", &content, "Dockerfile", Platform::of("x86_64")));
        assert_ne!(one, tag("Api", &content, "Dockerfile.lambda", Platform::of("arm64")));
        content.insert("a".to_owned(), Entry::Link { target: "Dockerfile".to_owned() });
        assert_ne!(one, tag("Api", &content, "Dockerfile", Platform::of("arm64")));
        assert_eq!(tag(&"A".repeat(200), &content, "Dockerfile", Platform::of("arm64")).len(), LONGEST_TAG);
    }
}
