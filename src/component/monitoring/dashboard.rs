//! The dashboard: all figures of a stage on a page, component by component.
//!
//! Its body is one JSON text with references in it. It is written a widget a line, so that a change of a component is a change of its lines.

use serde::Serialize;

use super::figure::{Figure, Made, Series};
use super::{alarm, figure};
use crate::component::{Context, Fragment};
use crate::origin::OriginId;
use crate::part::json;
use crate::value::{Kind, Value};

/// A page is 24 units wide (Amazon CloudWatch API Reference, "Dashboard Body Structure and Syntax").
const COLUMNS: i64 = 3;
const WIDTH: i64 = 8;
const HEIGHT: i64 = 6;

#[derive(Serialize)]
struct Plan {
    name: Value,
    body: Value,
}

/// The dashboard of figures that are in the order of their components. It stands with the stage; what other regions keep is read there.
pub(super) fn lower(on: &Context<'_>, figures: &[Figure<'_>]) -> Fragment {
    let why = on.rule("a dashboard shows what components say of themselves", &[]);
    let name = format!("{}-{}", on.project.value, on.stage.name.value);
    let mut widgets = Vec::new();
    let mut top = 0;
    for of in figures.chunk_by(|one, other| one.of == other.of) {
        let Some(first) = of.first() else { continue };
        widgets.push(title(why, first.of, top));
        top += 1;
        let mut column = 0;
        for figure in of {
            if column == COLUMNS {
                (column, top) = (0, top + HEIGHT);
            }
            widgets.push(graph(on, why, figure, column, top));
            column += 1;
        }
        top += HEIGHT;
    }
    let plan = Plan { name: Value::text(why, name), body: body(on, why, &widgets) };
    on.fragment("monitoring_dashboard", &plan)
}

/// A widget a line.
fn body(on: &Context<'_>, why: OriginId, widgets: &[Value]) -> Value {
    let text = |text: &str| Value::text(why, text);
    let mut pieces = vec![text("{\"widgets\":[")];
    for (i, widget) in widgets.iter().enumerate() {
        pieces.push(text(if i > 0 { ",\n" } else { "\n" }));
        match json::text(on, widget) {
            Value { kind: Kind::Join(inner), .. } => pieces.extend(inner),
            whole => pieces.push(whole),
        }
    }
    pieces.push(text("\n]}"));
    Value::new(why, Kind::Join(pieces))
}

fn title(why: OriginId, of: &str, top: i64) -> Value {
    let properties = Value::map(
        why,
        [("background", Value::text(why, "transparent")), ("markdown", Value::text(why, format!("## {of}")))],
    );
    widget(why, "text", (0, top), (WIDTH * COLUMNS, 1), properties)
}

fn graph(on: &Context<'_>, why: OriginId, figure: &Figure<'_>, column: i64, top: i64) -> Value {
    let watched = &figure.watched;
    let text = |text: &str| Value::text(why, text);
    let mut properties = vec![
        ("metrics", Value::list(why, rows(on, why, figure))),
        ("period", Value::new(why, Kind::Int(watched.period.into()))),
        ("region", text(&watched.region)),
        ("title", text(&watched.name.replace('_', " "))),
        ("view", text("timeSeries")),
        ("yAxis", Value::map(why, [("left", Value::map(why, [("min", Value::new(why, Kind::Int(0)))]))])),
    ];
    if let Some(threshold) = watched.threshold {
        // What is beyond is filled with colour.
        let side = if watched.below { "below" } else { "above" };
        let line = [("fill", text(side)), ("label", text("alarm")), ("value", alarm::number(threshold))];
        let lines = Value::list(why, vec![Value::map(why, line)]);
        properties.push(("annotations", Value::map(why, [("horizontal", lines)])));
    }
    widget(why, "metric", (column * WIDTH, top), (WIDTH, HEIGHT), Value::map(why, properties))
}

fn widget(why: OriginId, of: &str, (x, y): (i64, i64), (width, height): (i64, i64), properties: Value) -> Value {
    let number = |number| Value::new(why, Kind::Int(number));
    Value::map(
        why,
        [
            ("type", Value::text(why, of)),
            ("x", number(x)),
            ("y", number(y)),
            ("width", number(width)),
            ("height", number(height)),
            ("properties", properties),
        ],
    )
}

/// A figure as a widget lists it: a metric is its namespace, its name, its dimensions, and how it is shown, in a list.
fn rows(on: &Context<'_>, why: OriginId, figure: &Figure<'_>) -> Vec<Value> {
    let text = |text: &str| Value::text(why, text);
    let series = |of: &Series<'_>, shown: Vec<(&'static str, Value)>| {
        let dimensions = of.dimensions.iter().flat_map(|(name, value)| [text(name), value.clone()]);
        let shown = [("stat", text(of.statistic))].into_iter().chain(shown);
        let row = [text(&of.namespace), text(of.name)].into_iter().chain(dimensions);
        Value::list(why, row.chain([Value::map(why, shown)]).collect())
    };
    match figure.made(on) {
        Made::Kept(of) => vec![series(&of, Vec::new())],
        Made::Computed { expression, label, of } => {
            let shown = [("expression", text(&expression)), ("id", text(figure::RESULT)), ("label", text(label))];
            let computed = Value::list(why, vec![Value::map(why, shown)]);
            let hidden = of
                .iter()
                .map(|(id, of)| series(of, vec![("id", text(id)), ("visible", Value::new(why, Kind::Bool(false)))]));
            std::iter::once(computed).chain(hidden).collect()
        }
    }
}
