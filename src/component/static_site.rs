//! `static_site`: files that a build leaves, in a bucket behind CloudFront.
//!
//! The key of a file is its path, so that one bucket holds the files of one site and CloudFront may read all of it. A path
//! that names no file is an app's, or a folder's: the function that sees every request makes a file of it. A page for errors
//! would not do for an app: it would be answered for files of an old build too, where a script gets a page and breaks.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use super::{
    BuiltFiles, Context, Described, ErrorPage, Fragment, Group, Index, Interface, Kind, KindEntry, LABEL, LocalForm,
    Served, SiteBuild, StackName, Viewer, Watched,
};
use crate::diag::{Code, Diagnostic};
use crate::part::cache_control::{self, Rule};
use crate::part::site::{self, Site};
use crate::part::{bucket, build, folder};
use crate::setting::{Both, Keyed, Setting, Text};

/// The kind.
pub const KIND: KindEntry = KindEntry::of::<Settings>(
    "static_site",
    "Files that a build leaves, such as an app of one page or generated documents: a bucket, CloudFront before it.",
    StackName::Web,
)
.drawn(Group::Frontends)
.sst("sst.aws.StaticSite", &[("url", "url")])
.imports(site::IMPORTS)
.outputs(&[BUCKET, "certificate_arn"])
.chosen_attributes(&[("certificate_arn", "host")])
.levels(site::LEVELS)
.answers()
.codes(&[&[CFN363, CFN364]]);

/// The attribute that holds the name of its bucket.
const BUCKET: &str = "bucket";

/// `CFN363`: an index that is no name of a file.
pub const CFN363: Code = Code {
    id: "CFN363",
    explanation: "`index` is no name of a file\n\n\
        `index` is the file that stands for a folder, in each of them, and for the site itself: a name such as `index.html`, \
        without a slash and without a folder. CloudFront answers every page 403 if its default root object begins with a slash \
        (CloudFront Developer Guide, \"Specify a default root object\").",
};

/// `CFN364`: a page for what is not found that is none.
pub const CFN364: Code = Code {
    id: "CFN364",
    explanation: "`not_found` is no page\n\n\
        `spa` is for an app of one page, which knows its pages itself: the index answers every path that names no file, with \
        status 200. Else it is the file that the build leaves for what is not found, such as `404.html`, relative to \
        `build.output`: it is answered with status 404.",
};

/// The settings of a static site, with those of every site.
type Settings = Both<Site, StaticSite>;

/// The settings of a static site.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StaticSite {
    /// The folder of the site, relative to the project.
    #[schemars(example = &"apps/docs")]
    path: Setting<String>,
    /// How its files are made, and where they are then.
    #[schemars(example = &BTreeMap::from([("command", "pnpm build"), ("output", "dist")]))]
    build: StaticBuild,
    /// The file that stands for a folder: `/guide/` and `/guide` are `guide/index.html`.
    #[schemars(extend("default" = "index.html"), example = &"index.html")]
    index: Setting<String>,
    /// What answers where there is no file: `spa` (the index, with status 200) or a page of the build (with status 404).
    /// `spa` is for an app of one page, which knows its pages itself.
    #[schemars(example = &"404.html")]
    not_found: Setting<Page>,
    /// How long browsers keep which files, by label. Unless a rule says otherwise: for ever where bundlers alone write (`_astro/*`,
    /// `_app/immutable/*`, `_build/assets/*`, `_next/static/*`, `_nuxt/*`), since names change with the content there. All else is
    /// asked for again each time, so that a deploy is seen at once. Vite writes to `assets/*`, and copies `public/assets` there:
    /// write a rule for it if all names in it have a hash.
    #[schemars(extend("default" = {}, "propertyNames" = {"pattern": LABEL}))]
    cache: Keyed<Rule>,
}

/// How the files are made.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct StaticBuild {
    /// The folder of the files, relative to `path`; `.` for `path` itself.
    #[schemars(example = &"dist")]
    output: Setting<String>,
    /// The command that makes them, run in `path`. None is run unless written: the files are there.
    #[serde(default)]
    #[schemars(length(min = 1), example = &"pnpm build")]
    command: Option<Setting<String>>,
    /// Variables of the build; whoever opens the site can read them. Never secrets, but for those that are `public`.
    #[schemars(extend("default" = {}), example = &BTreeMap::from([("VITE_API_URL", "${ReggieApi.url}")]))]
    environment: Keyed<Setting<Text>>,
}

/// The word `spa`, or the name of a file. A status is read as well, to be told what it should be.
#[derive(Debug, JsonSchema)]
#[schemars(inline, schema_with = "page_schema")]
struct Page(String);

fn page_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({"anyOf": [
        {"const": "spa", "description": "The index answers for every page of an app that knows them."},
        {"type": "string"},
        {"type": "integer"}
    ]})
}

impl<'de> Deserialize<'de> for Page {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl serde::de::Visitor<'_> for Either {
            type Value = Page;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("`spa` or a page such as `404.html`")
            }
            fn visit_i64<E: serde::de::Error>(self, status: i64) -> Result<Page, E> {
                Ok(Page(status.to_string()))
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Page, E> {
                Ok(Page(text.to_owned()))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// Where its files are.
const BELOW_BASE: &str = "the files of a site lie below its `base_path`";
/// The word for an app of one page.
const SPA: &str = "spa";

impl StaticSite {
    fn served(&self, site: &Site, on: &Context<'_>) -> Served {
        let is_fallback = self.not_found.value.0 == SPA;
        let prefix = site.key_prefix();
        // For a folder the name alone counts, for an app the file.
        let file = match is_fallback && !prefix.is_empty() {
            true => on.setting(BELOW_BASE, &[self.index.origin], format!("{prefix}{}", self.index.value)),
            false => self.index.clone(),
        };
        let page = format!("/{prefix}{}", self.not_found.value.0);
        let page = on.setting(BELOW_BASE, &[self.not_found.origin], page);
        // CloudFront may list the bucket, so that what is not there is 404. A 403 is a refusal, and stays one.
        let not_found = ErrorPage { status: 404, answered: 404, page };
        Served {
            base_path: site.base_path.as_option().cloned(),
            origins: vec![bucket::origin(on, None)],
            behaviours: vec![bucket::behaviour(None, true)],
            viewer: Viewer { is_next: false, index: Some(Index { file, is_fallback }) },
            bucket: Some(bucket::served(on, BUCKET, prefix)),
            error_pages: if is_fallback { Vec::new() } else { vec![not_found] },
        }
    }

    fn facts(&self, site: &Site, on: &Context<'_>) -> SiteBuild {
        let files = BuiltFiles {
            folder: self.build.output.clone(),
            bucket: on.own(BUCKET),
            prefix: site.key_prefix(),
            cache: cache_control::in_order(&self.cache),
        };
        let facts = build::facts(&self.path, self.build.command.as_ref(), &self.build.environment);
        SiteBuild { files: Some(files), ..facts }
    }

    fn check(&self, on: &Context<'_>) {
        folder::check(on, "path", &self.path);
        folder::check_built(on, "build.output", &self.build.output, &self.path);
        cache_control::check(on, "cache", &self.cache, Some(&self.index));
        self.check_index(on);
        self.check_not_found(on);
    }

    fn check_index(&self, on: &Context<'_>) {
        let index = &self.index;
        if is_file(index) && !index.contains('/') {
            return;
        }
        let title = format!("`index` of `{}` is `{}`, which is no name of a file", on.name, index.value);
        let diagnostic = on.at(Diagnostic::error(CFN363, title), index.origin, "the same name in each folder");
        let name = index.rsplit('/').next().unwrap_or_default();
        on.report(if is_file(name) {
            on.repair(diagnostic.help(format!("write `{name}`")), index.origin, name)
        } else {
            diagnostic.help("write the name of a file, such as `index.html`")
        });
    }

    fn check_not_found(&self, on: &Context<'_>) {
        let (page, origin) = (self.not_found.value.0.as_str(), self.not_found.origin);
        if page == SPA || is_file(page) && page != self.index.value {
            return;
        }
        let is_index = page.trim_start_matches('/') == self.index.value;
        let (what, label) = match page {
            _ if is_index => ("the index", "would be answered with status 404"),
            _ if page.parse::<u32>().is_ok() => ("a status and no page", "the status is always 404"),
            _ if page.starts_with('/') => ("no path in the folder of the files", "begins with a slash"),
            _ => ("no page", "the name of no file"),
        };
        let title = format!("`not_found` of `{}` is `{page}`, which is {what}", on.name);
        let diagnostic = on.at(Diagnostic::error(CFN364, title), origin, label);
        let trimmed = page.trim_start_matches('/');
        let repair = match trimmed {
            _ if is_index => Some((SPA, "write `spa`: the index then answers every page, with status 200".to_owned())),
            "404" => {
                Some(("404.html", "write the page: `404.html`, or `spa` for an app that knows its pages".to_owned()))
            }
            trimmed if is_file(trimmed) => Some((trimmed, format!("write `{trimmed}`"))),
            _ => None,
        };
        on.report(match repair {
            Some((repair, help)) => on.repair(diagnostic.help(help), origin, repair),
            None => diagnostic
                .help("write a page of the build, such as `404.html`, or `spa` for an app that knows its pages"),
        });
    }
}

/// Whether it is the path of a file: with an ending, below the folder.
fn is_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let has_ending = name.rsplit_once('.').is_some_and(|(stem, ending)| !stem.is_empty() && !ending.is_empty());
    has_ending && folder::is_inside(path) && !path.contains(|c: char| c.is_whitespace() || "?#*".contains(c))
}

impl Kind for Settings {
    fn watched(&self, on: &Context<'_>) -> Vec<Watched> {
        self.shared.watched(on)
    }

    fn interface(&self, on: &Context<'_>) -> Interface {
        let mut interface = self.shared.interface(on);
        interface.attributes.extend(bucket::attributes(on, BUCKET));
        interface.served = Some(self.own.served(&self.shared, on));
        interface.build = Some(self.own.facts(&self.shared, on));
        interface.empty_before_delete = vec![bucket::LOCAL_ID];
        interface
    }

    fn described(&self, on: &Context<'_>) -> Described {
        self.shared.described(on, "S3")
    }

    fn lower(&self, on: &Context<'_>) -> Vec<Fragment> {
        self.own.check(on);
        let mut fragments = vec![bucket::fragment(on)];
        fragments.extend(self.shared.lower(on, &self.own.served(&self.shared, on)));
        fragments
    }

    fn local(&self, on: &Context<'_>) -> Option<LocalForm> {
        let (site, app) = (&self.shared, &self.own);
        on.common.local.as_ref().map(|local| local.site(on, &app.path, site.base(), &app.build.environment))
    }
}
