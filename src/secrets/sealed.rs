//! A value that nothing can print.

use std::fmt;

/// The value of a secret. It has no `Display`, cannot be serialized, and says nothing when it is debugged; whoever needs the
/// text says so.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(String);

impl Sealed {
    /// Seals a value.
    #[must_use]
    pub fn new(value: impl Into<String>) -> Self {
        Sealed(value.into())
    }

    /// The value, for who writes it where it belongs.
    #[must_use]
    pub fn open(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed")
    }
}

#[cfg(test)]
mod tests {
    use super::Sealed;

    #[test]
    fn a_sealed_value_shows_nothing() {
        let shown = format!("{:?} {:#?}", Sealed::new("hunter2"), Some(Sealed::new("hunter2")));
        assert!(!shown.contains("hunter2") && !shown.contains('7'), "{shown}");
    }
}
