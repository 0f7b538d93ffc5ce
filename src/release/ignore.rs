//! `.dockerignore`: what of a folder an image is not built of, so that it does not name one either.
//!
//! The rules are those of Docker's reference, "Build context: .dockerignore files": a pattern is a path below the folder, `*` and `?`
//! stand within one name, `**` for any number of folders, the last line that fits decides, `!` takes back, and what is in a folder
//! that fits, fits.

/// The file, beside that by which the image is built.
pub const IGNORE: &str = ".dockerignore";

/// The lines of a file.
#[derive(Debug, Default)]
pub struct Ignore {
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    takes_back: bool,
    /// The names of its path; none of them stands for any number of folders.
    names: Vec<Option<Vec<Token>>>,
}

/// A piece of a pattern of names.
#[derive(Debug)]
enum Token {
    /// Any text.
    Any,
    /// Any character.
    One,
    /// This character.
    This(char),
    /// A character between two of a pair, or none of these.
    Of { pairs: Vec<(char, char)>, negated: bool },
}

impl Ignore {
    /// Reads a file.
    #[must_use]
    pub fn read(text: &str) -> Ignore {
        let lines = text.strip_prefix('\u{feff}').unwrap_or(text).lines();
        let written = lines.filter(|line| !line.starts_with('#')).map(str::trim).filter(|line| !line.is_empty());
        Ignore { lines: written.filter_map(Line::read).collect() }
    }

    /// Whether a file or a folder is left out.
    #[must_use]
    pub fn ignores(&self, path: &str) -> bool {
        let names: Vec<Vec<char>> = path.split('/').map(|name| name.chars().collect()).collect();
        // That of a folder holds for all below it.
        let fits = |line: &&Line| (1..=names.len()).any(|depth| line.fits(names.get(..depth).unwrap_or_default()));
        self.lines.iter().rfind(fits).is_some_and(|line| !line.takes_back)
    }

    /// Whether nothing below a folder that is left out can be taken back.
    #[must_use]
    pub fn is_final(&self) -> bool {
        !self.lines.iter().any(|line| line.takes_back)
    }
}

impl Line {
    fn read(text: &str) -> Option<Line> {
        let (takes_back, text) = text.strip_prefix('!').map_or((false, text), |rest| (true, rest.trim()));
        let mut names: Vec<&str> = Vec::new();
        for name in text.split('/') {
            match name {
                "" | "." => {}
                ".." => drop(names.pop()),
                name => names.push(name),
            }
        }
        let mut patterns: Vec<Option<Vec<Token>>> =
            names.iter().map(|name| (*name != FOLDERS).then(|| tokens(name))).collect();
        // At the end it stands for what is in a folder, not for the folder.
        if names.last() == Some(&FOLDERS) {
            patterns.push(Some(vec![Token::Any]));
        }
        (!patterns.is_empty()).then_some(Line { takes_back, names: patterns })
    }

    /// Whether all names of a path fit.
    fn fits(&self, path: &[Vec<char>]) -> bool {
        all_fit(&self.names, path, Option::is_none, |pattern, name| {
            let Some(pattern) = pattern else { return true };
            all_fit(pattern, name, |token| matches!(token, Token::Any), |token, c| token.fits(*c))
        })
    }
}

/// The name that stands for any number of folders.
const FOLDERS: &str = "**";

impl Token {
    fn fits(&self, c: char) -> bool {
        match self {
            Token::Any | Token::One => true,
            Token::This(meant) => *meant == c,
            Token::Of { pairs, negated } => pairs.iter().any(|(first, last)| (*first..=*last).contains(&c)) != *negated,
        }
    }
}

/// The pattern of a name.
fn tokens(name: &str) -> Vec<Token> {
    let chars: Vec<char> = name.chars().collect();
    let (mut tokens, mut rest) = (Vec::new(), chars.as_slice());
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        tokens.push(match (first, after) {
            ('*', _) => Token::Any,
            ('?', _) => Token::One,
            ('\\', [meant, after @ ..]) => {
                rest = after;
                Token::This(*meant)
            }
            ('[', _) => match one_of(after) {
                Some((token, after)) => {
                    rest = after;
                    token
                }
                None => Token::This('['),
            },
            (c, _) => Token::This(*c),
        });
    }
    tokens
}

/// The characters up to `]`, and what stands behind that; nothing where none does.
fn one_of(pattern: &[char]) -> Option<(Token, &[char])> {
    let (negated, mut rest) = match pattern.split_first() {
        Some(('^', rest)) => (true, rest),
        _ => (false, pattern),
    };
    let mut pairs = Vec::new();
    loop {
        let (first, after) = rest.split_first()?;
        match after {
            _ if *first == ']' => return Some((Token::Of { pairs, negated }, after)),
            ['-', last, after @ ..] if *last != ']' => {
                pairs.push((*first, *last));
                rest = after;
            }
            after => {
                pairs.push((*first, *first));
                rest = after;
            }
        }
    }
}

/// Whether all items fit all patterns, where some patterns stand for any number of items: the last of these that was met takes one
/// more where the next does not fit, so that no pattern takes long.
fn all_fit<P, T>(patterns: &[P], items: &[T], is_any: impl Fn(&P) -> bool, fits: impl Fn(&P, &T) -> bool) -> bool {
    let (mut p, mut i, mut any) = (0, 0, None);
    while let Some(item) = items.get(i) {
        match patterns.get(p) {
            Some(pattern) if is_any(pattern) => {
                any = Some((p, i));
                p += 1;
            }
            Some(pattern) if fits(pattern, item) => {
                p += 1;
                i += 1;
            }
            _ => match any {
                Some((at, taken)) => {
                    any = Some((at, taken + 1));
                    p = at + 1;
                    i = taken + 1;
                }
                None => return false,
            },
        }
    }
    patterns.get(p..).is_some_and(|rest| rest.iter().all(is_any))
}

#[cfg(test)]
mod tests {
    use super::Ignore;

    #[test]
    fn lines_are_read_as_docker_does() {
        let ignore = Ignore::read(
            "# a comment\n\n*/temp*\n*/*/temp*\ntemp?\n/.venv/\n**/__pycache__\n*.md\n!README.md\nlib/[a-c]?.so\n",
        );
        for path in [
            "a/temporary.txt",
            "a/b/temp",
            "tempa",
            ".venv",
            ".venv/bin/python",
            "a/b/__pycache__/c.pyc",
            "X.md",
            "lib/b1.so",
        ] {
            assert!(ignore.ignores(path), "{path}");
        }
        for path in ["temp", "a/b/c/temp", "README.md", "docs/X.md", "venv", "lib/d1.so", "# a comment"] {
            assert!(!ignore.ignores(path), "{path}");
        }
        assert!(!ignore.is_final());
    }

    #[test]
    fn the_last_line_decides() {
        let ignore = Ignore::read("*\n!src\nsrc/**/test_*\n");
        assert!(ignore.ignores("a") && ignore.ignores("src/a/test_b.py"));
        assert!(!ignore.ignores("src") && !ignore.ignores("src/a/b.py"));
        let all = Ignore::read("a/**\n");
        assert!(all.ignores("a/b") && all.ignores("a/b/c") && !all.ignores("a") && all.is_final());
        assert!(!Ignore::read("").ignores("a") && !Ignore::read("[\n.\n/\n").ignores("a"));
    }
}
