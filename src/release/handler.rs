//! Handlers: whether the file that a runtime begins with is in the zip.

use super::content::Content;
use super::place::Place;
use crate::diag::{Code, Diagnostic, Diagnostics, quote_list};
use crate::setting::Setting;

/// `CFN502`: nothing to begin with.
pub const CFN502: Code = Code {
    id: "CFN502",
    explanation: "the handler's file is not in the zip\n\n\
        `handler` is the file that the runtime loads, relative to the folder that is zipped, without its ending, and the function in it: `index.handler` is `handler` of \
        `index.mjs`, `index.js` or `index.cjs` for Node.js, `app/main.handler` that of `app/main.py` for Python. A runtime of one's own (`provided.al2023`) begins \
        with a file `bootstrap`. Where it is missing, the deploy succeeds and each call fails with `Runtime.ImportModuleError`. Often the path names the \
        folder above the one that the build writes to, or the build was not run.",
};

/// What a runtime begins with.
struct Wanted {
    /// The names of which one must be in the zip.
    names: Vec<String>,
    /// What names of modules in native code begin with, which would do as well; they end with `.so`.
    native: Option<String>,
}

/// What a runtime begins with; nothing where that is not known.
fn wanted(runtime: &str, handler: &str) -> Option<Wanted> {
    // A handler of a layer.
    if handler.starts_with('/') {
        return None;
    }
    let module = |module: &str, endings: &[&str]| {
        let names = endings.iter().map(|ending| format!("{module}{ending}")).collect();
        Wanted { names, native: None }
    };
    Some(match runtime.split(|c: char| !c.is_ascii_alphabetic()).next()? {
        "nodejs" => {
            let (folder, file) = handler.rsplit_once('/').map_or(("", handler), |(folder, file)| (folder, file));
            let file = file.split('.').next().unwrap_or_default();
            let path = if folder.is_empty() { file.to_owned() } else { format!("{folder}/{file}") };
            module(&path, &[".mjs", ".js", ".cjs"])
        }
        "python" => {
            let path = handler.rsplit_once('.').map_or(handler, |(path, _)| path).replace('.', "/");
            Wanted { native: Some(format!("{path}.")), ..module(&path, &[".py", "/__init__.py", ".pyc"]) }
        }
        "ruby" => module(handler.split('.').next().unwrap_or_default(), &[".rb"]),
        "provided" => module("bootstrap", &[""]),
        _ => return None,
    })
}

/// Reports a handler whose file is not there.
pub(super) fn check(
    place: &Place<'_>,
    shown: &str,
    runtime: &str,
    handler: &Setting<String>,
    content: &Content,
    findings: &mut Diagnostics,
) {
    let Some(Wanted { names, native }) = wanted(runtime, &handler.value) else { return };
    let is_native = |name: &str| native.as_ref().is_some_and(|start| name.starts_with(start) && name.ends_with(".so"));
    if names.iter().any(|name| content.holds(name)) || content.names().any(is_native) {
        return;
    }
    let first = names.first().map(String::as_str).unwrap_or_default();
    let title =
        format!("the handler of `{}` is `{}`, and `{shown}` holds no `{first}`", place.component, handler.value);
    let label = if runtime.starts_with("provided") { "begins with `bootstrap`" } else { "loads that file" };
    let diagnostic = place.at(handler.origin).label(Diagnostic::error(CFN502, title), label);
    let diagnostic = match names.get(1..) {
        Some(others) if !others.is_empty() => diagnostic.note(format!("{} would do as well", quote_list(others))),
        _ => diagnostic,
    };
    findings.push(match near(first, &names, content).as_slice() {
        [] => diagnostic.help(format!("build `{}` first, or name the folder that the build leaves", place.component)),
        near => diagnostic.help(format!("the folder holds {}: write the handler as it is there", quote_list(near))),
    });
}

/// Files that may be meant: of the same name in another folder, or of the same kind at the top.
fn near(first: &str, names: &[String], content: &Content) -> Vec<String> {
    let file = |name: &str| name.rsplit('/').next().unwrap_or_default().to_owned();
    let ending = |name: &str| name.rsplit_once('.').map(|(_, ending)| ending.to_owned());
    let files: Vec<String> = names.iter().map(|name| file(name)).collect();
    let is_package = |name: &str| name.split('/').any(|part| part == "node_modules" || part == "site-packages");
    let own = || content.names().filter(|name| !is_package(name));
    let same: Vec<String> = own().filter(|name| files.contains(&file(name))).take(3).map(str::to_owned).collect();
    if !same.is_empty() {
        return same;
    }
    let endings: Vec<Option<String>> = names.iter().map(|name| ending(name)).collect();
    let at_top = own().filter(|name| !name.contains('/') && first != "bootstrap");
    at_top.filter(|name| endings.contains(&ending(name))).take(3).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::wanted;

    #[test]
    fn each_runtime_loads_a_file() {
        let first = |runtime, handler| wanted(runtime, handler).map(|wanted| wanted.names.join(" "));
        for (runtime, handler, expected) in [
            ("nodejs22.x", "index.handler", "index.mjs index.js index.cjs"),
            ("nodejs24.x", "src/api.v1.handler", "src/api.mjs src/api.js src/api.cjs"),
            ("python3.13", "app/main.handler", "app/main.py app/main/__init__.py app/main.pyc"),
            ("python3.13", "app.main.handler", "app/main.py app/main/__init__.py app/main.pyc"),
            ("ruby3.4", "lib/app.Shop::Handler.call", "lib/app.rb"),
            ("provided.al2023", "anything", "bootstrap"),
        ] {
            assert_eq!(first(runtime, handler).as_deref(), Some(expected), "{runtime} {handler}");
        }
        assert_eq!(first("java21", "shop.Handler::call"), None);
        assert_eq!(first("nodejs22.x", "/opt/nodejs/index.handler"), None);
    }
}
