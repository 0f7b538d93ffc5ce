//! Lock files: which version of a package an app has.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The lock files that are known, the first one of a folder counts.
pub const LOCKS: &[&str] = &["package-lock.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock"];

/// The version of a package in a lock file, for the app in `app`, a folder relative to the lock file's; empty for its own.
#[must_use]
pub fn locked(lock: &str, text: &str, app: &str, package: &str) -> Option<String> {
    match lock {
        "package-lock.json" => npm(text, app, package),
        "pnpm-lock.yaml" => pnpm(text, app, package),
        "yarn.lock" => yarn(text, package),
        "bun.lock" => bun(text, package),
        _ => None,
    }
}

/// The version in a package's own `package.json`.
#[must_use]
pub fn installed(text: &str) -> Option<String> {
    serde_json::from_str::<Package>(text).ok()?.version
}

#[derive(Deserialize)]
struct Package {
    version: Option<String>,
}

/// `package-lock.json`: packages by their folders; before npm 7 by their names.
fn npm(text: &str, app: &str, package: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Lock {
        #[serde(default)]
        packages: BTreeMap<String, Package>,
        #[serde(default)]
        dependencies: BTreeMap<String, Package>,
    }
    let lock: Lock = serde_json::from_str(text).ok()?;
    // The nearest `node_modules` counts.
    let mut folder = Some(app);
    while let Some(at) = folder {
        let place = if at.is_empty() { String::new() } else { format!("{at}/") };
        if let Some(found) = lock.packages.get(&format!("{place}node_modules/{package}")) {
            return found.version.clone();
        }
        folder = match at.rsplit_once('/') {
            Some((above, _)) => Some(above),
            None => (!at.is_empty()).then_some(""),
        };
    }
    lock.dependencies.get(package)?.version.clone()
}

/// `pnpm-lock.yaml`: dependencies of each app, or of the only one.
fn pnpm(text: &str, app: &str, package: &str) -> Option<String> {
    let app = if app.is_empty() { "." } else { app };
    let found = ["dependencies", "devDependencies"].into_iter().find_map(|dependencies| {
        at(text, &["importers", app, dependencies, package, "version"])
            .or_else(|| at(text, &[dependencies, package, "version"]))
            .or_else(|| at(text, &[dependencies, package]))
    })?;
    Some(found.split(['(', '_']).next().unwrap_or_default().to_owned())
}

/// The scalar at a path of keys. Such files are larger than a manifest may be, and written line by line by one program.
fn at<'t>(text: &'t str, path: &[&str]) -> Option<&'t str> {
    let mut indents: Vec<usize> = Vec::new();
    for line in text.lines() {
        let words = line.trim_start();
        let indent = line.len() - words.len();
        if words.is_empty() || words.starts_with('#') {
            continue;
        }
        while indents.last().is_some_and(|last| indent <= *last) {
            indents.pop();
        }
        let wanted = path.get(indents.len())?;
        // Only what stands right below the keys found so far.
        let (key, value) = words.split_once(": ").or_else(|| Some((words.strip_suffix(':')?, ""))).unwrap_or_default();
        if unquoted(key) == *wanted && (indents.is_empty() == (indent == 0)) {
            if indents.len() + 1 == path.len() {
                return Some(unquoted(value)).filter(|value| !value.is_empty());
            }
            indents.push(indent);
        }
    }
    None
}

/// `yarn.lock`: each version with all that asks for it; nothing where an app of several has its own.
fn yarn(text: &str, package: &str) -> Option<String> {
    let mut versions: Vec<&str> = Vec::new();
    let mut is_it = false;
    for line in text.lines() {
        if !line.starts_with([' ', '#']) {
            let asks = |ask: &str| {
                let ask = ask.trim().trim_matches(['"', ':']);
                ask.strip_prefix(package).is_some_and(|rest| rest.starts_with('@'))
            };
            is_it = line.split(',').any(asks);
        } else if let Some(version) = line.trim_start().strip_prefix("version").filter(|_| is_it) {
            versions.push(unquoted(version.trim_start_matches(':').trim()));
            is_it = false;
        }
    }
    versions.dedup();
    match versions.as_slice() {
        [one] => Some((*one).to_owned()),
        _ => None,
    }
}

/// `bun.lock`: `"next": ["next@15.5.29", …]`, a line a package.
fn bun(text: &str, package: &str) -> Option<String> {
    let start = format!("\"{package}\": [\"{package}@");
    let found = text.lines().find_map(|line| line.trim_start().strip_prefix(&start))?;
    found.split('"').next().map(str::to_owned)
}

fn unquoted(text: &str) -> &str {
    text.trim().trim_matches(['"', '\''])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(lock: &str, text: &str, app: &str) -> [Option<String>; 2] {
        ["next", "@opennextjs/aws"].map(|package| locked(lock, text, app, package))
    }

    fn some(next: &str, opennext: &str) -> [Option<String>; 2] {
        [Some(next.to_owned()), Some(opennext.to_owned())]
    }

    #[test]
    fn npm_locks_by_folder() {
        let text = r#"{"lockfileVersion": 3, "packages": {"": {"name": "shop"}, "node_modules/next": {"version": "16.4.6"},
            "apps/web/node_modules/next": {"version": "15.5.29"}, "node_modules/@opennextjs/aws": {"version": "4.1.12"}}}"#;
        assert_eq!(both("package-lock.json", text, "apps/web"), some("15.5.29", "4.1.12"));
        assert_eq!(both("package-lock.json", text, "apps/admin"), some("16.4.6", "4.1.12"));
        assert_eq!(both("package-lock.json", text, ""), some("16.4.6", "4.1.12"));
        let old = r#"{"dependencies": {"next": {"version": "15.5.29"}, "@opennextjs/aws": {"version": "4.1.12"}}}"#;
        assert_eq!(both("package-lock.json", old, "apps/web"), some("15.5.29", "4.1.12"));
        for broken in ["", "{", "[]", r#"{"packages": {"node_modules/next": 5}}"#] {
            assert_eq!(both("package-lock.json", broken, ""), [None, None], "{broken}");
        }
    }

    #[test]
    fn pnpm_locks_by_importer() {
        let text = "lockfileVersion: '9.0'\n\nimporters:\n\n  .: {}\n\n  apps/admin:\n    dependencies:\n      next:\n        \
            specifier: ^16\n        version: 16.4.6(react@19.0.0)\n\n  apps/web:\n    dependencies:\n      next:\n        \
            specifier: ^15\n        version: 15.5.29(react@19.0.0)\n    devDependencies:\n      '@opennextjs/aws':\n        \
            specifier: ^4\n        version: 4.1.12\n\npackages:\n\n  next@15.5.29:\n    resolution: {integrity: x}\n";
        assert_eq!(both("pnpm-lock.yaml", text, "apps/web"), some("15.5.29", "4.1.12"));
        let old = "lockfileVersion: 5.4\n\ndependencies:\n  '@opennextjs/aws': 4.1.12\n  next: 15.5.29_react@19.0.0\n";
        assert_eq!(both("pnpm-lock.yaml", old, ""), some("15.5.29", "4.1.12"));
        assert_eq!(both("pnpm-lock.yaml", "importers:\n  deep:\n    next:\n      version: 1.2.3\n", ""), [None, None]);
    }

    #[test]
    fn yarn_locks_by_what_asks() {
        let classic = "# yarn lockfile v1\n\n\"@opennextjs/aws@^4.1.0\":\n  version \"4.1.12\"\n\nnext@15.5.29, next@^15.5.0:\n  \
            version \"15.5.29\"\n  dependencies:\n    postcss \"8.4.31\"\n\nnext-tick@^1.0.0:\n  version \"1.1.0\"\n";
        assert_eq!(both("yarn.lock", classic, ""), some("15.5.29", "4.1.12"));
        let berry = "__metadata:\n  version: 8\n\n\"@opennextjs/aws@npm:^4.1.0\":\n  version: 4.1.12\n\n\"next@npm:^15.5.0\":\n  \
            version: 15.5.29\n  resolution: \"next@npm:15.5.29\"\n";
        assert_eq!(both("yarn.lock", berry, ""), some("15.5.29", "4.1.12"));
        let two = "next@15.5.29:\n  version \"15.5.29\"\n\nnext@16.4.6:\n  version \"16.4.6\"\n";
        assert_eq!(both("yarn.lock", two, ""), [None, None]);
    }

    #[test]
    fn bun_locks_by_name() {
        let text = "{\n  \"packages\": {\n    \"@opennextjs/aws\": [\"@opennextjs/aws@4.1.12\", \"\", {}, \"sha512-x\"],\n\n    \
            \"next\": [\"next@15.5.29\", \"\", { \"dependencies\": {} }, \"sha512-x\"],\n  }\n}\n";
        assert_eq!(both("bun.lock", text, "apps/web"), some("15.5.29", "4.1.12"));
    }
}
