//! What SST's SDK reads: for a stage with `sst_variables`, a variable `SST_RESOURCE_<Name>` for each linked component, so that code
//! which was written against `Resource.<Name>` runs on. What is sensitive never stands in it, nor does the value of a secret.
//!
//! Source: SST's SDK for JavaScript, `sdk/js/src/resource.ts`: each variable is JSON; without `SST_RESOURCE_App` it says that nothing
//! is linked.

use crate::component::{Code, Context, Neighbour, Sst};
use crate::origin::OriginId;
use crate::value::{Entry, Kind, Symbol, Value};

/// What the names of the variables begin with.
const PREFIX: &str = "SST_RESOURCE_";
/// The variable that says that there are others.
const APP: &str = "App";
const RULE: &str = "`sst_variables` sets what SST's SDK reads";

/// The variables of a component; none unless its stage asks for them. What `environment` sets itself stays.
pub(super) fn variables(on: &Context<'_>, code: &Code) -> Vec<Entry> {
    let Some(wanted) = on.stage.sst_variables.filter(|wanted| wanted.value) else { return Vec::new() };
    let why = on.rule(RULE, &[wanted.origin, on.project.origin, on.stage.name.origin]);
    let app = [("name", on.project.value.as_str()), ("stage", on.stage.name.value.as_str())];
    let app: Vec<String> = app.iter().map(|(key, text)| format!("{}:{}", quoted(key), quoted(text))).collect();
    let mut found = vec![(APP.to_owned(), Value::text(why, format!("{{{}}}", app.join(","))))];
    let mut links: Vec<_> = code.links.iter().collect();
    links.sort_by_key(|(key, _)| on.identity_of(&key.value));
    for (key, _) in links {
        // Itself it cannot know before it is made.
        let Some(neighbour) = on.neighbours.get(&key.value).filter(|_| key.value != on.name) else { continue };
        if let Some(sst) = neighbour.kind.sst {
            let why = on.rule(RULE, &[wanted.origin, key.origin]);
            // The code knows it by the name that it had, which is also what identifies it.
            found.push((neighbour.identity.clone(), resource(why, &key.value, neighbour, sst)));
        }
    }
    let entry = |(name, value): (String, Value)| Entry { key: format!("{PREFIX}{name}"), key_origin: why, value };
    let is_own = |entry: &Entry| code.environment.get(&entry.key).is_some();
    found.into_iter().map(entry).filter(|entry| !is_own(entry)).collect()
}

/// The JSON of one component.
fn resource(why: OriginId, name: &str, neighbour: &Neighbour, sst: Sst) -> Value {
    let text = |text: String| Value::text(why, text);
    let mut parts = Vec::new();
    let mut written = String::from("{");
    for (property, from) in sst.properties {
        let Some(attribute) = neighbour.interface.attribute(from).filter(|found| !found.sensitive) else { continue };
        written.push_str(&format!("{}:", quoted(property)));
        match &attribute.value.kind {
            Kind::Text(known) => written.push_str(&quoted(known)),
            Kind::Int(number) => written.push_str(&number.to_string()),
            // What AWS gives is a name, an address or an ARN: nothing in it means anything in JSON.
            _ => {
                let quote = if *property == PORT { "" } else { "\"" };
                written.push_str(quote);
                parts.push(text(std::mem::replace(&mut written, quote.to_owned())));
                let symbol = Symbol::Attribute { component: name.to_owned(), attribute: attribute.name.clone() };
                parts.push(Value::reference(why, symbol));
            }
        }
        written.push(',');
    }
    written.push_str(&format!("{}:{}}}", quoted("type"), quoted(sst.kind)));
    parts.push(text(written));
    match parts.len() {
        1 => parts.remove(0),
        _ => Value::new(why, Kind::Join(parts)),
    }
}

/// The one property that is a number.
const PORT: &str = "port";

/// A text as JSON.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
