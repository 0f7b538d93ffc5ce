use std::collections::BTreeMap;

use super::*;
use crate::origin::OriginId;
use crate::setting::Setting;

#[derive(Serialize)]
struct Inner {
    is_on: bool,
    name: Option<Setting<String>>,
}

#[derive(Serialize)]
struct Outer {
    size: Setting<u32>,
    tags: Value,
    #[serde(flatten)]
    inner: Inner,
    zones: Vec<Inner>,
    by_name: BTreeMap<String, Setting<bool>>,
}

fn outer(name: Option<&str>, size: u32, tags: &[&str], zones: &[bool]) -> Outer {
    let at = OriginId;
    let inner = |is_on| Inner { is_on, name: name.map(|name| Setting::new(at(3), name.to_owned())) };
    Outer {
        size: Setting::new(at(1), size),
        tags: Value::map(at(2), tags.iter().map(|tag| (*tag, Value::text(at(4), *tag)))),
        inner: inner(true),
        zones: zones.iter().map(|on| inner(*on)).collect(),
        by_name: BTreeMap::from([("a".to_owned(), Setting::new(at(5), true))]),
    }
}

#[test]
fn a_struct_becomes_a_plan() {
    let plan = Plan::of(&outer(None, 3, &["team"], &[false]));
    let Plan::Map(fields) = &plan else { panic!("{plan:?}") };
    let names: Vec<&str> = fields.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["size", "tags", "is_on", "name", "zones", "by_name"]);
    assert_eq!(fields[0].1, Plan::Leaf(Value::new(OriginId(1), Kind::Int(3))));
    assert_eq!(fields[2].1, Plan::Bool(true));
    assert_eq!(fields[3].1, Plan::Null);
    let zone = vec![("is_on".into(), Plan::Bool(false)), ("name".into(), Plan::Null)];
    assert_eq!(fields[4].1, Plan::List(vec![Plan::Map(zone)]));
}

#[test]
fn the_shape_is_all_but_what_stands_in_leaves() {
    let shape = |outer: &Outer| Plan::of(outer).shape().0;
    let one = shape(&outer(Some("x"), 3, &["team"], &[true, false]));
    assert_eq!(one, shape(&outer(Some("another"), 4, &["team"], &[true, false])));
    for other in [
        outer(None, 3, &["team"], &[true, false]),
        outer(Some("x"), 3, &["mate"], &[true, false]),
        outer(Some("x"), 3, &["team", "owner"], &[true, false]),
        outer(Some("x"), 3, &["team"], &[true, true]),
        outer(Some("x"), 3, &["team"], &[true]),
    ] {
        assert_ne!(one, shape(&other));
    }
}

#[test]
fn leaves_are_numbered_as_the_engine_numbers_them() {
    let plan = Plan::of(&outer(Some("x"), 3, &["team", "owner"], &[true]));
    let (_, leaves) = plan.shape();
    let engine = context(&plan);
    let number = |value: &minijinja::Value| value.downcast_object_ref::<Leaf>().map(|leaf| leaf.number).unwrap();
    let field = |name: &str| engine.get_attr(name).unwrap();
    assert_eq!(leaves[number(&field("size"))].kind, Kind::Int(3));
    assert_eq!(leaves[number(&field("tags").get_attr("owner").unwrap())].as_text(), Some("owner"));
    assert_eq!(leaves[number(&field("name"))].as_text(), Some("x"));
    assert_eq!(leaves[number(&field("by_name").get_attr("a").unwrap())].kind, Kind::Bool(true));
}
