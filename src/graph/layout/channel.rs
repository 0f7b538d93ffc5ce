//! Between columns: lines run up and down side by side, in the order in which they cross least, and their labels stand where they end.

use std::collections::{BTreeMap, BTreeSet};

use super::columns::Columns;
use super::place::Rows;
use super::route::Routes;
use super::{Layout, MARGIN, PADDING, Path, Problem, Rect, Side, TITLE, TRACK};

/// Between the border of a group and lines.
const CLEAR: i64 = 12;
/// Two heights that are nearer than this are one for who looks.
const SAME: i64 = 4;

/// A net between two columns.
#[derive(Debug, Clone, Default)]
struct Wire {
    net: usize,
    left: BTreeSet<i64>,
    right: BTreeSet<i64>,
}

impl Wire {
    fn ends(&self) -> (i64, i64) {
        let all = || self.left.iter().chain(&self.right).copied();
        (all().min().unwrap_or(0), all().max().unwrap_or(0))
    }

    fn is_straight(&self) -> bool {
        let (top, bottom) = self.ends();
        top == bottom
    }

    /// What it costs to stand left of `other`: crossings, and lines that would lie on each other.
    fn cost_left_of(&self, other: &Wire) -> i64 {
        let within = |ys: &BTreeSet<i64>, wire: &Wire| {
            let (top, bottom) = wire.ends();
            i64::try_from(ys.iter().filter(|y| (top..=bottom).contains(y)).count()).unwrap_or(0)
        };
        let on_each_other = self.right.iter().any(|a| other.left.iter().any(|b| (a - b).abs() < SAME));
        within(&self.right, other) + within(&other.left, self) + if on_each_other { 1000 } else { 0 }
    }

    /// Whether both cannot stand on one track.
    fn meets(&self, other: &Wire) -> bool {
        let ((top, bottom), (other_top, other_bottom)) = (self.ends(), other.ends());
        top < other_bottom + TRACK && other_top < bottom + TRACK
    }
}

/// The space between two columns; the first one is left of all, the last one right of all.
#[derive(Debug, Clone, Default)]
struct Channel {
    /// The track of each net that turns there.
    tracks: BTreeMap<usize, i64>,
    /// How wide the labels are of what enters the column on its left, and of what enters that on its right.
    labels: [i64; 2],
    /// What must stay free beside the columns.
    clear: [i64; 2],
    count: i64,
}

impl Channel {
    fn width(&self) -> i64 {
        let tracks = if self.count == 0 { TRACK } else { (self.count - 1).max(0) * TRACK };
        self.clear.iter().sum::<i64>() + self.labels.iter().sum::<i64>() + tracks
    }
}

/// Places everything sideways, and draws the lines.
pub(super) fn draw(problem: &Problem, columns: &Columns, rows: &Rows, routes: &Routes) -> Layout {
    let mut wires: Vec<BTreeMap<usize, Wire>> = vec![BTreeMap::new(); columns.count + 1];
    for line in 0..problem.lines.len() {
        for step in steps(columns, routes, line) {
            let wire = wires[step.channel].entry(routes.net[line]).or_default();
            wire.net = routes.net[line];
            for (y, side) in [step.enters, step.leaves] {
                // What comes from the column on its left is on its left.
                if side == Side::Right {
                    wire.left.insert(y)
                } else {
                    wire.right.insert(y)
                };
            }
        }
    }
    let mut channels: Vec<Channel> = wires.iter().map(channel).collect();
    clear(problem, columns, routes, &mut channels);
    let mut x = MARGIN;
    let (mut starts, mut lefts) = (Vec::new(), Vec::new());
    for (at, channel) in channels.iter().enumerate() {
        starts.push(x + channel.clear[0] + channel.labels[0]);
        x += channel.width();
        lefts.push(x);
        x += columns.widths.get(at).copied().unwrap_or(0);
    }
    let width = x + MARGIN;
    let boxes = (0..problem.boxes.len()).map(|one| Rect {
        x: lefts[columns.column[one]],
        y: rows.top[one],
        width: columns.widths[columns.column[one]],
        height: rows.height[one],
    });
    let mut layout = Layout { boxes: boxes.collect(), width, ..Layout::default() };
    for (group, cells) in columns.cells.iter().enumerate() {
        let (first, last) = (columns.first[group], columns.first[group] + cells.len().max(1) - 1);
        let x = lefts[first] - PADDING;
        let width = lefts[last] + columns.widths[last] + PADDING - x;
        layout.groups.push(Rect { x, y: rows.group[group], width, height: rows.group_height[group].max(TITLE) });
    }
    let mut seen = BTreeSet::new();
    for line in 0..problem.lines.len() {
        let is_first = problem.lines[line].quiet || seen.insert(routes.net[line]);
        layout.paths.push(path(problem, columns, routes, line, &layout, &channels, &starts, is_first));
    }
    move_to_margin(&mut layout);
    layout
}

/// A line's way through one channel.
struct Step {
    channel: usize,
    /// Its height where it comes in, and the side of the column that it comes from.
    enters: (i64, Side),
    /// Its height where it goes on, and the side of the column that it goes to.
    leaves: (i64, Side),
}

fn steps(columns: &Columns, routes: &Routes, line: usize) -> Vec<Step> {
    let [(from, leaves), (to, enters)] = routes.ends[line];
    let net = routes.net[line];
    let pin = |one, side| routes.pins.get(&(one, side, net)).copied().unwrap_or(0);
    let mut at = (pin(from, leaves), leaves);
    let mut channel = columns.column[from] + usize::from(leaves == Side::Right);
    let mut steps = Vec::new();
    for gap in &routes.gaps[line] {
        let y = routes.tracks.get(&(*gap, net)).copied().unwrap_or(0);
        // To the right, a column is come to from its left.
        let (side, far) = if leaves == Side::Right { (Side::Left, Side::Right) } else { (Side::Right, Side::Left) };
        steps.push(Step { channel, enters: at, leaves: (y, side) });
        at = (y, far);
        channel = if leaves == Side::Right { channel + 1 } else { channel - 1 };
    }
    steps.push(Step { channel, enters: at, leaves: (pin(to, enters), enters) });
    steps
}

/// Puts the nets of a channel on tracks.
fn channel(wires: &BTreeMap<usize, Wire>) -> Channel {
    let mut order: Vec<&Wire> = wires.values().filter(|wire| !wire.is_straight()).collect();
    order.sort_by_key(|wire| (wire.ends(), wire.net));
    let cost = |a: &Wire, b: &Wire| a.cost_left_of(b) - b.cost_left_of(a);
    // Each goes to the place among those before it where it costs least.
    let mut placed: Vec<&Wire> = Vec::new();
    for wire in order {
        let mut best = (0, placed.len());
        let mut sum = 0;
        for at in (0..placed.len()).rev() {
            sum += cost(wire, placed[at]);
            if sum < best.0 {
                best = (sum, at);
            }
        }
        placed.insert(best.1, wire);
    }
    let mut is_better = true;
    for _ in 0..placed.len() {
        if !std::mem::take(&mut is_better) {
            break;
        }
        for at in 1..placed.len() {
            if cost(placed[at - 1], placed[at]) > 0 {
                placed.swap(at - 1, at);
                is_better = true;
            }
        }
        if !is_better {
            break;
        }
    }
    let mut tracks: BTreeMap<usize, i64> = BTreeMap::new();
    for (at, wire) in placed.iter().enumerate() {
        let before = placed[..at].iter().filter(|other| other.meets(wire));
        let track = before.filter_map(|other| tracks.get(&other.net)).max().map_or(0, |most| most + 1);
        tracks.insert(wire.net, track);
    }
    let count = tracks.values().max().map_or(0, |most| most + 1);
    Channel { tracks, count, ..Channel::default() }
}

/// What stands beside the lines of each channel: borders of groups, and labels.
fn clear(problem: &Problem, columns: &Columns, routes: &Routes, channels: &mut [Channel]) {
    for (at, channel) in channels.iter_mut().enumerate() {
        let begins = |group: usize| columns.first[group] == at;
        let ends = |group: usize| columns.first[group] + columns.cells[group].len() == at;
        let has_border = [(0..problem.groups).any(ends), (0..problem.groups).any(begins)];
        let is_rim = [at == 0, at == columns.count];
        for side in 0..2 {
            channel.clear[side] = match (is_rim[side], has_border[side]) {
                (true, _) => 0,
                (_, true) => PADDING + CLEAR,
                (_, false) => CLEAR,
            };
        }
        if (is_rim[0] || is_rim[1]) && channel.count == 0 {
            channel.clear = if is_rim[0] { [0, PADDING - TRACK] } else { [PADDING - TRACK, 0] };
        }
    }
    for (line, ends) in problem.lines.iter().zip(&routes.ends) {
        let (to, side) = ends[1];
        let at = columns.column[to] + usize::from(side == Side::Right);
        let zone = usize::from(side == Side::Left);
        if line.label_width > 0 {
            channels[at].labels[zone] = channels[at].labels[zone].max(line.label_width + CLEAR);
        }
    }
}

#[allow(clippy::too_many_arguments)]
fn path(
    problem: &Problem,
    columns: &Columns,
    routes: &Routes,
    line: usize,
    layout: &Layout,
    channels: &[Channel],
    starts: &[i64],
    is_first: bool,
) -> Path {
    let side = |one: usize, side: Side| {
        let rect = layout.boxes[one];
        if side == Side::Left { rect.x } else { rect.x + rect.width }
    };
    let [(from, leaves), (to, enters)] = routes.ends[line];
    let steps = steps(columns, routes, line);
    let mut points = Vec::new();
    points.extend(steps.first().map(|step| (side(from, leaves), step.enters.0)));
    for step in &steps {
        if step.enters.0 != step.leaves.0 {
            let track = channels[step.channel].tracks.get(&routes.net[line]).copied().unwrap_or(0);
            let x = starts[step.channel] + track * TRACK;
            points.extend([(x, step.enters.0), (x, step.leaves.0)]);
        }
    }
    points.extend(steps.last().map(|step| (side(to, enters), step.leaves.0)));
    // Straight on is no corner.
    let mut corners: Vec<(i64, i64)> = Vec::new();
    for point in points {
        if let [.., before, last] = corners[..]
            && (before.0 == last.0 && last.0 == point.0 || before.1 == last.1 && last.1 == point.1)
        {
            corners.pop();
        }
        corners.push(point);
    }
    let width = problem.lines[line].label_width;
    let label = corners.last().copied().filter(|_| is_first && width > 0).map(|(x, y)| {
        let channel = &channels[columns.column[to] + usize::from(enters == Side::Right)];
        match enters {
            Side::Left => (x - channel.clear[1] - width / 2, y),
            Side::Right => (x + channel.clear[0] + width / 2, y),
        }
    });
    Path { points: corners, label, is_first }
}

/// Moves everything so that it begins at the margin.
fn move_to_margin(layout: &mut Layout) {
    let points = || layout.paths.iter().flat_map(|path| path.points.iter().map(|(_, y)| *y));
    let top = layout.groups.iter().map(|g| g.y).chain(points()).min().unwrap_or(0) - MARGIN;
    let bottom = layout.groups.iter().map(|g| g.y + g.height).chain(points()).max().unwrap_or(0);
    layout.groups.iter_mut().chain(&mut layout.boxes).for_each(|rect| rect.y -= top);
    for path in &mut layout.paths {
        path.points.iter_mut().chain(&mut path.label).for_each(|(_, y)| *y -= top);
    }
    layout.height = bottom - top + MARGIN;
}
