//! Which way lines take: the sides of boxes that they leave and enter, and the gaps by which they pass columns between.

use std::collections::{BTreeMap, BTreeSet};

use super::columns::Columns;
use super::place::{Room, Rows, in_order};
use super::{GROUP_GAP, LABELLED_PIN, Problem, Side, TITLE, TRACK, median};

/// Lines that are drawn as one where they run together: those that end alike, or quiet ones that begin alike.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Net {
    is_quiet: bool,
    one: usize,
    side: Side,
    label: String,
}

/// A way through a column: above its first obstacle, or below the obstacle before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Gap {
    pub column: usize,
    /// How many obstacles stand above it.
    pub at: usize,
}

/// What nothing may run through.
#[derive(Debug, Clone, Copy)]
struct Obstacle {
    group: usize,
    /// Nothing if it is the group's title.
    one: Option<usize>,
    top: i64,
    bottom: i64,
}

/// The ways of all lines.
#[derive(Debug, Clone, Default)]
pub(super) struct Routes {
    /// The net of each line.
    pub net: Vec<usize>,
    /// How many nets there are.
    pub nets: usize,
    /// The ends of each line: a box and its side.
    pub ends: Vec<[(usize, Side); 2]>,
    /// The columns that each line passes, from its beginning.
    pub passed: Vec<Vec<usize>>,
    /// The gaps by which it does.
    pub gaps: Vec<Vec<Gap>>,
    /// The heights at which nets leave and enter boxes.
    pub pins: BTreeMap<(usize, Side, usize), i64>,
    /// The heights at which nets pass gaps.
    pub tracks: BTreeMap<(Gap, usize), i64>,
}

/// What it costs, in units of length, to turn; to pass between two boxes of one group; below its title; outside of everything; and beside
/// another line.
const TURN: i64 = 24;
const INSIDE: i64 = 40;
const BELOW_TITLE: i64 = 90;
const OUTSIDE: i64 = 60;
const BESIDE: i64 = 8;
/// Further than anything.
const FAR: i64 = 1 << 40;

impl Routes {
    /// Which sides lines leave and enter, which follows from their columns.
    pub fn new(problem: &Problem, columns: &Columns) -> Routes {
        let mut routes = Routes::default();
        let mut keys = Vec::new();
        for line in &problem.lines {
            let (from, to) = (columns.column[line.from], columns.column[line.to]);
            let (leaves, enters, passed): (_, _, Vec<usize>) = match from.cmp(&to) {
                std::cmp::Ordering::Less => (Side::Right, Side::Left, (from + 1..to).collect()),
                std::cmp::Ordering::Equal => (Side::Right, Side::Right, Vec::new()),
                std::cmp::Ordering::Greater => (Side::Left, Side::Right, (to + 1..from).rev().collect()),
            };
            routes.ends.push([(line.from, leaves), (line.to, enters)]);
            routes.passed.push(passed);
            let (one, side) = if line.quiet { (line.from, leaves) } else { (line.to, enters) };
            keys.push(Net { is_quiet: line.quiet, one, side, label: line.label.clone() });
        }
        let known: BTreeSet<Net> = keys.iter().cloned().collect();
        let numbers: BTreeMap<Net, usize> = known.into_iter().enumerate().map(|(at, net)| (net, at)).collect();
        routes.nets = numbers.len();
        routes.net = keys.iter().filter_map(|net| numbers.get(net).copied()).collect();
        routes.gaps = vec![Vec::new(); problem.lines.len()];
        routes
    }

    /// The lines that meet each side of a box, by net.
    fn sides(&self) -> BTreeMap<(usize, Side), BTreeMap<usize, Vec<usize>>> {
        let mut sides: BTreeMap<(usize, Side), BTreeMap<usize, Vec<usize>>> = BTreeMap::new();
        for (line, ends) in self.ends.iter().enumerate() {
            for end in ends {
                sides.entry(*end).or_default().entry(self.net[line]).or_default().push(line);
            }
        }
        sides
    }

    /// The height of each box, so that all its lines have room.
    pub fn heights(&self, problem: &Problem) -> Vec<i64> {
        let mut heights: Vec<i64> = problem.boxes.iter().map(|one| one.height).collect();
        for ((one, _), nets) in self.sides() {
            let needed = self.spacing(problem, one, &nets) * i64::try_from(nets.len()).unwrap_or(0);
            heights[one] = heights[one].max(needed + TRACK / 2);
        }
        heights
    }

    /// The least distance of lines at a side: labels need more.
    fn spacing(&self, problem: &Problem, one: usize, nets: &BTreeMap<usize, Vec<usize>>) -> i64 {
        let is_labelled = |lines: &&Vec<usize>| {
            lines.iter().any(|l| problem.lines[*l].to == one && problem.lines[*l].label_width > 0)
        };
        if nets.len() > 1 && nets.values().any(|lines| is_labelled(&lines)) { LABELLED_PIN } else { TRACK }
    }

    /// Chooses the gaps of every line that passes columns: the way with the fewest turns and detours.
    pub fn choose_gaps(&mut self, columns: &Columns, rows: &Rows) {
        let obstacles: Vec<Vec<Obstacle>> = (0..columns.count).map(|column| obstacles(columns, rows, column)).collect();
        let mut users: BTreeMap<Gap, BTreeSet<usize>> = BTreeMap::new();
        let mut order: Vec<usize> = (0..self.net.len()).filter(|line| !self.passed[*line].is_empty()).collect();
        order.sort_by_key(|line| (self.net[*line], self.passed[*line].len(), *line));
        for line in order {
            let [(from, _), (to, _)] = self.ends[line];
            // Of each gap of the column: what it costs to be there, how high, and by which gaps.
            let mut states: Vec<(i64, i64, Vec<Gap>)> = vec![(0, rows.middle(from), Vec::new())];
            for column in &self.passed[line] {
                let mut next = Vec::new();
                for at in 0..=obstacles[*column].len() {
                    let gap = Gap { column: *column, at };
                    let (lowest, highest) = bounds(&obstacles[*column], at);
                    let fare = self.fare(&obstacles[*column], gap, users.get(&gap), self.net[line]);
                    let reach = |(cost, y, way): &(i64, i64, Vec<Gap>)| {
                        let there = (*y).clamp(lowest, highest.max(lowest));
                        let turn = if there == *y { 0 } else { TURN };
                        (cost + (there - y).abs() + turn + fare, there, way.clone())
                    };
                    if let Some((cost, y, mut way)) = states.iter().map(reach).min_by_key(|(cost, _, _)| *cost) {
                        way.push(gap);
                        next.push((cost, y, way));
                    }
                }
                states = next;
            }
            let target = rows.middle(to);
            let best = states.into_iter().min_by_key(|(cost, y, _)| cost + (y - target).abs());
            self.gaps[line] = best.map(|(_, _, way)| way).unwrap_or_default();
            for gap in &self.gaps[line] {
                users.entry(*gap).or_default().insert(self.net[line]);
            }
        }
    }

    /// What it costs to pass a gap.
    fn fare(&self, obstacles: &[Obstacle], gap: Gap, users: Option<&BTreeSet<usize>>, net: usize) -> i64 {
        if users.is_some_and(|users| users.contains(&net)) {
            return 0;
        }
        let beside = users.map_or(0, |users| i64::try_from(users.len()).unwrap_or(0)) * BESIDE;
        let above = gap.at.checked_sub(1).and_then(|at| obstacles.get(at));
        let kind = match (above, obstacles.get(gap.at)) {
            (Some(above), Some(below)) if above.group == below.group => {
                if above.one.is_none() {
                    BELOW_TITLE
                } else {
                    INSIDE
                }
            }
            (Some(_), Some(_)) => 0,
            (None, None) => 0,
            _ => OUTSIDE,
        };
        kind + beside + TRACK
    }

    /// Asks for the room that lines in gaps need.
    pub fn make_room(&self, columns: &Columns, room: &mut Room) {
        let mut users: BTreeMap<Gap, BTreeSet<usize>> = BTreeMap::new();
        for (line, gaps) in self.gaps.iter().enumerate() {
            for gap in gaps {
                users.entry(*gap).or_default().insert(self.net[line]);
            }
        }
        for (gap, nets) in users {
            let needed = (i64::try_from(nets.len()).unwrap_or(0) + 1) * TRACK;
            let items: Vec<(usize, Option<usize>)> = items(columns, gap.column).collect();
            let above = gap.at.checked_sub(1).and_then(|at| items.get(at));
            match (above, items.get(gap.at)) {
                (Some((group, None)), Some((below, Some(_)))) if group == below => {
                    let at = gap.column - columns.first[*group];
                    room.title[*group][at] = room.title[*group][at].max(needed - TRACK);
                }
                (Some((group, Some(one))), Some((below, _))) if group == below => {
                    room.below[*one] = room.below[*one].max(needed - super::BOX_GAP);
                }
                (Some(_), Some((below, _))) => room.above[*below] = room.above[*below].max(needed - GROUP_GAP),
                _ => {}
            }
        }
    }

    /// The exact heights of lines at boxes and in gaps.
    pub fn settle(&mut self, problem: &Problem, columns: &Columns, rows: &Rows) {
        let obstacles: Vec<Vec<Obstacle>> = (0..columns.count).map(|column| obstacles(columns, rows, column)).collect();
        self.place_pins(problem, rows, &obstacles);
        self.straighten(rows);
        for _ in 0..2 {
            self.place_tracks(&obstacles);
        }
    }

    fn place_pins(&mut self, problem: &Problem, rows: &Rows, obstacles: &[Vec<Obstacle>]) {
        for ((one, side), nets) in self.sides() {
            let spacing = self.spacing(problem, one, &nets);
            let mut order: Vec<(i64, usize)> = Vec::new();
            for (net, lines) in &nets {
                let mut wishes: Vec<(i64, i64)> = lines
                    .iter()
                    .map(|line| {
                        let [(from, _), (to, _)] = self.ends[*line];
                        let (other, gap) = if from == one && side == self.ends[*line][0].1 {
                            (to, self.gaps[*line].first())
                        } else {
                            (from, self.gaps[*line].last())
                        };
                        let goal = rows.middle(other);
                        let through = gap.map(|gap| {
                            let (lowest, highest) = bounds(&obstacles[gap.column], gap.at);
                            goal.clamp(lowest, highest.max(lowest))
                        });
                        (through.unwrap_or(goal), 1)
                    })
                    .collect();
                order.push((median(&mut wishes).unwrap_or(0), *net));
            }
            order.sort_unstable();
            let count = i64::try_from(order.len()).unwrap_or(1);
            let spacing = spacing.max((rows.height[one] / (count + 1)).min(LABELLED_PIN));
            let first = rows.middle(one) - (count - 1) * spacing / 2;
            for (at, (_, net)) in order.into_iter().enumerate() {
                let y = first + i64::try_from(at).unwrap_or(0) * spacing;
                self.pins.insert((one, side, net), y);
            }
        }
    }

    /// Moves the only line of a side to the height of its other end, where that makes it straight.
    fn straighten(&mut self, rows: &Rows) {
        let mut count: BTreeMap<(usize, Side), usize> = BTreeMap::new();
        self.pins.keys().for_each(|(one, side, _)| *count.entry((*one, *side)).or_default() += 1);
        let mut moved = BTreeSet::new();
        for (line, ends) in self.ends.iter().enumerate() {
            if !self.passed[line].is_empty() || ends[0].1 == ends[1].1 {
                continue;
            }
            for (own, other) in [(ends[0], ends[1]), (ends[1], ends[0])] {
                let goal = self.pins.get(&(other.0, other.1, self.net[line])).copied();
                let key = (own.0, own.1, self.net[line]);
                let (top, bottom) = (rows.top[own.0] + 12, rows.top[own.0] + rows.height[own.0] - 12);
                let Some(goal) = goal.filter(|goal| (top..=bottom).contains(goal)) else { continue };
                if count.get(&own) == Some(&1) && moved.insert(key) {
                    self.pins.insert(key, goal);
                    moved.insert((other.0, other.1, self.net[line]));
                    break;
                }
            }
        }
    }

    fn place_tracks(&mut self, obstacles: &[Vec<Obstacle>]) {
        let mut wishes: BTreeMap<(Gap, usize), Vec<(i64, i64)>> = BTreeMap::new();
        for (line, gaps) in self.gaps.iter().enumerate() {
            let net = self.net[line];
            let pin = |end: (usize, Side)| self.pins.get(&(end.0, end.1, net)).copied().unwrap_or(0);
            for (at, gap) in gaps.iter().enumerate() {
                let before = match at.checked_sub(1).and_then(|before| gaps.get(before)) {
                    None => Some(pin(self.ends[line][0])),
                    Some(before) => self.tracks.get(&(*before, net)).copied(),
                };
                let wish = before.unwrap_or_else(|| pin(self.ends[line][1]));
                wishes.entry((*gap, net)).or_default().push((wish, 1));
            }
        }
        let mut by_gap: BTreeMap<Gap, Vec<(i64, usize)>> = BTreeMap::new();
        for ((gap, net), mut wishes) in wishes {
            by_gap.entry(gap).or_default().push((median(&mut wishes).unwrap_or(0), net));
        }
        for (gap, mut nets) in by_gap {
            nets.sort_unstable();
            let (lowest, highest) = bounds(&obstacles[gap.column], gap.at);
            let offset = |at: usize| i64::try_from(at).unwrap_or(0) * TRACK;
            let last = offset(nets.len().saturating_sub(1));
            // Outside of everything there is room without end.
            let lowest = if gap.at == 0 { highest - last - FAR } else { lowest };
            let clamped =
                |(at, (wish, _)): (usize, &(i64, usize))| ((*wish).clamp(lowest, highest.max(lowest)) - offset(at), 1);
            let wished: Vec<(i64, i64)> = nets.iter().enumerate().map(clamped).collect();
            for (at, (place, (_, net))) in in_order(&wished).into_iter().zip(&nets).enumerate() {
                let y = place.clamp(lowest, (highest - last).max(lowest)) + offset(at);
                self.tracks.insert((gap, *net), y);
            }
        }
    }
}

/// Titles and boxes of a column, from the top, with their groups.
fn items(columns: &Columns, column: usize) -> impl Iterator<Item = (usize, Option<usize>)> {
    columns.stacked(column).flat_map(|(group, boxes)| {
        std::iter::once((group, None)).chain(boxes.iter().map(move |one| (group, Some(*one))))
    })
}

/// What stands in a column, from the top. The last box of a group reaches to the group's border.
fn obstacles(columns: &Columns, rows: &Rows, column: usize) -> Vec<Obstacle> {
    let mut found: Vec<Obstacle> = Vec::new();
    for (group, one) in items(columns, column) {
        let (top, bottom) = match one {
            None => (rows.group[group], rows.group[group] + TITLE - TRACK),
            Some(one) => (rows.top[one], rows.top[one] + rows.height[one]),
        };
        if let Some(last) = found.last_mut().filter(|last| last.group != group) {
            last.bottom = rows.group[last.group] + rows.group_height[last.group];
        }
        found.push(Obstacle { group, one, top, bottom });
    }
    if let Some(last) = found.last_mut() {
        last.bottom = rows.group[last.group] + rows.group_height[last.group];
    }
    found
}

/// Where lines may run in a gap.
fn bounds(obstacles: &[Obstacle], at: usize) -> (i64, i64) {
    let above = at.checked_sub(1).and_then(|at| obstacles.get(at));
    let below = obstacles.get(at);
    let lowest = above.map_or(-FAR, |above| above.bottom + TRACK);
    let highest = below.map_or(FAR, |below| below.top - TRACK);
    if lowest > highest {
        let middle = (lowest + highest) / 2;
        (middle, middle)
    } else {
        (lowest, highest)
    }
}
