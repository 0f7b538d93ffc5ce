//! The settings of a zone at Cloudflare, as far as records depend on them.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::json::Documents;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::source::{FileId, Sources, Span};

/// `DNS047`: a file without settings.
pub const DNS047: Code = Code {
    id: "DNS047",
    explanation: "the file holds no setting of a zone that matters here\n\n\
        `--settings` takes the answers of Cloudflare's API about a zone: `GET /zones/{id}/settings` (or one of them, as \
        `/settings/ssl`), `GET /zones/{id}/dns_settings` and `GET /zones/{id}/dnssec`. `ssl`, `cname_flattening` (or \
        `flatten_all_cnames`) and the state of DNSSEC are read.\n\n\
        A file with none of these would pass for a zone that is in order.",
};

/// A setting, and where it is written.
pub type Said = (String, Span);

/// What is known of the settings of a zone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// How Cloudflare speaks to what serves a host: `off`, `flexible`, `full`, `strict`.
    pub ssl: Option<Said>,
    /// Which CNAMEs it answers with addresses: `flatten_at_root`, `flatten_all`.
    pub cname_flattening: Option<Said>,
    /// The state of DNSSEC: `active`, `pending`, `disabled`.
    pub dnssec: Option<Said>,
}

/// One of a list of settings.
#[derive(Debug, Deserialize)]
struct Setting<'t> {
    id: Option<String>,
    #[serde(borrow)]
    value: Option<&'t RawValue>,
    /// Of the zone's settings for DNS.
    flatten_all_cnames: Option<bool>,
    /// Of DNSSEC.
    #[serde(borrow)]
    status: Option<&'t RawValue>,
    name: Option<String>,
}

impl Settings {
    /// What these files say.
    #[must_use]
    pub fn read(files: &[FileId], sources: &Sources, findings: &mut Diagnostics) -> Settings {
        let mut settings = Settings::default();
        for file in files {
            settings.file(*file, &sources.file(*file).text, findings);
        }
        settings
    }

    fn file(&mut self, file: FileId, text: &str, findings: &mut Diagnostics) -> Option<()> {
        let documents = Documents::of(file, text);
        let before = self.clone();
        for document in documents.all(findings)? {
            let answer = documents.answer(document, findings)?;
            let items: Vec<&RawValue> = match answer.result {
                Some(list) if list.get().starts_with('[') => documents.part(list, findings)?,
                one => one.into_iter().collect(),
            };
            for item in items {
                // Settings have values of any form; those that are of interest have one that reads.
                if let Ok(setting) = serde_json::from_str::<Setting<'_>>(item.get()) {
                    self.one(&documents, &setting, documents.head(item));
                }
            }
        }
        if *self == before {
            let title = "the file holds neither `ssl` nor `cname_flattening` nor the state of DNSSEC";
            let at = Span::new(file, 0, super::first_line(text));
            findings.push(Diagnostic::error(DNS047, title).at(at, "no setting of a zone that matters"));
        }
        Some(())
    }

    fn one(&mut self, documents: &Documents<'_>, setting: &Setting<'_>, at: Span) {
        let said = |raw: Option<&RawValue>| {
            let raw = raw?;
            Some((serde_json::from_str::<String>(raw.get()).ok()?, documents.head(raw)))
        };
        match (setting.id.as_deref(), said(setting.value)) {
            (Some("ssl"), Some(value)) => self.ssl = Some(value),
            (Some("cname_flattening"), Some(value)) => self.cname_flattening = Some(value),
            _ => {}
        }
        if let Some(all) = setting.flatten_all_cnames {
            self.cname_flattening = Some((if all { "flatten_all" } else { "flatten_at_root" }.to_owned(), at));
        }
        // A zone has a `status` as well, and a name.
        if setting.name.is_none() && setting.id.is_none() {
            self.dnssec = said(setting.status).or(self.dnssec.take());
        }
    }
}
