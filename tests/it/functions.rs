//! What runs at the edge: the code of every kind of function, written to `target/functions/`, where
//! `tests/judges/functions.mjs` runs it in a JavaScript engine with the requests of real clients.

use reggie_cfn::component::Index;
use reggie_cfn::origin::OriginId;
use reggie_cfn::part::edge::{LIMIT, ViewerRequest, signer};
use reggie_cfn::setting::Setting;

use crate::support::root;

fn setting(text: &str) -> Setting<String> {
    Setting::new(OriginId(0), text.to_owned())
}

fn index(is_fallback: bool) -> Option<Index> {
    Some(Index { file: setting("index.html"), is_fallback })
}

/// Each case by the name that the judge knows it by.
fn cases() -> Vec<(&'static str, ViewerRequest)> {
    let none = ViewerRequest::default;
    let redirects = [("www.a.io", "a.io"), ("old.a.io", "a.io")].map(|(from, to)| (from.to_owned(), to.to_owned()));
    let prefixes = [("/api", true), ("/api/raw", false), ("/api/raw/v2", true)].map(|(p, off)| (p.to_owned(), off));
    let more = "\
// The user's own.
function viewer_request(event, request) {
  if (request.uri === '/teapot') return { statusCode: 418, statusDescription: 'Teapot' };
  request.headers['x-seen'] = { value: request.uri };
  if (request.uri !== '/forgets') return request;
}";
    let waits = "\
async function answer(uri) {
  return uri === '/teapot' ? 418 : 0;
}
async function viewer_request(event, request) {
  const status = await answer(request.uri);
  if (status) return { statusCode: status, statusDescription: 'Teapot' };
  request.headers['x-seen'] = { value: request.uri };
  return request;
}";
    vec![
        ("next", ViewerRequest { next: Some(String::new()), ..none() }),
        ("next below a path", ViewerRequest { next: Some("/docs".to_owned()), ..none() }),
        ("own hosts", ViewerRequest { own_hosts: true, ..none() }),
        ("redirects", ViewerRequest { own_hosts: true, redirects: redirects.clone().into(), ..none() }),
        ("host", ViewerRequest { forwarded_host: true, ..none() }),
        ("no prefix", ViewerRequest { forwarded_prefix: true, ..none() }),
        ("authorization", ViewerRequest { keeps_authorization: true, ..none() }),
        ("prefixes", ViewerRequest { prefixes: prefixes.clone().into(), ..none() }),
        ("folders", ViewerRequest { index: index(false), ..none() }),
        ("fallback", ViewerRequest { index: index(true), ..none() }),
        ("more", ViewerRequest { more: Some(setting(more)), prefixes: prefixes.clone().into(), ..none() }),
        ("more, asynchronous", ViewerRequest { more: Some(setting(waits)), own_hosts: true, ..none() }),
        (
            "everything",
            ViewerRequest {
                own_hosts: true,
                redirects: redirects.into(),
                forwarded_host: true,
                forwarded_prefix: true,
                keeps_authorization: true,
                next: Some(String::new()),
                prefixes: prefixes.into(),
                index: index(true),
                more: Some(setting(waits)),
            },
        ),
    ]
}

/// Writes the code of every case, for `tests/judges/run functions`.
#[test]
fn functions_are_written_for_an_engine() {
    let mut written = serde_json::Map::new();
    for (name, request) in cases() {
        let code = request.code().unwrap_or_else(|| panic!("{name}: no code"));
        assert!(code.len() <= LIMIT, "{name}: {} bytes", code.len());
        assert!(code.lines().all(|line| line == line.trim_end()), "{name}: a space at the end of a line");
        written.insert(name.to_owned(), code.into());
    }
    let folder = root().join("target/functions");
    std::fs::create_dir_all(&folder).expect("a folder for the code");
    let text = serde_json::to_string_pretty(&serde_json::json!({"viewer": written, "signer": signer::CODE}));
    std::fs::write(folder.join("cases.json"), text.expect("JSON")).expect("cases.json");
}

#[test]
fn a_function_has_only_so_many_bytes() {
    let redirects = |count: u32| ViewerRequest {
        redirects: (0..count).map(|n| (format!("host-{n}.example.org"), "example.org".to_owned())).collect(),
        ..ViewerRequest::default()
    };
    let size = |count| redirects(count).code().expect("code").len();
    // The table is what grows, at its own size and no more.
    assert_eq!(size(20) - size(19), "    \"host-19.example.org\": \"example.org\",\n".len());
    assert!(size(200) <= LIMIT && size(300) > LIMIT, "{} and {} bytes", size(200), size(300));
}
