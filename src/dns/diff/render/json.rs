//! What becomes of a zone, for programs.

use serde_json::{Map, Value, json as value};

use super::{Act, Told};

/// What is in the file for the next command, and its counts; in one line.
#[must_use]
pub fn json(told: &Told<'_>) -> String {
    let gated = told.gated;
    let mut all = match serde_json::to_value(&gated.changes) {
        Ok(Value::Object(all)) => all,
        _ => Map::new(),
    };
    let rows = told.rows();
    let counts: Map<String, Value> = Act::ALL
        .iter()
        .map(|act| (act.word().to_owned(), value!(rows.iter().filter(|row| row.act == *act).count())))
        .collect();
    all.insert("counts".to_owned(), Value::Object(counts));
    let stays: Vec<Value> = rows
        .iter()
        .filter(|row| !row.act.is_change())
        .map(|row| {
            value!({
                "act": row.act.word(), "name": row.name, "type": row.record_type, "content": row.content,
                "why": row.details.first(),
            })
        })
        .collect();
    all.insert("stays".to_owned(), Value::Array(stays));
    all.insert(
        "ownership_records".to_owned(),
        value!({"create": gated.markers.create, "delete": gated.markers.delete}),
    );
    all.insert("of_others".to_owned(), value!(gated.ignored));
    all.insert(
        "records".to_owned(),
        value!({"before": gated.count.0, "after": gated.count.1, "limit": gated.changes.record_limit}),
    );
    let owners = told
        .owners()
        .into_iter()
        .map(|(owner, count, is_known)| value!({"owner": owner, "records": count, "has_plan": is_known}));
    all.insert("other_owners".to_owned(), owners.collect());
    format!("{}\n", Value::Object(all))
}
