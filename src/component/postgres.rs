//! stub
use super::{Context, Fragment, Interface, Kind, KindEntry, StackName};
/// x
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
pub struct S {}
/// x
pub const KIND: KindEntry = KindEntry::of::<S>("postgres", "x", StackName::App);
impl Kind for S {
    fn interface(&self, _on: &Context<'_>) -> Interface { Interface::default() }
    fn lower(&self, _on: &Context<'_>) -> Vec<Fragment> { Vec::new() }
}
