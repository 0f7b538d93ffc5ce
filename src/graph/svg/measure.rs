//! How wide texts are, without asking a font.
//!
//! The widths are those of Helvetica and its metric twins (Arial, Liberation Sans), with room for wider faces such as Verdana and DejaVu
//! Sans, since which one a browser takes is not known.

/// Widths of the characters from space to tilde, in thousandths of the size (Adobe's font metrics of Helvetica).
const WIDTHS: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
    556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
    260, 334, 584,
];

/// What wider faces take more, in hundredths.
const WIDER: i64 = 114;
/// The same of bold text.
const BOLD: i64 = 124;

/// The width of a text of that size in tenths of a unit, rounded up to units.
pub(super) fn width(text: &str, tenths: i64, bold: bool) -> i64 {
    let of = |c: char| {
        let at = u32::from(c).checked_sub(32).and_then(|at| usize::try_from(at).ok());
        match at.and_then(|at| WIDTHS.get(at)) {
            Some(width) => i64::from(*width),
            // Scripts of square characters begin at Hangul Jamo.
            None if c >= '\u{1100}' => 1000,
            None => 620,
        }
    };
    let sum: i64 = text.chars().map(of).sum();
    let factor = if bold { BOLD } else { WIDER };
    (sum * tenths * factor + 999_999) / 1_000_000
}

/// As much of a text as that width takes.
pub(super) fn fitted(text: &str, tenths: i64, bold: bool, most: i64) -> String {
    if width(text, tenths, bold) <= most {
        return text.to_owned();
    }
    let mut kept: Vec<char> = text.chars().collect();
    while kept.pop().is_some() {
        let shown = format!("{}…", kept.iter().collect::<String>().trim_end());
        if width(&shown, tenths, bold) <= most {
            return shown;
        }
    }
    String::new()
}
