//! Where everything of a graph is drawn: boxes in columns, groups around them, lines between them.
//!
//! The picture reads from left to right. Groups are ranked by who uses whom and stand in columns, one above the other ([`columns`]); what
//! is in a group may take several columns. Orders are those with few crossings ([`order`]), heights those that make lines straight
//! ([`place`]). A line runs between columns vertically and through a column only where nothing stands ([`route`]), so that it never
//! crosses a box; lines that end alike share their last piece, as a river does ([`channel`]). All is whole numbers, and nothing depends
//! on the order of a map: the same graph is the same picture.

mod channel;
mod columns;
mod order;
mod place;
mod route;
#[cfg(test)]
mod tests;

/// What is to be laid out.
#[derive(Debug, Clone, Default)]
pub struct Problem {
    /// The boxes.
    pub boxes: Vec<Sized>,
    /// How many groups there are.
    pub groups: usize,
    /// The widths that the groups' titles take.
    pub titles: Vec<i64>,
    /// The lines.
    pub lines: Vec<Line>,
}

/// A box before it has a place.
#[derive(Debug, Clone, Copy)]
pub struct Sized {
    /// Its group.
    pub group: usize,
    /// Its width.
    pub width: i64,
    /// Its height, at least.
    pub height: i64,
}

/// A line before it has a place.
#[derive(Debug, Clone)]
pub struct Line {
    /// The box that it leaves.
    pub from: usize,
    /// The box that it enters.
    pub to: usize,
    /// Whether it says what is known anyway: it is drawn thinly, and decides little.
    pub quiet: bool,
    /// What is written on it, as far as lines of one text may be drawn as one.
    pub label: String,
    /// The width that its label takes; nothing if it has none.
    pub label_width: i64,
}

/// A rectangle.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rect {
    /// Its left side.
    pub x: i64,
    /// Its upper side.
    pub y: i64,
    /// Its width.
    pub width: i64,
    /// Its height.
    pub height: i64,
}

/// A line with its place.
#[derive(Debug, Clone, Default)]
pub struct Path {
    /// Its corners, from the side of one box to that of the other.
    pub points: Vec<(i64, i64)>,
    /// The middle of its label, unless a line of the same text and end has it.
    pub label: Option<(i64, i64)>,
    /// Whether it shows the arrow of all lines that end like it.
    pub is_first: bool,
}

/// Everything with its place.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    /// The boxes.
    pub boxes: Vec<Rect>,
    /// The groups.
    pub groups: Vec<Rect>,
    /// The lines.
    pub paths: Vec<Path>,
    /// The whole width.
    pub width: i64,
    /// The whole height.
    pub height: i64,
}

/// Between two boxes of a group, one above the other.
const BOX_GAP: i64 = 18;
/// Between two groups, one above the other.
const GROUP_GAP: i64 = 26;
/// Between a group's border and what is in it.
const PADDING: i64 = 16;
/// What a group's title takes of its height.
const TITLE: i64 = 34;
/// Between two lines side by side.
const TRACK: i64 = 10;
/// Around the whole.
const MARGIN: i64 = 24;
/// Between two lines that enter a box with a label each.
const LABELLED_PIN: i64 = 20;
/// The ratio of width and height that is aimed at, in tenths: that of a slide.
const ASPECT: i64 = 16;

/// A side of a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Left,
    Right,
}

/// Lays out a problem.
#[must_use]
pub fn layout(problem: &Problem) -> Layout {
    let mut columns = columns::columns(problem);
    order::order(problem, &mut columns);
    let mut routes = route::Routes::new(problem, &columns);
    let heights = routes.heights(problem);
    let mut room = place::Room::new(problem, &columns);
    let mut rows = place::rows(problem, &columns, &heights, &room);
    routes.choose_gaps(&columns, &rows);
    routes.make_room(&columns, &mut room);
    rows = place::rows(problem, &columns, &heights, &room);
    routes.settle(problem, &columns, &rows);
    channel::draw(problem, &columns, &rows, &routes)
}

/// The middle one of weighted values, the lower one of two.
fn median(values: &mut [(i64, i64)]) -> Option<i64> {
    values.sort_unstable();
    let total: i64 = values.iter().map(|(_, weight)| weight).sum();
    let mut sum = 0;
    values.iter().find_map(|(value, weight)| {
        sum += weight;
        (sum * 2 >= total).then_some(*value)
    })
}

/// How much a line pulls.
fn weight(line: &Line) -> i64 {
    if line.quiet { 1 } else { 6 }
}
