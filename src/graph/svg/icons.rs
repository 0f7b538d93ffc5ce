//! Small signs, drawn for this: lines on a square of 16 units.

use super::super::Icon;

/// The path of a sign.
pub(super) fn path(icon: Icon) -> &'static str {
    let kind = match icon {
        Icon::Kind(kind) => kind,
        Icon::Secrets => "secrets",
        Icon::Part => "part",
    };
    SIGNS.iter().find(|(name, _)| *name == kind).map_or(CUBE, |(_, path)| path)
}

/// What a kind without a sign of its own gets.
const CUBE: &str = "M8 2l5.5 3v6L8 14l-5.5-3V5zM2.5 5L8 8l5.5-3M8 8v6";
const WINDOW: &str = "M2 3h12v10H2zM2 6.2h12M4 4.6h.1M6 4.6h.1";

const SIGNS: &[(&str, &str)] = &[
    ("backup", "M3.2 6.2A5.3 5.3 0 1 1 2.7 9M3 2.8v3.6h3.6M8 5.4V8.2l2 1.2"),
    ("bucket", "M2.6 4h10.8M3.2 4l1.2 9.2c0 .4.4.8.8.8h5.6c.4 0 .8-.4.8-.8L12.8 4M6.4 7v4M9.6 7v4"),
    ("certificate", "M8 9.4a3.4 3.4 0 1 0 0-6.8 3.4 3.4 0 0 0 0 6.8zM6 8.8L5 14l3-1.6L11 14l-1-5.2"),
    ("cron", "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.8V8l2.4 1.6"),
    ("external", "M4.4 12.6a3 3 0 0 1 .1-6A3.9 3.9 0 0 1 12 7a2.8 2.8 0 0 1-.3 5.6z"),
    ("function", "M11.4 2.8c-2.2-.8-3.2.4-3.5 2l-1.5 6.6c-.3 1.6-1.2 2.4-3 1.8M5 6.8h5.6"),
    ("http_api", "M4.8 4.6L1.6 8l3.2 3.4M11.2 4.6L14.4 8l-3.2 3.4M9.3 3.4l-2.6 9.2"),
    ("monitoring", "M1.6 8.4h3l2-5 2.8 9.2 2-4.2h3"),
    ("nextjs", WINDOW),
    ("part", "M4.5 4.5h7v7h-7z"),
    (
        "postgres",
        "M3 4.2C3 3 5.2 2 8 2s5 1 5 2.2-2.2 2.2-5 2.2-5-1-5-2.2zM3 4.2v7.6C3 13 5.2 14 8 14s5-1 5-2.2V4.2M3 8c0 1.2 2.2 2.2 5 2.2S13 9.2 13 8",
    ),
    ("queue", "M1.8 5.4h3.2v5.2H1.8zM6.4 5.4h3.2v5.2H6.4zM11 5.4h3.2v5.2H11z"),
    ("resource", CUBE),
    ("router", "M1.8 8h3.4l4-3.8h4M5.2 8l4 3.8h4M11.4 2.2l2.2 2-2.2 2M11.4 9.8l2.2 2-2.2 2"),
    ("secrets", "M10.4 8.6a3.1 3.1 0 1 0-3-2.3L2.4 11.4v2.2h2.8v-1.8H7v-1.7l1.3-1.3c.6.4 1.3.6 2.1.6zM11 5h.1"),
    ("ssr_site", WINDOW),
    ("static_site", WINDOW),
    ("table", "M2.4 3h11.2v10H2.4zM2.4 6.3h11.2M2.4 9.7h11.2M6.4 6.3V13"),
    (
        "topic",
        "M8 9.2a1.2 1.2 0 1 0 0-2.4 1.2 1.2 0 0 0 0 2.4zM5 11a4.2 4.2 0 0 1 0-6M11 5a4.2 4.2 0 0 1 0 6M2.9 13.1a7.2 7.2 0 0 1 0-10.2M13.1 2.9a7.2 7.2 0 0 1 0 10.2",
    ),
    ("vpc", "M2.4 2.4h11.2v11.2H2.4zM5.6 5.6h4.8v4.8H5.6zM8 2.4v3.2M8 10.4v3.2M2.4 8h3.2M10.4 8h3.2"),
];
