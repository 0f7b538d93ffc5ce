//! Laws of references: a reference is the value behind it.

use reggie_cfn::yaml::Doc;

use super::{Layers, at, below, compiled, document, templates, with};
use crate::support::{Seeded, goldens, layers, shown};

fn base(layers: &Layers) -> Doc {
    document(&layers.iter().find(|(name, _)| name == "base.yaml").unwrap().1)
}

/// Adds a named value.
fn name_value(base: &mut Doc, name: &str, value: Doc) {
    let Doc::Map(blocks) = base else { panic!("a base is a map") };
    if !blocks.iter().any(|(key, _)| key == "values") {
        blocks.push(("values".to_owned(), Doc::Map(Vec::new())));
    }
    let Some((_, Doc::Map(values))) = blocks.iter_mut().find(|(key, _)| key == "values") else { return };
    values.push((name.to_owned(), value));
}

/// What may be said of a value: the value, or that a reference may not stand there.
#[track_caller]
fn is_the_value(layers: &Layers, stage: &str, expected: &super::Templates, what: &str) -> bool {
    match templates(layers, stage) {
        Ok(found) => {
            assert_eq!(&found, expected, "{what}");
            true
        }
        Err(said) => {
            assert!(said.contains("--> environments/") && !said.contains("error[BUG"), "{what}:\n{said}");
            false
        }
    }
}

/// Any setting of a component, put into a value and referred to; straight, through others, and in pieces.
#[test]
fn a_setting_behind_a_reference_is_the_setting() {
    let (mut same, mut refused) = (0, 0);
    for (folder, stage) in goldens() {
        let layers = layers(&folder);
        let expected = compiled(&layers, &stage);
        let whole = base(&layers);
        let mut settings = Vec::new();
        below(&whole, &mut Vec::new(), &mut settings);
        // What `type` is must be known before any reference is, and nothing is behind a tag.
        settings.retain(|(path, value)| {
            path.len() > 2
                && path[0] == "components"
                && path.last().is_some_and(|step| step != "type")
                && !matches!(value, Doc::Tagged(..))
        });
        let mut seeded = Seeded(5);
        seeded.shuffle(&mut settings);
        for (path, value) in settings.into_iter().take(5) {
            let what = format!("{}: {}", shown(&folder, &stage), path.join("."));
            let put = |reference: &str, values: &[(&str, Doc)]| {
                let mut changed = whole.clone();
                *at(&mut changed, &path).unwrap() = Doc::text(reference);
                values.iter().for_each(|(name, value)| name_value(&mut changed, name, value.clone()));
                with(&layers, "base.yaml", &changed)
            };
            let mut ways = vec![
                put("${values.law_a}", &[("law_a", value.clone())]),
                put("${values.law_a}", &[("law_a", Doc::text("${values.law_b}")), ("law_b", value.clone())]),
                put("${values.law_a.b.c}", &[("law_a", Doc::map([("b", Doc::map([("c", value.clone())]))]))]),
            ];
            if let Doc::Str(text) = &value
                && !text.contains('$')
            {
                let middle = text.floor_char_boundary(seeded.next(text.len() + 1));
                let (start, end) = text.split_at(middle);
                let pieces = [("law_a", Doc::text(start)), ("law_b", Doc::text(end))];
                ways.push(put("${values.law_a}${values.law_b}", &pieces));
                ways.push(put(&format!("{start}${{values.law_b}}"), &pieces));
            }
            for way in ways {
                let is_same = is_the_value(&way, &stage, &expected, &what);
                (same, refused) = (same + usize::from(is_same), refused + usize::from(!is_same));
            }
        }
    }
    println!("{same} references were the value, {refused} were refused at their place");
    assert!(same > 100 && same > 4 * refused, "{same} the same, {refused} refused");
}

/// Every `${values.…}`, `${zone.…}`, `${project}`, `${region}` and `${stage}` of the committed projects, replaced by hand. Not in hosts,
/// where it is by what another stage has in that place that no two of them take one name.
#[test]
fn references_written_out_by_hand_are_the_same() {
    let mut replaced = 0;
    for (folder, stage) in goldens() {
        let layers = layers(&folder);
        let expected = compiled(&layers, &stage);
        // What is behind them stands in the manifest that was compiled, resolved.
        let project = crate::support::project(&layers);
        let manifest = crate::support::compiled(&project, &stage).files["manifest.yaml"].clone();
        let mut resolved = Vec::new();
        below(&document(&manifest), &mut Vec::new(), &mut resolved);
        let text_at = |path: &str| {
            let path = path.replace("zone.", "zones.main.");
            let found = resolved.iter().find(|(steps, _)| steps.join(".") == path);
            found.and_then(|(_, value)| match value {
                Doc::Str(text) => Some(text.clone()),
                Doc::Int(number) => Some(number.to_string()),
                _ => None,
            })
        };
        let mut by_hand = layers.clone();
        for (_, text) in &mut by_hand {
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            for line in &mut lines {
                let in_host = line.contains("host");
                let stays = |reference: &str| in_host && (reference == "stage" || reference.starts_with("values."));
                while let Some((reference, value)) =
                    references(line).into_iter().filter(|reference| !stays(reference)).find_map(|reference| {
                        let value = if reference == "stage" { Some(stage.clone()) } else { text_at(&reference) };
                        value.filter(|value| !value.contains('$')).map(|value| (reference, value))
                    })
                {
                    *line = line.replace(&format!("${{{reference}}}"), &value);
                    replaced += 1;
                }
            }
            *text = lines.join("\n") + "\n";
        }
        assert_eq!(templates(&by_hand, &stage).as_ref(), Ok(&expected), "{}", shown(&folder, &stage));
    }
    assert!(replaced > 10, "{replaced}");
}

/// The names between `${` and `}` in a text.
fn references(text: &str) -> Vec<String> {
    text.split("${").skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.to_owned())).collect()
}
