//! Code: what a release makes of a component's sources, before its stack is deployed.

use std::collections::BTreeMap;

use crate::setting::Setting;

/// Where the code of a function comes from.
#[derive(Debug, Clone)]
pub enum FunctionCode {
    /// A folder that becomes a zip.
    Zip {
        /// The folder, relative to the project.
        path: Setting<String>,
        /// More files: the name in the zip, and the file relative to the project.
        files: BTreeMap<String, Setting<String>>,
        /// Where the runtime begins: file and function.
        handler: Setting<String>,
        /// What runs it; its absence is an error elsewhere.
        runtime: Option<Setting<String>>,
        /// The processor that native modules must be for: `arm64`, `x86_64`.
        architecture: Setting<&'static str>,
    },
    /// A container image.
    Image {
        /// The folder that it is built from, relative to the project; none where something else builds it.
        path: Option<Setting<String>>,
        /// The file that it is built by, relative to `path`; `Dockerfile` unless there is one.
        dockerfile: Option<Setting<String>>,
        /// Its name in the repository, if something else builds it.
        name: Option<Setting<String>>,
        /// The processor that it must be built for: `arm64`, `x86_64`.
        architecture: Setting<&'static str>,
    },
}

impl FunctionCode {
    /// What the release parameter's name ends with.
    #[must_use]
    pub fn ending(&self) -> &'static str {
        match self {
            FunctionCode::Zip { .. } => "Code",
            FunctionCode::Image { .. } => "Image",
        }
    }
}
