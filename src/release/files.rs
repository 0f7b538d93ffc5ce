//! Files of a site: the headers that each has in its bucket, and whether it is brought before or after the functions switch.
//!
//! The table of types is ours: those of machines differ, and a script with another type is not run.

use crate::link::BuiltFiles;
use crate::stage::matches;

/// The headers of an object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Headers {
    /// `Cache-Control`, if it has one.
    pub cache: Option<String>,
    /// `Content-Type`.
    pub content_type: &'static str,
}

/// Types by the ending of names, endings in order. Source: the registry of media types of IANA, 2026-11.
const TYPES: &[(&str, &str)] = &[
    ("aac", "audio/aac"),
    ("apng", "image/apng"),
    ("atom", "application/atom+xml"),
    ("avif", "image/avif"),
    ("bin", "application/octet-stream"),
    ("bmp", "image/bmp"),
    ("br", "application/octet-stream"),
    ("cache", "application/json"),
    ("cjs", "text/javascript; charset=utf-8"),
    ("css", "text/css; charset=utf-8"),
    ("csv", "text/csv; charset=utf-8"),
    ("eot", "application/vnd.ms-fontobject"),
    ("epub", "application/epub+zip"),
    ("flac", "audio/flac"),
    ("gif", "image/gif"),
    ("glb", "model/gltf-binary"),
    ("gltf", "model/gltf+json"),
    ("gz", "application/gzip"),
    ("heic", "image/heic"),
    ("htm", "text/html; charset=utf-8"),
    ("html", "text/html; charset=utf-8"),
    ("ico", "image/vnd.microsoft.icon"),
    ("ics", "text/calendar; charset=utf-8"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("js", "text/javascript; charset=utf-8"),
    ("json", "application/json"),
    ("jsonld", "application/ld+json"),
    ("jxl", "image/jxl"),
    ("m4a", "audio/mp4"),
    ("m4v", "video/mp4"),
    ("map", "application/json"),
    ("md", "text/markdown; charset=utf-8"),
    ("mjs", "text/javascript; charset=utf-8"),
    ("mov", "video/quicktime"),
    ("mp3", "audio/mpeg"),
    ("mp4", "video/mp4"),
    ("oga", "audio/ogg"),
    ("ogg", "audio/ogg"),
    ("ogv", "video/ogg"),
    ("opus", "audio/ogg"),
    ("otf", "font/otf"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("rsc", "text/x-component; charset=utf-8"),
    ("rss", "application/rss+xml"),
    ("svg", "image/svg+xml"),
    ("tar", "application/x-tar"),
    ("tif", "image/tiff"),
    ("tiff", "image/tiff"),
    ("ts", "video/mp2t"),
    ("ttf", "font/ttf"),
    ("txt", "text/plain; charset=utf-8"),
    ("vtt", "text/vtt; charset=utf-8"),
    ("wasm", "application/wasm"),
    ("wav", "audio/wav"),
    ("weba", "audio/webm"),
    ("webm", "video/webm"),
    ("webmanifest", "application/manifest+json"),
    ("webp", "image/webp"),
    ("woff", "font/woff"),
    ("woff2", "font/woff2"),
    ("xhtml", "application/xhtml+xml"),
    ("xml", "application/xml"),
    ("yaml", "application/yaml"),
    ("yml", "application/yaml"),
    ("zip", "application/zip"),
];

/// Types of names that have no ending and are known all the same.
const NAMES: &[(&str, &str)] = &[
    ("apple-app-site-association", "application/json"),
    ("BUILD_ID", "text/plain; charset=utf-8"),
    ("LICENSE", "text/plain; charset=utf-8"),
];

/// What nothing is known of.
const UNKNOWN: &str = "application/octet-stream";

/// The type of a file by its name.
#[must_use]
pub fn content_type(name: &str) -> &'static str {
    let file = name.rsplit('/').next().unwrap_or_default();
    let of = |table: &[(&'static str, &'static str)], key: &str| {
        table.iter().find(|(known, _)| *known == key).map(|(_, media)| *media)
    };
    let ending = file.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let by_ending = ending.and_then(|ending| of(TYPES, &ending));
    by_ending.or_else(|| of(NAMES, file)).unwrap_or(UNKNOWN)
}

/// Where a file of a site goes, with which headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Its name below the release's folder: `files/first/_assets/…`.
    pub name: String,
    /// Its headers.
    pub headers: Headers,
}

/// Brought before the functions switch: names that no other build has.
const FIRST: &str = "files/first/";
/// Brought after: what pages of the last build show has the same names.
const LAST: &str = "files/last/";

fn placed(key: &str, cache: Option<&str>, is_of_one_build: bool) -> Placed {
    let headers = Headers { cache: cache.map(str::to_owned), content_type: content_type(key) };
    Placed { name: format!("{}{key}", if is_of_one_build { FIRST } else { LAST }), headers }
}

/// A file of a build, by its name in the folder: the header is that of the first pattern that fits. What may be kept for ever has a name
/// that changes with its content.
#[must_use]
pub fn built(files: &BuiltFiles, name: &str) -> Placed {
    let cache = files.cache.iter().find(|(pattern, _)| matches(pattern, name)).map(|(_, header)| header.as_str());
    let is_immutable =
        cache.is_some_and(|header| header.split(',').any(|d| d.trim().eq_ignore_ascii_case("immutable")));
    placed(&format!("{}{name}", files.prefix), cache, is_immutable)
}

/// What Next.js names after its content, for browsers.
const HASHED: &str = "_next/";
/// For ever: another content has another name.
const FOR_EVER: &str = "public,max-age=31536000,immutable";
/// CloudFront keeps it for a day, until a deploy says otherwise; browsers ask again.
const ASKED_AGAIN: &str = "public,max-age=0,s-maxage=86400,stale-while-revalidate=86400";

/// A file of OpenNext's `assets`, by its name in that folder. `to` is where they go.
#[must_use]
pub fn asset(to: &str, name: &str) -> Placed {
    let is_hashed = name.starts_with(HASHED);
    placed(&format!("{to}/{name}"), Some(if is_hashed { FOR_EVER } else { ASKED_AGAIN }), is_hashed)
}

/// A page that OpenNext has made already. Its name holds that of the build; only servers read it.
#[must_use]
pub fn page(to: &str, name: &str) -> Placed {
    placed(&format!("{to}/{name}"), None, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_in_order_and_once() {
        assert!(TYPES.is_sorted_by(|(a, _), (b, _)| a < b));
    }

    #[test]
    fn endings_say_the_type() {
        for (name, expected) in [
            ("_next/static/chunks/app/[slug]/page-1.js", "text/javascript; charset=utf-8"),
            ("a/Photo.JPG", "image/jpeg"),
            ("fonts/a.woff2", "font/woff2"),
            ("site.webmanifest", "application/manifest+json"),
            (".well-known/apple-app-site-association", "application/json"),
            ("BUILD_ID", "text/plain; charset=utf-8"),
            ("no-ending", UNKNOWN),
            (".html", "text/html; charset=utf-8"),
            ("a.unknown", UNKNOWN),
        ] {
            assert_eq!(content_type(name), expected, "{name}");
        }
    }

    #[test]
    fn names_of_one_build_go_first() {
        let hashed = asset("_assets/docs", "_next/static/chunks/1.js");
        assert_eq!(hashed.name, "files/first/_assets/docs/_next/static/chunks/1.js");
        assert_eq!(hashed.headers.cache.as_deref(), Some(FOR_EVER));
        let plain = asset("_assets", "favicon.ico");
        assert_eq!(plain.name, "files/last/_assets/favicon.ico");
        assert_eq!(plain.headers.cache.as_deref(), Some(ASKED_AGAIN));
        let page = page("_cache", "build/index.cache");
        assert_eq!((page.name.as_str(), page.headers.cache), ("files/first/_cache/build/index.cache", None));
    }
}
