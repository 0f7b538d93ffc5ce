//! The name under which the world reaches something.

mod name;
mod record;
mod served;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::component::Context;
use crate::diag::Code;
use crate::setting::Setting;
use crate::value::Value;

pub use name::{DNS001, Form, is_name, is_pattern, name_fault};
pub use record::check_zones;
pub use served::{Claim, Entrance, Hosts, Issued, Role, Served};

/// Codes of this part.
pub const CODES: &[Code] = &[
    name::DNS001,
    name::DNS002,
    served::CFN167,
    served::DNS008,
    served::CFN307,
    served::CFN308,
    record::DNS060,
    record::DNS061,
    record::DNS062,
];

/// A DNS name, and how it is served.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Host {
    /// The DNS name in small letters: no scheme, no path.
    #[schemars(length(min = 1, max = 253), example = &"api.getreggie.io")]
    pub name: Setting<String>,
    /// Whether visitors come through the proxy of the DNS provider; as its zone says unless written.
    #[serde(default)]
    pub proxied: Option<Setting<bool>>,
    /// How many seconds the name is remembered by those who ask for it, where visitors do not come through a proxy; 60 unless
    /// written.
    #[serde(default)]
    #[schemars(range(min = 60, max = 86400), example = &300)]
    pub ttl: Option<Setting<u32>>,
    /// The component of kind `certificate` that covers the name, in the region that serves it. Unless written, a certificate
    /// is made for the component.
    #[serde(default)]
    #[schemars(example = &"Wildcard")]
    pub certificate: Option<Setting<String>>,
}

impl Host {
    /// The name as an attribute: what the manifest says.
    #[must_use]
    pub fn text(&self) -> Value {
        Value::text(self.name.origin, self.name.value.clone())
    }

    /// The address as an attribute.
    #[must_use]
    pub fn url(&self, on: &Context<'_>) -> Value {
        on.text("a host is served by HTTPS only", &[self.name.origin], format!("https://{}", self.name.value))
    }
}
