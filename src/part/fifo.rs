//! FIFO by name: whether what takes messages keeps them in order, where only its name is known.

use crate::component::Attribute;
use crate::setting::Setting;
use crate::value::{Kind, Value};

/// What the name of each FIFO queue and topic must end with, and no other may (SQS API Reference, `CreateQueue`; SNS API
/// Reference, `CreateTopic`). ARNs and URLs end with the name.
const SUFFIX: &str = ".fifo";

/// Attributes that end with the name.
const NAMED: &[&str] = &["arn", "url", "name"];

/// Whether it is FIFO, with the attribute that tells; none where each of them is known only when deployed.
#[must_use]
pub fn by_name(attributes: &[Attribute]) -> Option<Setting<bool>> {
    let mut named = attributes.iter().filter(|a| NAMED.contains(&a.name.as_str())).map(|a| &a.value);
    named.find_map(|value| Some(Setting::new(value.origin, ending(value)?.ends_with(SUFFIX))))
}

/// The end of a text, if enough of it is known.
fn ending(value: &Value) -> Option<&str> {
    match &value.kind {
        Kind::Text(text) => Some(text.as_str()).filter(|text| text.len() >= SUFFIX.len()),
        Kind::Join(parts) => ending(parts.last()?),
        _ => None,
    }
}
