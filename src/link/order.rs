//! Order: which stack is deployed after which, and the circle where there is one.

use std::collections::{BTreeMap, BTreeSet};

use super::resolve::Resolver;
use super::{Linked, Stack};
use crate::component::StackId;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::origin::Origins;
use crate::value::Symbol;

/// `CFN004`: stacks need each other.
pub const CFN004: Code = Code {
    id: "CFN004",
    explanation: "stacks need each other in a circle\n\n\
        A stack can only use outputs of stacks that are deployed before it. Here components in two or more stacks use each other \
        in a circle, so that none can be first. Break it where one side needs only something that the manifest knows, such as a \
        host, or move a component with `stack:`.",
};

/// Puts the stacks into the order of deployment: producers first, otherwise by lifecycle.
pub(super) fn order(
    mut linked: Linked,
    resolver: &Resolver<'_>,
    origins: &Origins,
    findings: &mut Diagnostics,
) -> Option<Linked> {
    let mut needs: BTreeMap<StackId, BTreeSet<StackId>> = BTreeMap::new();
    for used in resolver.uses() {
        needs.entry(used.consumer.0).or_default().insert(used.producer.0);
    }
    let mut left: BTreeMap<StackId, Stack> =
        std::mem::take(&mut linked.stacks).into_iter().map(|s| (s.id.clone(), s)).collect();
    while !left.is_empty() {
        let free = |stack: &StackId| needs.get(stack).is_none_or(|n| n.iter().all(|p| !left.contains_key(p)));
        let Some(next) = left.keys().find(|s| free(s)).cloned() else {
            findings.push(circle(&left, &needs, resolver, origins));
            return None;
        };
        linked.stacks.extend(left.remove(&next));
    }
    Some(linked)
}

/// Whether what closes the circle is the list of pages that may call an API: it is known where they have hosts, and need not
/// be where they have none.
fn asks_for_origin(resolver: &Resolver<'_>, consumer: &str, producer: &str) -> bool {
    let mut asks = false;
    let cors = resolver.model.tree.at(&["components", consumer, "cors"]);
    if let Some(cors) = cors {
        cors.each_reference(&mut |symbol, _| {
            asks |= matches!(symbol, Symbol::Attribute { component, .. } if component == producer);
        });
    }
    asks
}

/// The circle as names of components, each with its stack.
fn circle(
    left: &BTreeMap<StackId, Stack>,
    needs: &BTreeMap<StackId, BTreeSet<StackId>>,
    resolver: &Resolver<'_>,
    origins: &Origins,
) -> Diagnostic {
    // Every stack that is left needs another one that is left: following first needs must come back somewhere.
    let mut path: Vec<StackId> = left.keys().next().cloned().into_iter().collect();
    while let Some(last) = path.last() {
        let next = needs.get(last).and_then(|n| n.iter().find(|p| left.contains_key(p))).cloned();
        match next {
            Some(next) if path.contains(&next) => {
                path = path.into_iter().skip_while(|s| *s != next).collect();
                path.push(next);
                break;
            }
            Some(next) => path.push(next),
            None => break,
        }
    }
    let uses = resolver.uses();
    let mut steps = Vec::new();
    let mut diagnostic = Diagnostic::error(CFN004, String::new());
    let mut asking = None;
    for pair in path.windows(2) {
        let [from, to] = pair else { continue };
        if let Some(used) = uses.iter().find(|u| u.consumer.0 == *from && u.producer.0 == *to) {
            let (consumer, producer) = (&used.consumer.1, &used.producer.1);
            steps.push(format!("`{consumer}` ({}) → `{producer}` ({})", from.word(), to.word()));
            if asks_for_origin(resolver, consumer, producer) {
                asking = Some((consumer.clone(), producer.clone()));
            }
            let origin = resolver.model.components.get(consumer).map(|c| c.origin);
            if let Some(origin) = origin {
                let label = format!("in `{}`, uses `{producer}` in `{}`", from.word(), to.word());
                diagnostic = match diagnostic.labels.is_empty() {
                    true => diagnostic.at_origin(origins, origin, &[], &label),
                    false => diagnostic.context_if_known(origins, Some(origin), &label),
                };
            }
        }
    }
    diagnostic.title = format!("stacks need each other in a circle: {}", steps.join(", "));
    if let Some((api, site)) = asking {
        let cors = "`cors: {origins: {any: \"*\"}, credentials: false}`";
        return diagnostic
            .note(format!("without a `host`, `{site}` gets its address when it is made, and that is after `{api}`"))
            .help(format!("give `{site}` a `host`, which the manifest knows"))
            .help(format!("or let all pages call `{api}`: write {cors} on `{api}`"));
    }
    diagnostic.help("let one side use something that the manifest knows, or move a component with `stack:`")
}
