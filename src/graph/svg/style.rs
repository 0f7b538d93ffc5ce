//! Colours, light and dark, and what is drawn with them.

use crate::component::Group;

/// How things are drawn. The colours are variables, so that a page may set them.
pub const RULES: &str = "\
.graph text{font-family:system-ui,-apple-system,\"Segoe UI\",Roboto,\"Helvetica Neue\",Arial,sans-serif;fill:var(--ink)}\
.graph .canvas{fill:var(--canvas)}\
.graph .heading{font-size:19px;font-weight:650}\
.graph .cluster rect{fill:var(--fill);stroke:var(--line)}\
.graph .cluster text{font-size:12px;font-weight:650;letter-spacing:.02em;fill:var(--accent)}\
.graph .node .box{fill:var(--card);stroke:var(--line)}\
.graph .node.imported .box{stroke:var(--accent);stroke-dasharray:5 4}\
.graph .node .badge{fill:var(--accent);stroke:none}\
.graph .node .sign{fill:none;stroke:var(--card);stroke-width:1.4;stroke-linecap:round;stroke-linejoin:round}\
.graph .node.part .sign{stroke:var(--accent)}\
.graph .node .name{font-size:13px;font-weight:600}\
.graph .node.part .name{font-size:12px;font-weight:400}\
.graph .node .service{font-size:11.5px}\
.graph .node .facts{font-size:11px;fill:var(--muted)}\
.graph .edge .wire{fill:none;stroke:var(--wire);stroke-width:1.4;stroke-linejoin:round}\
.graph .edge .head{fill:var(--wire);stroke:none}\
.graph .edge.quiet .wire{stroke:var(--quiet);stroke-width:1.2;stroke-dasharray:2 4;stroke-linecap:round}\
.graph .edge.quiet .head{fill:var(--quiet);stroke:none}\
.graph .label rect{fill:var(--canvas);fill-opacity:.9;stroke:none}\
.graph .label.inside rect{fill:var(--fill)}\
.graph .label text{font-size:11px;fill:var(--muted)}";

/// A group with its class, and its colours, light and dark.
type Tone = (Group, &'static str, [&'static str; 3], [&'static str; 3]);

/// The class of a group, and its colours: what fills it, its border and what stands out in it, light and dark.
const TONES: &[Tone] = &[
    (Group::Networking, "networking", ["#f3f5f8", "#cdd6e0", "#566a7d"], ["#161c23", "#34414e", "#93aabf"]),
    (Group::Database, "database", ["#eff4fe", "#c5d5f4", "#3465c0"], ["#131b2c", "#2c4270", "#86abf6"]),
    (Group::Storage, "storage", ["#eff8f2", "#c0dfcb", "#24784a"], ["#12201a", "#28523a", "#6cc992"]),
    (Group::Messaging, "messaging", ["#fdf3f8", "#edcade", "#ad3a7a"], ["#231523", "#5a2c48", "#e88dbe"]),
    (Group::Api, "api", ["#f4f1fe", "#d3caf3", "#5f49c0"], ["#1b172e", "#43377d", "#ae9df4"]),
    (Group::Services, "services", ["#fff6ee", "#f0d5b8", "#b25a15"], ["#241a12", "#60401f", "#f1a869"]),
    (Group::Frontends, "frontends", ["#edf8fa", "#bcdfe5", "#147788"], ["#102128", "#214e58", "#5ec7d8"]),
    (Group::Secrets, "secrets", ["#fcf8e8", "#e8dba6", "#86690f"], ["#211d10", "#564a1d", "#dcbd55"]),
    (Group::External, "external", ["#f6f5f4", "#d9d7d3", "#69625c"], ["#1c1c1b", "#43413d", "#b0aaa2"]),
    (Group::Operations, "operations", ["#fdf2f2", "#eecaca", "#b14444"], ["#251616", "#5c2e2e", "#ed8d8d"]),
];

/// The light colours once more for programs that know no variables, such as those that make slides. Every other rule counts more.
pub(super) fn plain() -> String {
    let mut rules = ".canvas{fill:#fff}.quiet>path{fill:none;stroke:#a3afbb}.quiet>.head{fill:#a3afbb}".to_owned();
    for (_, class, [fill, line, accent], _) in TONES {
        let wire = mixed(accent, "#ffffff");
        rules.push_str(&format!(
            ".{class}>rect{{fill:{fill};stroke:{line}}}.{class}>.box{{fill:#fff}}.{class}>.badge{{fill:{accent}}}\
             .{class}>text{{fill:{accent}}}.{class}>path{{fill:none;stroke:{wire}}}.{class}>.head{{fill:{wire}}}"
        ));
    }
    rules
        + ".node>text,.heading{fill:#1c2430}.node>.sign{stroke:#fff}.part>.sign{stroke:#566a7d}.label>rect{fill:#fff}.label>text{fill:#55616f}"
}

/// The class of a group.
pub(super) fn class(group: Group) -> &'static str {
    TONES.iter().find(|(known, ..)| *known == group).map_or("operations", |(_, class, ..)| class)
}

/// The colours for light surroundings.
#[must_use]
pub fn light() -> String {
    colors("--canvas:#ffffff;--card:#ffffff;--ink:#1c2430;--muted:#55616f;--quiet:#a3afbb", "#ffffff", |tone| tone.2)
}

/// The colours for dark surroundings.
#[must_use]
pub fn dark() -> String {
    colors("--canvas:#0e1217;--card:#1a2028;--ink:#e7ebf0;--muted:#a3afbc;--quiet:#566270", "#0e1217", |tone| tone.3)
}

fn colors(common: &str, canvas: &str, of: impl Fn(&Tone) -> [&'static str; 3]) -> String {
    let mut rules = format!(".graph{{{common}}}");
    for tone in TONES {
        let [fill, line, accent] = of(tone);
        let wire = mixed(accent, canvas);
        rules.push_str(&format!(".graph .{}{{--fill:{fill};--line:{line};--accent:{accent};--wire:{wire}}}", tone.1));
    }
    rules
}

/// A colour with a quarter of another: lines are quieter than what they lead to.
fn mixed(color: &str, other: &str) -> String {
    let part =
        |text: &str, at: usize| text.get(at..at + 2).and_then(|hex| u32::from_str_radix(hex, 16).ok()).unwrap_or(0);
    let parts = [1, 3, 5].map(|at| (3 * part(color, at) + part(other, at)) / 4);
    format!("#{:02x}{:02x}{:02x}", parts[0], parts[1], parts[2])
}
