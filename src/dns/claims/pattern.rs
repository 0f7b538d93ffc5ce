//! Hosts as templates: text around the name of a stage, and which names of stages make two of them one host.

use std::collections::{BTreeMap, VecDeque};

use crate::claim::ANY;
use crate::stage::{LONGEST_NAME, literals};

/// The longest name of a host, and of any template or pattern that is looked at.
const LONGEST_HOST: usize = 253;

/// The stage under whose name a template makes a host; none where no name does, or the name does not matter.
#[must_use]
pub(super) fn stage_of(template: &str, host: &str) -> Option<String> {
    let pieces: Vec<&str> = template.split(ANY).collect();
    let count = pieces.len() - 1;
    let literal: usize = pieces.iter().map(|piece| piece.len()).sum();
    let length = host.len().checked_sub(literal)?.checked_div(count)?;
    let start = pieces.first()?.len();
    let stage = host.get(start..start + length)?;
    (template.replace(ANY, stage) == host).then(|| stage.to_owned())
}

/// What a host is made of, one character after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    /// This character.
    Is(char),
    /// Begins the name of a stage.
    Open,
    /// Any character of a name.
    One,
    /// Any number of them.
    Many,
    /// Ends the name.
    Close,
}

/// The pieces of a template for stages whose names fit a pattern. `least` is how many characters a `*` stands for at least.
/// None where no name fits, or no host is so long.
fn pieces(template: &str, pattern: &str, least: usize) -> Option<Vec<Piece>> {
    if literals(pattern) > LONGEST_NAME || template.len() > LONGEST_HOST || pattern.len() > LONGEST_HOST {
        return None;
    }
    let mut pieces = Vec::new();
    for (i, literal) in template.split(ANY).enumerate() {
        if i > 0 {
            pieces.push(Piece::Open);
            for c in pattern.chars() {
                match c {
                    '*' => {
                        pieces.extend(std::iter::repeat_n(Piece::One, least));
                        pieces.push(Piece::Many);
                    }
                    '?' => pieces.push(Piece::One),
                    c => pieces.push(Piece::Is(c)),
                }
            }
            pieces.push(Piece::Close);
        }
        pieces.extend(literal.chars().map(Piece::Is));
    }
    Some(pieces)
}

/// How far both templates have been followed, and whether the character before was a hyphen.
type State = (At, At, bool);

/// How far one of two templates has been followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct At {
    /// The piece that comes next.
    next: usize,
    /// Within a name: how it has begun.
    name: Name,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Name {
    Outside,
    Empty,
    Begun,
}

impl At {
    /// Every place that is reached without a character. `after_hyphen`: whether the last one was a hyphen, which ends no name.
    fn onward(self, pieces: &[Piece], after_hyphen: bool) -> Vec<At> {
        let mut places = vec![self];
        let mut seen = 0;
        while let Some(at) = places.get(seen).copied() {
            seen += 1;
            places.extend(match (pieces.get(at.next), at.name) {
                (Some(Piece::Open), _) => Some(At { next: at.next + 1, name: Name::Empty }),
                (Some(Piece::Many), name) => Some(At { next: at.next + 1, name }),
                (Some(Piece::Close), Name::Begun) if !after_hyphen => {
                    Some(At { next: at.next + 1, name: Name::Outside })
                }
                _ => None,
            });
        }
        places
    }

    /// Where a character leads to.
    fn take(self, pieces: &[Piece], c: char, after_hyphen: bool) -> Option<At> {
        let fits = match self.name {
            Name::Outside => true,
            Name::Empty => c.is_ascii_lowercase(),
            Name::Begun => c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' && !after_hyphen,
        };
        let name = if self.name == Name::Outside { Name::Outside } else { Name::Begun };
        match pieces.get(self.next)? {
            _ if !fits => None,
            Piece::Is(own) => (*own == c).then_some(At { next: self.next + 1, name }),
            Piece::One => Some(At { next: self.next + 1, name }),
            Piece::Many => Some(At { next: self.next, name }),
            Piece::Open | Piece::Close => None,
        }
    }
}

/// The shortest host that two templates both make, each for stages whose names fit its pattern. In a template that holds the name more
/// than once, each may be another: whoever asks makes sure. `steps` is how long may be sought, and becomes less.
#[must_use]
pub(super) fn meet(one: (&str, &str), other: (&str, &str), least: usize, steps: &mut usize) -> Option<String> {
    let (one, other) = (pieces(one.0, one.1, least)?, pieces(other.0, other.1, least)?);
    let mut letters: Vec<char> =
        one.iter().chain(&other).filter_map(|p| if let Piece::Is(c) = p { Some(*c) } else { None }).collect();
    letters.push('a');
    letters.sort_unstable_by_key(|c| (!c.is_ascii_lowercase(), *c));
    letters.dedup();
    let start = At { next: 0, name: Name::Outside };
    // Each place that was reached, with the one before it and the character between them.
    let mut known: BTreeMap<State, Option<(State, char)>> = BTreeMap::from([((start, start, false), None)]);
    let mut open = VecDeque::from([(start, start, false)]);
    while let Some(state) = open.pop_front() {
        *steps = steps.checked_sub(letters.len())?;
        let (at, and, after_hyphen) = state;
        let (ats, ands) = (at.onward(&one, after_hyphen), and.onward(&other, after_hyphen));
        let ends = |places: &[At], pieces: &[Piece]| places.iter().any(|at| at.next == pieces.len());
        if ends(&ats, &one) && ends(&ands, &other) {
            let mut host = Vec::new();
            let mut back = state;
            while let Some(Some((before, c))) = known.get(&back) {
                host.push(*c);
                back = *before;
            }
            return Some(host.into_iter().rev().collect());
        }
        for c in &letters {
            let (to, and_to): (Vec<At>, Vec<At>) = (
                ats.iter().filter_map(|at| at.take(&one, *c, after_hyphen)).collect(),
                ands.iter().filter_map(|at| at.take(&other, *c, after_hyphen)).collect(),
            );
            for next in to.iter().flat_map(|to| and_to.iter().map(|and_to| (*to, *and_to, *c == '-'))) {
                known.entry(next).or_insert_with(|| {
                    open.push_back(next);
                    Some((state, *c))
                });
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_tells_its_stage() {
        for (template, host, stage) in [
            ("${stage}.x.io", "pr-7.x.io", Some("pr-7")),
            ("api-${stage}.x.io", "api-pr-7.x.io", Some("pr-7")),
            ("${stage}.on.${stage}.io", "a.on.a.io", Some("a")),
            ("${stage}.on.${stage}.io", "a.on.b.io", None),
            ("api-${stage}.x.io", "x.io", None),
            ("x.io", "x.io", None),
            ("${stage}.x.io", "ä.x.io", Some("ä")),
            ("a${stage}", "ä", None),
        ] {
            assert_eq!(stage_of(template, host).as_deref(), stage, "{template} {host}");
        }
    }

    #[test]
    fn templates_meet_where_names_of_stages_let_them() {
        for (one, other, host) in [
            // `s` = `api-` + `t`
            (("${stage}.x.io", "*"), ("api-${stage}.x.io", "*"), Some("api-a.x.io")),
            (("${stage}.x.io", "pr-*"), ("api-${stage}.x.io", "pr-*"), None),
            (("${stage}.x.io", "api-*"), ("api-${stage}.x.io", "pr-*"), Some("api-pr-a.x.io")),
            (("${stage}.x.io", "api-pr-?"), ("api-${stage}.x.io", "pr-*"), Some("api-pr-a.x.io")),
            (("${stage}-web.x.io", "*"), ("api-${stage}.x.io", "*"), Some("api-web.x.io")),
            // A name of a stage holds no dot, ends in no hyphen and begins with a letter.
            (("${stage}.x.io", "*"), ("api.${stage}.x.io", "*"), None),
            (("${stage}.x.io", "*"), ("${stage}-.x.io", "*"), None),
            (("${stage}.x.io", "*"), ("7${stage}.x.io", "*"), None),
            (("${stage}.x.io", "*"), ("a--${stage}.x.io", "*"), None),
            (("${stage}.x.io", "*"), ("${stage}.y.io", "*"), None),
            (("${stage}.x.io", "*"), ("www.x.io", "*"), Some("www.x.io")),
            (("www.x.io", "*"), ("www.x.io", "*"), Some("www.x.io")),
        ] {
            assert_eq!(meet(one, other, 0, &mut 100_000).as_deref(), host, "{one:?} {other:?}");
            assert_eq!(meet(other, one, 0, &mut 100_000).as_deref(), host, "{other:?} {one:?}");
        }
        let both = (("${stage}.x.io", "*"), ("api-${stage}.x.io", "*"));
        assert_eq!(meet(both.0, both.1, 3, &mut 100_000).as_deref(), Some("api-aaa.x.io"));
        assert_eq!(meet(both.0, both.1, 3, &mut 10), None, "too long");
        assert_eq!(meet(both.0, ("${stage}.x.io", &"a".repeat(41)), 0, &mut 100_000), None, "no name is so long");
    }
}
