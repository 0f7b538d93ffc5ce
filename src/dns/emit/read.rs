//! The file of the gate, read back: what is not of its making, or was made of something else, is not applied.

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::dns::plan::NO_STAGE;
use crate::dns::record::{CHANGES, Changes};
use crate::source::{FileId, Sources, Span};

pub(super) const DNS052: Code = Code {
    id: "DNS052",
    explanation: "a file does not hold the changes of this owner in this zone\n\
        \n\
        `reggie-cfn dns diff` writes what it let through into `.reggie-cfn/<owner>/<zone>.changes.json`, and only that is applied. A file \
        that is damaged, of another version, of another owner or of another zone is not. Run `reggie-cfn dns diff` again; the file is not \
        meant to be edited.",
};
pub(super) const DNS053: Code = Code {
    id: "DNS053",
    explanation: "the changes were let through for other records than are wanted now\n\
        \n\
        The gate writes down the SHA-256 of the records that it compared. Since then `reggie-cfn dns resolve` has written others, so nobody \
        has seen what these would do. Run `reggie-cfn dns diff` again.",
};

/// What the gate let through, with its file.
#[derive(Debug)]
pub struct Gated {
    /// What becomes of the zone.
    pub changes: Changes,
    file: FileId,
    text: String,
}

impl Gated {
    /// Where the file speaks of something: of a name, or the beginning.
    pub(super) fn place(&self, word: &str) -> Span {
        let quoted = format!("\"{word}\"");
        let at = self.text.find(&quoted);
        at.map_or(Span::new(self.file, 0, 1), |at| Span::new(self.file, at, at + quoted.len()))
    }
}

/// The changes of a file, if they are those of this owner in this zone, made for what is wanted now: `resolved` is its SHA-256.
#[must_use]
pub fn gated(
    file: FileId,
    (owner, zone, resolved): (&str, &str, &str),
    sources: &Sources,
    findings: &mut Diagnostics,
) -> Option<Gated> {
    let text = sources.file(file).text.clone();
    let stage = owner.split_once('/').map_or(owner, |(_, stage)| stage);
    let stage = if stage == NO_STAGE { "_zones" } else { stage };
    let again = format!("run `reggie-cfn dns diff {stage} --live FILE` again: it writes the file anew");
    let changes: Changes = match serde_json::from_str(&text) {
        Ok(changes) => changes,
        Err(error) => {
            let (line, column) = (error.line().max(1), error.column());
            let start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
            let at = text.floor_char_boundary((start + column.saturating_sub(1)).min(text.len().saturating_sub(1)));
            findings.push(
                Diagnostic::error(DNS052, format!("the changes of `{zone}` cannot be read"))
                    .at(Span::new(file, at, text.ceil_char_boundary(at + 1)), "not as `dns diff` writes it")
                    .note(error.to_string())
                    .help(again.as_str()),
            );
            return None;
        }
    };
    let gated = Gated { changes, file, text };
    let changes = &gated.changes;
    let is = [
        ("format", changes.format.clone(), CHANGES),
        ("owner", changes.owner.text(), owner),
        ("zone", changes.zone.clone(), zone),
    ];
    if let Some((key, is, wanted)) = is.into_iter().find(|(_, is, wanted)| is != wanted) {
        findings.push(
            Diagnostic::error(DNS052, format!("the {key} of the changes is `{is}`, and `{wanted}` is asked for"))
                .at(gated.place(key), "this is another")
                .help(again.as_str()),
        );
        return None;
    }
    if changes.resolved != resolved {
        findings.push(
            Diagnostic::error(
                DNS053,
                format!("the changes of `{zone}` were made for other records than are wanted now"),
            )
            .at(gated.place("resolved"), "SHA-256 of the records then")
            .note(format!("`dns resolve` has written others since: their SHA-256 is {resolved}"))
            .help(again.as_str()),
        );
        return None;
    }
    Some(gated)
}
