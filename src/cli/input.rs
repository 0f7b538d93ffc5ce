//! Files that other programs wrote: answers of AWS and Cloudflare, exports of zones, lists of secrets.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

use super::Result;
use super::report::Failure;
use crate::diag::render::visible_line;
use crate::source::{FileId, Sources};
use crate::sweep::Moment;

/// The largest file that is read: a zone of 3,500 records has 2 MB.
const MAX_MEBIBYTES: usize = 64;
/// What stands for the standard input.
const STANDARD_INPUT: &str = "-";

/// Reads files, so that findings can point into them; `-` is the standard input.
pub(super) fn add(paths: &[PathBuf], sources: &mut Sources) -> Result<Vec<FileId>> {
    paths.iter().map(|path| Ok(sources.add(visible_line(&path.display().to_string()), text(path)?))).collect()
}

/// Whether the standard input is named more than once among all files of a command: it can be read once.
pub(super) fn stdin_once<'p>(paths: impl IntoIterator<Item = &'p PathBuf>) -> Result<()> {
    match paths.into_iter().filter(|path| is_stdin(path)).count() {
        0 | 1 => Ok(()),
        _ => Err(Failure::Usage("`-` can be given once: the standard input is read to its end".to_owned())),
    }
}

/// When a file was written last; nothing where it is none, but the standard input, or what a shell put in its place.
pub(super) fn changed(path: &Path) -> Option<Moment> {
    let about = std::fs::metadata(path).ok().filter(|about| !is_stdin(path) && about.is_file())?;
    Some(Moment(about.mtime()))
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == STANDARD_INPUT
}

/// The text of a file; `-` is the standard input.
pub(super) fn text(path: &Path) -> Result<String> {
    let limit = MAX_MEBIBYTES << 20;
    let fail = |error: std::io::Error| Failure::file("read", path, error);
    let large = || Failure::file("read", path, format!("it has more than {MAX_MEBIBYTES} MiB"));
    let mut bytes = Vec::new();
    if is_stdin(path) {
        std::io::stdin().lock().take(limit as u64 + 1).read_to_end(&mut bytes).map_err(fail)?;
    } else {
        let file = open(path).map_err(fail)?;
        // Where a file says how long it is, none of it need be read.
        if file.metadata().map_err(fail)?.len() > limit as u64 {
            return Err(large());
        }
        file.take(limit as u64 + 1).read_to_end(&mut bytes).map_err(fail)?;
    }
    if bytes.len() > limit {
        return Err(large());
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        let reason = "it is UTF-16, as `>` of PowerShell writes it; write it as UTF-8";
        return Err(Failure::file("read", path, reason));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::file("read", path, format!("byte {at} is not UTF-8"))
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// Opens what somebody named: a file, or what a shell put in the place of one (`<(aws …)`). A pipe into which nobody writes is not
/// waited for.
fn open(path: &Path) -> std::io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file = rustix::fs::open(path, flags, Mode::empty())?;
    rustix::fs::fcntl_setfl(&file, OFlags::empty())?;
    Ok(File::from(file))
}
