//! Images: built by the `docker` command and pushed, unless the repository has them already.

use std::io::Write;
use std::process::{Command, Stdio};

use super::aws::{self, absent, said_of};
use super::local::Image;
use super::progress::Progress;
use crate::cli::Result;
use crate::cli::report::Failure;
use crate::diag::Diagnostic;
use crate::release::{Place, other_platform, tag_of_many};

/// The repository of images of a region.
pub(super) struct Repository<'r> {
    /// Its address: `123456789012.dkr.ecr.eu-west-2.amazonaws.com/reggie`.
    pub(super) uri: &'r str,
    /// Its region.
    pub(super) region: &'r str,
}

/// What became of an image.
pub(super) enum Brought {
    /// It is in the repository by this digest; whether it was there before.
    There {
        /// `sha256:…`.
        digest: String,
        /// Whether it was there before.
        before: bool,
    },
    /// It is refused.
    Refused(Diagnostic),
}

impl Repository<'_> {
    fn host_and_name(&self) -> (&str, &str) {
        self.uri.split_once('/').unwrap_or((self.uri, ""))
    }

    /// Brings an image, unless it is there.
    pub(super) fn bring(&self, image: &Image, place: &Place<'_>, progress: &Progress) -> Result<Brought> {
        if let Some(found) = self.find(image, place)? {
            return Ok(found);
        }
        let name = format!("{}:{}", self.uri, image.tag);
        progress.step(&format!("building the image of {}", place.component));
        progress.done();
        let (file, folder) = (image.dockerfile.as_os_str(), image.folder.as_os_str());
        let mut build = Command::new("docker");
        // An attestation would make a list of it, which Lambda does not take.
        build.args(["build", "--platform", image.platform.text(), "--provenance=false"]);
        build.arg("--file").arg(file).arg("--tag").arg(&name).arg(folder);
        let failed = |what: &str, status: std::process::ExitStatus| {
            Failure::Usage(format!("`docker {what}` of the image of `{}` ended with {status}", place.component))
        };
        let status = loud(&mut build)?;
        if !status.success() {
            return Err(failed("build", status));
        }
        let inspect = ["image", "inspect", "--format", "{{.Os}}/{{.Architecture}}", name.as_str()];
        let found = quiet(Command::new("docker").args(inspect))?;
        if found.trim() != image.platform.text() {
            return Ok(Brought::Refused(other_platform(place, image.platform, &said_of(&found))));
        }
        progress.step(&format!("pushing the image of {}", place.component));
        progress.done();
        self.log_in()?;
        let status = loud(Command::new("docker").args(["push", "--quiet", &name]))?;
        if !status.success() {
            return Err(failed("push", status));
        }
        match self.find(image, place)? {
            Some(Brought::There { digest, .. }) => Ok(Brought::There { digest, before: false }),
            Some(refused) => Ok(refused),
            None => {
                Err(Failure::Usage(format!("{name} was pushed, and the repository does not know it; package again")))
            }
        }
    }

    /// The image in the repository, if it is there.
    fn find(&self, image: &Image, place: &Place<'_>) -> Result<Option<Brought>> {
        let (_, name) = self.host_and_name();
        let id = format!("imageTag={}", image.tag);
        let ask = ["ecr", "describe-images", "--repository-name", name, "--image-ids", &id];
        let Some(answer) = aws::json(self.region, &ask)? else { return Ok(None) };
        let text = |key: &str| answer.pointer(&format!("/imageDetails/0/{key}")).and_then(|v| v.as_str());
        let Some(digest) = text("imageDigest") else { return Ok(None) };
        let is_list = |media: &str| media.contains("manifest.list") || media.contains("image.index");
        if text("imageManifestMediaType").is_some_and(is_list) {
            return Ok(Some(Brought::Refused(tag_of_many(place, &image.tag))));
        }
        Ok(Some(Brought::There { digest: digest.to_owned(), before: true }))
    }

    /// Lets `docker` push. The password goes from one command to the other, and nowhere else.
    fn log_in(&self) -> Result<()> {
        let password = aws::text(self.region, &["ecr", "get-login-password"])?;
        let (host, _) = self.host_and_name();
        let mut command = Command::new("docker");
        command.args(["login", "--username", "AWS", "--password-stdin", host]);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| absent("docker", &error))?;
        if let Some(mut to) = child.stdin.take() {
            // One that does not read it says why, and fails.
            let _ = to.write_all(password.trim_end().as_bytes());
        }
        let output = child.wait_with_output().map_err(|error| absent("docker", &error))?;
        match output.status.success() {
            true => Ok(()),
            false => Err(Failure::Usage(format!(
                "`docker login` at {host} failed: {}",
                said_of(&String::from_utf8_lossy(&output.stderr))
            ))),
        }
    }
}

/// Runs what people watch: all that it prints goes where messages go.
fn loud(command: &mut Command) -> Result<std::process::ExitStatus> {
    command.stdin(Stdio::null()).stdout(Stdio::from(std::io::stderr()));
    command.status().map_err(|error| absent("docker", &error))
}

fn quiet(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| absent("docker", &error))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(Failure::Usage(format!("`docker` failed: {}", said_of(&String::from_utf8_lossy(&output.stderr))))),
    }
}
