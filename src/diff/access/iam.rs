//! What policies allow: those of roles, and those that resources have themselves.

use super::shown::{ANYONE, value};
use super::{About, Found, Grant, What};
use crate::diff::term::Term;

/// Types whose policies say what those may do that they are attached to, and the properties that name those.
const ATTACHED: &[(&str, &[&str])] = &[
    ("AWS::IAM::GroupPolicy", &["GroupName"]),
    ("AWS::IAM::ManagedPolicy", &["Roles", "Users", "Groups"]),
    ("AWS::IAM::Policy", &["Roles", "Users", "Groups"]),
    ("AWS::IAM::RolePolicy", &["RoleName"]),
    ("AWS::IAM::UserPolicy", &["UserName"]),
];

/// Types whose own policies say what they themselves may do.
const PRINCIPALS: &[&str] = &["AWS::IAM::Group", "AWS::IAM::Role", "AWS::IAM::User"];

/// The policy of a role that says who may take it on.
const TRUST: &str = "AssumeRolePolicyDocument";

pub(super) fn find(found: &mut Found<'_>, properties: &Term) {
    let resource_type = found.resource.resource_type.as_str();
    let own = vec![found.id.to_owned()];
    let subjects: Option<Vec<String>> = match ATTACHED.iter().find(|(name, _)| *name == resource_type) {
        Some((_, keys)) => {
            let names = keys.iter().filter_map(|key| properties.get(key));
            Some(names.flat_map(|names| names.each().iter().map(value)).collect())
        }
        None => PRINCIPALS.contains(&resource_type).then_some(own),
    };
    documents(found, properties, &mut Vec::new(), subjects.as_deref());
    for who in subjects.iter().flatten() {
        let managed = properties.get("ManagedPolicyArns").map(Term::each).unwrap_or_default();
        for (at, policy) in managed.iter().enumerate() {
            let what = What::Act(format!("do what the policy {} allows", value(policy)));
            let path = ["ManagedPolicyArns".to_owned(), at.to_string()];
            found.add(&path, Grant { what, ..empty(who.clone()) });
        }
    }
    if resource_type == "AWS::Lambda::Permission" {
        permission(found, properties);
    }
}

fn empty(who: String) -> Grant {
    Grant {
        about: About::Iam,
        denies: false,
        who,
        what: What::Act(String::new()),
        on: String::new(),
        when: String::new(),
    }
}

/// Every policy document within a value: whatever has statements with an effect.
fn documents(found: &mut Found<'_>, term: &Term, path: &mut Vec<String>, subjects: Option<&[String]>) {
    match term {
        Term::Map(entries) => {
            for (key, inner) in entries {
                path.push(key.clone());
                if key == "Statement" {
                    let is_trust = path.iter().any(|step| step == TRUST);
                    for (at, statement) in inner.each().iter().enumerate() {
                        path.push(at.to_string());
                        self::statement(found, statement, path, subjects.filter(|_| !is_trust));
                        path.pop();
                    }
                } else {
                    documents(found, inner, path, subjects);
                }
                path.pop();
            }
        }
        Term::List(items) => {
            for (at, inner) in items.iter().enumerate() {
                path.push(at.to_string());
                documents(found, inner, path, subjects);
                path.pop();
            }
        }
        _ => {}
    }
}

/// The values under a key, or all but those under its `Not`.
fn values(statement: &Term, key: &str) -> Vec<String> {
    let all = |term: &Term| term.each().iter().map(value).collect::<Vec<_>>();
    match (statement.get(key), statement.get(&format!("Not{key}"))) {
        (Some(values), _) => all(values),
        (None, Some(not)) => vec![format!("everything but {}", all(not).join(", "))],
        (None, None) => Vec::new(),
    }
}

/// Those whom a statement is about.
fn principals(statement: &Term) -> Vec<String> {
    let each = |term: &Term| -> Vec<String> {
        let name = |who: &Term| if who.scalar() == Some("*") { ANYONE.to_owned() } else { value(who) };
        match term {
            Term::Map(kinds) => kinds.values().flat_map(|names| names.each().iter().map(name)).collect(),
            other => other.each().iter().map(name).collect(),
        }
    };
    match (statement.get("Principal"), statement.get("NotPrincipal")) {
        (Some(who), _) => each(who),
        (None, Some(not)) => vec![format!("everyone but {}", each(not).join(", "))],
        (None, None) => Vec::new(),
    }
}

fn statement(found: &mut Found<'_>, statement: &Term, path: &[String], subjects: Option<&[String]>) {
    let Some(effect) = statement.get("Effect").and_then(Term::scalar) else { return };
    let said = principals(statement);
    // What is attached to somebody names nobody; what a resource says itself is about that resource, unless it says more.
    let who = if said.is_empty() { subjects.unwrap_or_default().to_vec() } else { said };
    let mut on = values(statement, "Resource");
    if on.is_empty() || (subjects.is_none() && on == ["*"]) {
        on = vec![found.id.to_owned()];
    }
    let when = statement.get("Condition").map(conditions).unwrap_or_default();
    for who in &who {
        for action in values(statement, "Action") {
            for on in &on {
                let (what, on, when) = (What::Act(action.clone()), on.clone(), when.clone());
                found.add(path, Grant { denies: effect == "Deny", what, on, when, ..empty(who.clone()) });
            }
        }
    }
}

/// Conditions, each as `key operator value`.
fn conditions(term: &Term) -> String {
    let Term::Map(operators) = term else { return value(term) };
    let each = operators.iter().flat_map(|(operator, keys)| match keys {
        Term::Map(keys) => keys.iter().map(|(key, v)| format!("{key} {operator} {}", value(v))).collect::<Vec<_>>(),
        other => vec![format!("{operator} {}", value(other))],
    });
    each.collect::<Vec<_>>().join(" and ")
}

/// Who may invoke a function.
fn permission(found: &mut Found<'_>, properties: &Term) {
    let said = |key: &str| properties.get(key).map(value);
    let who = said("Principal").map(|who| if who == "*" { ANYONE.to_owned() } else { who }).unwrap_or_default();
    let conditions = ["SourceArn", "SourceAccount", "PrincipalOrgID", "FunctionUrlAuthType", "InvokedViaFunctionUrl"];
    let when = conditions.iter().filter_map(|key| Some(format!("{key} is {}", said(key)?)));
    let grant = Grant {
        what: What::Act(said("Action").unwrap_or_default()),
        on: said("FunctionName").unwrap_or_default(),
        when: when.collect::<Vec<_>>().join(" and "),
        ..empty(who)
    };
    found.add(&["Principal".to_owned()], grant);
}
