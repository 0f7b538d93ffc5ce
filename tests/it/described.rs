//! Components in words: every one of every golden is described, and what it works with is there.

use std::collections::BTreeSet;

use reggie_cfn::compile::Compiled;
use reggie_cfn::component::KINDS;

use crate::support::{compiled, goldens, project_of, root};

/// A stage's components, a line each, with what each works with.
fn told(stage: &Compiled) -> String {
    let mut text = String::new();
    for (name, described) in &stage.lowered.described {
        let fact = |fact: &reggie_cfn::component::Fact| match fact.name {
            Some(name) => format!("{name}: {}", fact.value),
            None => fact.value.clone(),
        };
        let facts: Vec<String> = described.facts.iter().map(fact).collect();
        let (group, service) = (described.group.title(), &described.service);
        text.push_str(&format!("{group} | {name} | {service} | {}\n", facts.join(", ")));
        described.parts.iter().for_each(|part| text.push_str(&format!("    {part}\n")));
        for relation in &described.relations {
            let says = if relation.says.is_empty() { String::new() } else { format!(" ({})", relation.says) };
            text.push_str(&format!("    {} {:?} {}{says}\n", relation.from, relation.how, relation.to));
        }
    }
    text
}

#[test]
fn every_component_is_described() {
    let mut kinds = BTreeSet::new();
    for (folder, stage) in goldens() {
        let compiled = compiled(&project_of(&folder), &stage);
        for (name, component) in &compiled.model.components {
            if compiled.model.stage.is_local() {
                continue;
            }
            kinds.insert(component.kind.name);
            let described = &compiled.lowered.described[name];
            let texts = described.facts.iter().map(|fact| &fact.value).chain([&described.service]);
            texts.chain(&described.parts).for_each(|text| {
                assert!(!text.trim().is_empty() && !text.contains('\n'), "{name}: {text:?}");
            });
            for relation in &described.relations {
                let both = [&relation.from, &relation.to];
                assert!(both.contains(&name), "{name}: {relation:?}");
                both.iter().for_each(|end| assert!(compiled.lowered.neighbours.contains_key(*end), "{relation:?}"));
            }
        }
    }
    assert_eq!(kinds.len(), KINDS.len(), "{kinds:?}");
}

#[test]
fn two_products_in_words() {
    insta::assert_snapshot!("reggie_production", told(&compiled(&project_of(&root()), "production")));
    insta::assert_snapshot!(
        "sgcarstrends_prod",
        told(&compiled(&project_of(&root().join("examples/sgcarstrends")), "prod"))
    );
}
