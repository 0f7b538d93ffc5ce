//! One spelling for what may be spelled in several ways, so that only what differs is different.

/// A name in small letters, without the dot at its end, labels of other letters as DNS has them (RFC 5890).
#[must_use]
pub fn name(text: &str) -> String {
    let text = text.strip_suffix('.').unwrap_or(text);
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let label = |label: &str| idna::domain_to_ascii(label).unwrap_or_else(|_| label.to_lowercase());
    text.split('.').map(label).collect::<Vec<_>>().join(".")
}

/// The content of a record: names as [`name`] has them, the strings of a TXT record joined and without quotes (RFC 7208, section
/// 3.3), CAA as `0 issue "amazon.com"`.
#[must_use]
pub fn content(record_type: &str, text: &str) -> String {
    let text = text.trim();
    match record_type {
        "CNAME" | "NS" | "PTR" | "DNAME" | "ALIAS" => name(text),
        "TXT" | "SPF" => strings(text).unwrap_or_else(|| text.to_owned()),
        "CAA" => caa(text).unwrap_or_else(|| text.to_owned()),
        _ => text.to_owned(),
    }
}

/// What quoted strings say together; none where the text is not made of them.
fn strings(text: &str) -> Option<String> {
    let mut joined = String::new();
    let mut rest = text.strip_prefix('"')?;
    loop {
        let end = end_of_quoted(rest)?;
        joined.push_str(&unescaped(rest.get(..end)?));
        rest = rest.get(end + 1..)?.trim_start();
        if rest.is_empty() {
            return Some(joined);
        }
        rest = rest.strip_prefix('"')?;
    }
}

/// Where a quoted text ends that has just begun.
pub(super) fn end_of_quoted(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at),
            _ => {}
        }
    }
    None
}

/// A text without its escapes: `\"` is a quote, `\195\164` are two bytes (RFC 1035, section 5.1). Bytes that are no UTF-8 stay as
/// they were written.
pub(super) fn unescaped(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text.as_bytes());
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (first, tail) {
            (b'\\', [a @ b'0'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9', after @ ..]) => {
                let code = [a, b, c].iter().fold(0_u32, |code, digit| code * 10 + u32::from(**digit - b'0'));
                bytes.push(u8::try_from(code).unwrap_or(b'?'));
                rest = after;
            }
            (b'\\', [other, after @ ..]) => {
                bytes.push(*other);
                rest = after;
            }
            (byte, _) => bytes.push(*byte),
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// `0 issue "amazon.com"`, whether the value stands in quotes or not.
fn caa(text: &str) -> Option<String> {
    let (flags, rest) = text.split_once(char::is_whitespace)?;
    let (tag, value) = rest.trim_start().split_once(char::is_whitespace)?;
    let value = strings(value.trim()).unwrap_or_else(|| value.trim().to_owned());
    Some(format!("{flags} {} \"{value}\"", tag.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling() {
        let same = [
            ("CNAME", "D1.CloudFront.NET.", "d1.cloudfront.net"),
            ("CNAME", "_X.Bücher.example.", "_x.xn--bcher-kva.example"),
            ("TXT", "\"v=spf1 \" \"-all\"", "v=spf1 -all"),
            ("TXT", "v=spf1 -all", "v=spf1 -all"),
            ("TXT", r#""a\"b; c\\d \195\164""#, "a\"b; c\\d ä"),
            ("TXT", r#""\255""#, r"\255"),
            ("TXT", "\"open", "\"open"),
            ("TXT", "\"a\" b", "\"a\" b"),
            ("CAA", "0 ISSUE amazon.com", "0 issue \"amazon.com\""),
            ("CAA", "0  issue  \"amazon.com\"", "0 issue \"amazon.com\""),
            ("CAA", "0", "0"),
            ("MX", " 10 mail.x.io. ", "10 mail.x.io."),
        ];
        for (record_type, written, expected) in same {
            assert_eq!(content(record_type, written), expected, "{record_type} {written}");
        }
    }
}
