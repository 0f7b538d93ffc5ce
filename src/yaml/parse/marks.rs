//! Quotes and brackets that are open at some place of a text that could not be read.
//!
//! This is a guess, for messages only: it looks at characters, where the parser knows the grammar.

/// What is open.
#[derive(Default)]
pub(super) struct Marks {
    /// Brackets, the innermost last: where and which.
    pub(super) brackets: Vec<(usize, char)>,
    /// A quote: where and which.
    pub(super) quote: Option<(usize, char)>,
    /// The first closing bracket that does not match the one it closes.
    pub(super) mismatch: Option<usize>,
}

impl Marks {
    /// Reads the text between two places. At the first one nothing is open.
    pub(super) fn between(text: &str, from: usize, to: usize) -> Marks {
        let mut marks = Marks::default();
        let mut before = ' ';
        let mut in_comment = false;
        let mut characters = text.get(from..to).unwrap_or("").char_indices().peekable();
        while let Some((i, c)) = characters.next() {
            let at = from + i;
            if in_comment {
                in_comment = c != '\n';
            } else if let Some((_, quote)) = marks.quote {
                if c == '\\' && quote == '"' {
                    characters.next();
                } else if c == quote {
                    // Two single quotes are one, inside of the text.
                    if quote == '\'' && characters.peek().is_some_and(|(_, next)| *next == '\'') {
                        characters.next();
                    } else {
                        marks.quote = None;
                    }
                }
            } else {
                marks.outside(at, c, before);
                in_comment = c == '#' && before.is_whitespace();
            }
            before = c;
        }
        marks
    }

    fn outside(&mut self, at: usize, c: char, before: char) {
        let starts = before.is_whitespace() || "[{,:".contains(before);
        match c {
            '\'' | '"' if starts => self.quote = Some((at, c)),
            '[' | '{' if starts => self.brackets.push((at, c)),
            ']' | '}' => match self.brackets.pop() {
                Some((_, open)) if closing(open) != c => self.mismatch = self.mismatch.or(Some(at)),
                _ => {}
            },
            _ => {}
        }
    }
}

/// The other half of a bracket.
pub(super) fn closing(open: char) -> char {
    if open == '[' { ']' } else { '}' }
}
