//! The committed schemas are what the types generate.

use reggie_cfn::component::{layer_schema, manifest_schema};

/// Set to update goldens and schemas instead of comparing.
pub const UPDATE: &str = "REGGIE_CFN_UPDATE";

#[test]
fn committed_schemas_are_fresh() {
    for (file, schema) in [("manifest.schema.json", manifest_schema()), ("layer.schema.json", layer_schema())] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("schema").join(file);
        let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        if std::env::var_os(UPDATE).is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap();
        assert!(committed == text, "schema/{file} is not what the types generate: run `{UPDATE}=1 cargo test schemas`");
    }
}
