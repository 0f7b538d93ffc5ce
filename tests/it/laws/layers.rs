//! Laws of layers: an empty one changes nothing, one laid twice is laid once, one that repeats what is there is none.

use reggie_cfn::overlay::STAGE_KEYS;
use reggie_cfn::yaml::{self, Doc};

use super::{Layers, below, compiled, document, own_layer, templates, with};
use crate::support::{Seeded, goldens, layers, root, shown};

/// The blocks of a layer.
type Blocks = Vec<(String, Doc)>;

/// The layer of a stage in two: its stage keys, and everything else for another layer to hold.
fn halves(text: &str) -> (Blocks, Blocks) {
    let Doc::Map(entries) = document(text) else { panic!("a layer is a map") };
    entries.into_iter().partition(|(key, _)| STAGE_KEYS.contains(&key.as_str()))
}

/// Stages whose own layer extends no other, so that it can be made to: goldens, and a preview that removes things.
fn free() -> impl Iterator<Item = (String, Layers, String, String)> {
    goldens().into_iter().chain([(root(), "dev-anna".to_owned())]).filter_map(|(folder, stage)| {
        let layers = layers(&folder);
        let own = own_layer(&layers, &stage);
        let text = layers.iter().find(|(name, _)| *name == own)?.1.clone();
        let is_free = !halves(&text).0.iter().any(|(key, _)| key == "extends");
        is_free.then(|| (shown(&folder, &stage), layers, stage, own))
    })
}

fn own_text(layers: &Layers, own: &str) -> String {
    layers.iter().find(|(name, _)| name == own).unwrap().1.clone()
}

/// The layer of a stage, which extends `name` now.
fn extending(stage_keys: &[(String, Doc)], rest: &[(String, Doc)], name: &str) -> Doc {
    let extends = ("extends".to_owned(), Doc::text(name));
    Doc::Map(stage_keys.iter().cloned().chain([extends]).chain(rest.iter().cloned()).collect())
}

#[test]
fn an_empty_layer_changes_nothing() {
    let mut tried = 0;
    for (shown, layers, stage, own) in free() {
        let expected = compiled(&layers, &stage);
        let (stage_keys, rest) = halves(&own_text(&layers, &own));
        let base = document(&own_text(&layers, "base.yaml"));
        // Nothing at all, blocks without entries, and components without settings.
        let mut empty = vec![Doc::Map(Vec::new())];
        let Doc::Map(blocks) = &base else { panic!("{shown}: a base is a map") };
        let maps = |doc: &Doc| matches!(doc, Doc::Map(entries) if !entries.is_empty());
        let named: Vec<&(String, Doc)> = blocks.iter().filter(|(_, block)| maps(block)).collect();
        empty.push(Doc::map(named.iter().map(|(key, _)| (key.clone(), Doc::Map(Vec::new())))));
        if let Some((_, Doc::Map(components))) = named.iter().find(|(key, _)| key == "components") {
            let bare = Doc::map(components.iter().map(|(name, _)| (name.clone(), Doc::Map(Vec::new()))));
            empty.push(Doc::map([("components", bare)]));
        }
        for nothing in empty {
            let extended =
                with(&with(&layers, "nothing.yaml", &nothing), &own, &extending(&stage_keys, &rest, "nothing"));
            assert_eq!(templates(&extended, &stage).as_ref(), Ok(&expected), "{shown} over\n{}", yaml::print(&nothing));
            tried += 1;
        }
    }
    assert!(tried > 10, "{tried}");
}

#[test]
fn a_layer_laid_twice_is_laid_once() {
    let (mut tried, mut refused) = (0, 0);
    for (shown, layers, stage, own) in free() {
        let expected = compiled(&layers, &stage);
        let (stage_keys, rest) = halves(&own_text(&layers, &own));
        let once = with(&layers, "once.yaml", &Doc::Map(rest.clone()));
        // What the stage says may as well stand in a layer that it extends.
        let moved = with(&once, &own, &extending(&stage_keys, &[], "once"));
        assert_eq!(templates(&moved, &stage).as_ref(), Ok(&expected), "{shown}: moved");
        // Said again, it is the same, but for what removes something: the second time there is nothing to remove.
        let twice = with(&once, &own, &extending(&stage_keys, &rest, "once"));
        let mut all = Vec::new();
        below(&Doc::Map(rest), &mut Vec::new(), &mut all);
        if all.iter().any(|(_, value)| *value == Doc::Null) {
            let said = templates(&twice, &stage).unwrap_err();
            assert!(
                said.contains("error[MAN004]") && said.contains(&format!("environments/{own}:")),
                "{shown}: {said}"
            );
            refused += 1;
        } else {
            assert_eq!(templates(&twice, &stage).as_ref(), Ok(&expected), "{shown}: twice");
            tried += 1;
        }
    }
    assert!(tried > 2 && refused > 0, "{tried} were the same, {refused} refused");
}

/// A `null` that removes what the defaults of a kind say does so however often it is said.
#[test]
fn a_null_laid_twice_still_removes_a_default() {
    let base = "project: shop\nregion: eu-west-2\ndefaults: {function: {memory: 2048}}\ncomponents:\n  Hello: {type: function, runtime: nodejs22.x, zip: {path: dist, handler: index.handler}}\n";
    let nothing = "components: {Hello: {memory: null}}\n";
    let stage = "match: ['pr-*']\n";
    let layers = |once: &str, own: &str| -> Layers {
        let files = [("base.yaml", base), ("once.yaml", once), ("pr.yaml", own)];
        files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    };
    let once = compiled(&layers(nothing, &format!("{stage}extends: once\n")), "pr-1");
    let twice = compiled(&layers(nothing, &format!("{stage}extends: once\n{nothing}")), "pr-1");
    assert!(!once["app.yaml"].contains("2048"));
    assert_eq!(once, twice);
}

/// Any part of the base said again above it.
#[test]
fn repeating_what_is_there_changes_nothing() {
    let mut tried = 0;
    for (folder, stage) in goldens() {
        let layers = layers(&folder);
        let own = own_layer(&layers, &stage);
        // Below the stage's own layer, so that what that one changes stays changed.
        let expected = compiled(&layers, &stage);
        let (stage_keys, rest) = halves(&own_text(&layers, &own));
        if stage_keys.iter().any(|(key, _)| key == "extends") {
            continue;
        }
        let mut all = Vec::new();
        below(&document(&own_text(&layers, "base.yaml")), &mut Vec::new(), &mut all);
        // A part of a list is none; a list is replaced whole.
        let in_list = |path: &[String]| path.iter().any(|step| step.parse::<usize>().is_ok());
        all.retain(|(path, _)| !in_list(path));
        let mut seeded = Seeded(3);
        seeded.shuffle(&mut all);
        for (path, value) in all.into_iter().take(5) {
            let repeat = path.iter().rev().fold(value, |value, step| Doc::map([(step.clone(), value)]));
            let repeated = with(&with(&layers, "repeat.yaml", &repeat), &own, &extending(&stage_keys, &rest, "repeat"));
            let found = templates(&repeated, &stage);
            assert_eq!(found.as_ref(), Ok(&expected), "{}: {}", shown(&folder, &stage), path.join("."));
            tried += 1;
        }
    }
    assert!(tried > 30, "{tried}");
}
