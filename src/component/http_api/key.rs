//! The key of a route: `METHOD /path`, `ANY /path` or `$default`.

use crate::diag::{Code, did_you_mean};

/// `CFN150`: a route's key that API Gateway does not know.
pub const CFN150: Code = Code {
    id: "CFN150",
    explanation: "the key of a route is none\n\n\
        A key of `routes` is one of\n\n  \
        `GET /users`        a method and a path\n  \
        `ANY /users/{id}`   any method; `{id}` stands for one part of the path\n  \
        `GET /files/{path+}` all that follows; only at the end\n  \
        `$default`          everything that no other route takes\n\n\
        Methods are ANY, DELETE, GET, HEAD, OPTIONS, PATCH, POST and PUT, in capitals, with one space behind (Amazon API \
        Gateway Developer Guide, \"Create routes for HTTP APIs\"). A parameter takes a whole part of the path. `*` and `:id` \
        are other frameworks' words.",
};

/// The methods that a route may name.
pub const ROUTE_METHODS: [&str; 8] = ["ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/// The key of a route, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key<'a> {
    /// `$default`.
    Default,
    /// A method and a path.
    Path {
        /// One of the methods.
        method: &'a str,
        /// From its first slash.
        path: &'a str,
    },
}

/// What is wrong with a key.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Flaw {
    /// A fact, behind "the route `…`".
    pub fact: String,
    /// The key that was probably meant.
    pub repair: Option<String>,
}

impl Flaw {
    fn new<T>(fact: impl Into<String>, repair: impl Into<Option<String>>) -> Result<T, Flaw> {
        Err(Flaw { fact: fact.into(), repair: repair.into() })
    }
}

impl<'a> Key<'a> {
    /// Reads a key.
    pub(super) fn parse(key: &'a str) -> Result<Self, Flaw> {
        if key == "$default" {
            return Ok(Key::Default);
        }
        if matches!(key.trim_start_matches('$').to_ascii_lowercase().as_str(), "default" | "*") {
            return Flaw::new("is none that is known", "$default".to_owned());
        }
        let Some((method, path)) = key.split_once(' ') else { return without_space(key) };
        if !ROUTE_METHODS.contains(&method) {
            let upper = method.to_ascii_uppercase();
            let meant = match upper.as_str() {
                "*" | "ALL" => Some("ANY"),
                _ => ROUTE_METHODS.into_iter().find(|m| *m == upper).or_else(|| did_you_mean(&upper, ROUTE_METHODS)),
            };
            return Flaw::new(format!("has no known method: `{method}`"), meant.map(|m| format!("{m} {path}")));
        }
        let one_space = path.trim();
        if one_space != path {
            return Flaw::new("has more than one space", format!("{method} {one_space}"));
        }
        if path == "$default" {
            return Flaw::new("gives `$default` a method", "$default".to_owned());
        }
        if !path.starts_with('/') {
            return Flaw::new("has a path without `/` before it", format!("{method} /{path}"));
        }
        check_path(path).map_err(|flaw| Flaw { repair: flaw.repair.map(|p| format!("{method} {p}")), ..flaw })?;
        Ok(Key::Path { method, path })
    }

    /// The key with its parameters' names left out: routes that are alike here answer the same requests.
    pub(super) fn normal(&self) -> String {
        let Key::Path { method, path } = self else { return "$default".to_owned() };
        let part = |part: &str| match parameter(part) {
            Some(name) if name.ends_with('+') => "{+}".to_owned(),
            Some(_) => "{}".to_owned(),
            None => part.to_owned(),
        };
        format!("{method} {}", path.split('/').map(part).collect::<Vec<_>>().join("/"))
    }

    /// What it says in words, as a logical id takes them: `RouteGetUsersId`.
    pub(super) fn words(&self) -> String {
        let Key::Path { method, path } = self else { return "RouteDefault".to_owned() };
        let mut id = format!("Route{}", capital(&method.to_ascii_lowercase()));
        let before = id.len();
        let words = path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty());
        id.extend(words.map(capital));
        if id.len() == before {
            id.push_str("Root");
        }
        id
    }

    /// What API Gateway's ARN ends in when it calls for this route.
    pub(super) fn source(&self) -> String {
        match self {
            Key::Default => "$default".to_owned(),
            Key::Path { method: "ANY", path } => format!("*{path}"),
            Key::Path { method, path } => format!("{method}{path}"),
        }
    }
}

/// The name of a part that is a parameter: `id` of `{id}`, `path+` of `{path+}`.
fn parameter(part: &str) -> Option<&str> {
    part.strip_prefix('{')?.strip_suffix('}')
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|c| c.to_ascii_uppercase()).into_iter().chain(chars).collect()
}

fn without_space<T>(key: &str) -> Result<T, Flaw> {
    if ROUTE_METHODS.contains(&key) {
        return Flaw::new("has no path", format!("{key} /"));
    }
    match key.split_once('/') {
        Some(("", _)) => Flaw::new("has no method", format!("ANY {key}")),
        Some((method, path)) if ROUTE_METHODS.contains(&method) => {
            Flaw::new("has no space between method and path", format!("{method} /{path}"))
        }
        _ => Flaw::new("is no method and path", None),
    }
}

fn check_path(path: &str) -> Result<(), Flaw> {
    if let Some((before, _)) = path.split_once(['?', '#']) {
        return Flaw::new("has a query, which routes do not look at", before.to_owned());
    }
    if path.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Flaw::new("has a space in its path", None);
    }
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    let with = |at: usize, new: &str| {
        let part = |(i, p): (usize, &&str)| if i == at { new.to_owned() } else { (*p).to_owned() };
        format!("/{}", parts.iter().enumerate().map(part).collect::<Vec<_>>().join("/"))
    };
    let mut names: Vec<&str> = Vec::new();
    for (i, part) in parts.iter().copied().enumerate() {
        let last = i + 1 == parts.len();
        if part.is_empty() && !last {
            let full: Vec<&str> = parts.iter().copied().filter(|p| !p.is_empty()).collect();
            return Flaw::new("has two slashes in a row", format!("/{}", full.join("/")));
        }
        if part == "*" || part == "**" {
            return Flaw::new("has a `*`, which is no wildcard here", last.then(|| with(i, "{proxy+}")));
        }
        if let Some(name) = part.strip_prefix(':').filter(|n| is_parameter(n)) {
            return Flaw::new(format!("writes a parameter as `:{name}`"), with(i, &format!("{{{name}}}")));
        }
        let Some(name) = parameter(part) else {
            if part.contains(['{', '}']) {
                return Flaw::new(format!("mixes a parameter with text: `{part}`"), None);
            }
            continue;
        };
        let bare = name.strip_suffix('+').unwrap_or(name);
        if !is_parameter(bare) {
            return Flaw::new(format!("has a parameter without a proper name: `{part}`"), None);
        }
        if bare != name && !last {
            return Flaw::new(format!("has `{part}`, which takes all that follows, before its end"), None);
        }
        if names.contains(&bare) {
            return Flaw::new(format!("has the parameter `{bare}` twice"), None);
        }
        names.push(bare);
    }
    Ok(())
}

fn is_parameter(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | ':' | '$'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_are() {
        for (key, normal, words, source) in [
            ("$default", "$default", "RouteDefault", "$default"),
            ("GET /", "GET /", "RouteGetRoot", "GET/"),
            ("GET /users/{id}", "GET /users/{}", "RouteGetUsersId", "GET/users/{id}"),
            ("ANY /files/{path+}", "ANY /files/{+}", "RouteAnyFilesPath", "*/files/{path+}"),
            ("POST /sign-in", "POST /sign-in", "RoutePostSignIn", "POST/sign-in"),
        ] {
            let parsed = Key::parse(key).unwrap_or_else(|flaw| panic!("{key}: {flaw:?}"));
            assert_eq!((parsed.normal().as_str(), parsed.words().as_str()), (normal, words), "{key}");
            assert_eq!(parsed.source(), source, "{key}");
        }
    }

    #[test]
    fn keys_that_are_not() {
        for (key, repair) in [
            ("default", Some("$default")),
            ("get /users", Some("GET /users")),
            ("* /users", Some("ANY /users")),
            ("/users", Some("ANY /users")),
            ("GET", Some("GET /")),
            ("GET/users", Some("GET /users")),
            ("GET users", Some("GET /users")),
            ("GET  /users", Some("GET /users")),
            ("GET /users/:id", Some("GET /users/{id}")),
            ("GET /users/*", Some("GET /users/{proxy+}")),
            ("GET /a//b", Some("GET /a/b")),
            ("GET /a?b=c", Some("GET /a")),
            ("GET /{proxy+}/x", None),
            ("GET /a{b}", None),
            ("GET /{id}/{id}", None),
            ("GET /{}", None),
            ("GET $default", Some("$default")),
            ("users", None),
        ] {
            match Key::parse(key) {
                Ok(parsed) => panic!("{key}: {parsed:?}"),
                Err(flaw) => assert_eq!(flaw.repair.as_deref(), repair, "{key}"),
            }
        }
    }
}
