//! Which column each box stands in.

use std::collections::{BTreeMap, BTreeSet};

use super::{ASPECT, BOX_GAP, GROUP_GAP, PADDING, Problem, TITLE, weight};

/// Boxes in columns. A bay is as many columns as its widest group takes; groups stand in it one above the other.
#[derive(Debug, Clone, Default)]
pub(super) struct Columns {
    /// The groups of each bay, from the top.
    pub bays: Vec<Vec<usize>>,
    /// The first column of each bay.
    pub starts: Vec<usize>,
    /// The boxes of each group: for each of its columns, from the top.
    pub cells: Vec<Vec<Vec<usize>>>,
    /// The first column of each group.
    pub first: Vec<usize>,
    /// The column of each box.
    pub column: Vec<usize>,
    /// How many columns there are.
    pub count: usize,
    /// The width of each column's boxes.
    pub widths: Vec<i64>,
}

impl Columns {
    /// The groups of a bay that stand in a column, from the top, with their boxes there.
    pub fn stacked(&self, column: usize) -> impl Iterator<Item = (usize, &[usize])> {
        let bay = self.starts.partition_point(|start| *start <= column).saturating_sub(1);
        let groups = self.bays.get(bay).map(Vec::as_slice).unwrap_or_default();
        groups.iter().filter_map(move |group| {
            let own = column.checked_sub(self.first[*group])?;
            Some((*group, self.cells[*group].get(own)?.as_slice()))
        })
    }
}

/// Boxes in columns, for the number of rows that comes nearest to a slide's shape.
pub(super) fn columns(problem: &Problem) -> Columns {
    let ranks = group_ranks(problem);
    let most = (0..problem.groups).map(|g| problem.boxes.iter().filter(|b| b.group == g).count()).max().unwrap_or(1);
    let mut best: Option<(i64, Columns)> = None;
    for limit in 1..=most.clamp(1, 40) {
        let made = with_rows(problem, &ranks, limit);
        let (width, height) = estimate(problem, &made);
        // How far from the shape aimed at, in thousandths, and how much room it takes.
        let (wide, high) = (width * 10, height * ASPECT);
        let off = (wide.max(high) * 1000 / wide.min(high).max(1)) - 1000;
        let cost = off * 3 + width * height / 4000 / i64::try_from(problem.boxes.len().max(1)).unwrap_or(1);
        if best.as_ref().is_none_or(|(least, _)| cost < *least) {
            best = Some((cost, made));
        }
    }
    best.map(|(_, columns)| columns).unwrap_or_default()
}

/// The bay of each group: after those that use it.
fn group_ranks(problem: &Problem) -> Vec<Option<usize>> {
    let mut weights: BTreeMap<(usize, usize), i64> = BTreeMap::new();
    for line in &problem.lines {
        let (from, to) = (problem.boxes[line.from].group, problem.boxes[line.to].group);
        if from != to {
            *weights.entry((from, to)).or_default() += weight(line);
        }
    }
    let edges: Vec<(usize, usize, i64)> = weights.into_iter().map(|((a, b), w)| (a, b, w)).collect();
    let ranks = layers(problem.groups, &edges);
    let is_linked = |group| edges.iter().any(|(a, b, _)| *a == group || *b == group);
    ranks.into_iter().enumerate().map(|(group, rank)| is_linked(group).then_some(rank)).collect()
}

/// The layer of each vertex: after all that lead to it, but for edges of least weight that close a circle.
fn layers(count: usize, edges: &[(usize, usize, i64)]) -> Vec<usize> {
    let order = acyclic_order(count, edges);
    let mut place = vec![0; count];
    order.iter().enumerate().for_each(|(at, vertex)| place[*vertex] = at);
    let forward = |vertex: usize| {
        let place = &place;
        edges.iter().filter(move |(a, b, _)| *a == vertex && place[*a] < place[*b]).map(|(_, b, _)| *b)
    };
    let mut layer = vec![0_usize; count];
    let mut is_led_to = vec![false; count];
    for vertex in &order {
        for next in forward(*vertex) {
            layer[next] = layer[next].max(layer[*vertex] + 1);
            is_led_to[next] = true;
        }
    }
    // What nothing leads to stands beside what it leads to.
    for vertex in order.iter().rev().filter(|v| !is_led_to[**v]) {
        if let Some(nearest) = forward(*vertex).map(|next| layer[next]).min() {
            layer[*vertex] = nearest.saturating_sub(1);
        }
    }
    layer
}

/// Vertices so that little leads backwards: what leads nowhere last, what nothing leads to first, and of the rest what leads most.
fn acyclic_order(count: usize, edges: &[(usize, usize, i64)]) -> Vec<usize> {
    let mut left: BTreeSet<usize> = (0..count).collect();
    let (mut first, mut last) = (Vec::new(), Vec::new());
    while !left.is_empty() {
        let sum = |vertex: usize, out: bool| -> i64 {
            let counts = |(a, b, _): &&(usize, usize, i64)| {
                let (own, other) = if out { (a, b) } else { (b, a) };
                *own == vertex && left.contains(other)
            };
            edges.iter().filter(counts).map(|(_, _, w)| w).sum()
        };
        let sink = left.iter().rev().copied().find(|v| sum(*v, true) == 0);
        let source = left.iter().copied().find(|v| sum(*v, false) == 0);
        let chosen = match (source, sink) {
            (Some(source), _) => source,
            (None, Some(sink)) => sink,
            (None, None) => {
                let mut best = None;
                for vertex in left.iter().copied() {
                    let gain = sum(vertex, true) - sum(vertex, false);
                    if best.is_none_or(|(most, _)| gain > most) {
                        best = Some((gain, vertex));
                    }
                }
                best.map_or(0, |(_, vertex)| vertex)
            }
        };
        left.remove(&chosen);
        if source.is_none() && sink.is_some() { last.push(chosen) } else { first.push(chosen) }
    }
    first.extend(last.into_iter().rev());
    first
}

/// Columns in which a group has at most so many rows.
fn with_rows(problem: &Problem, ranks: &[Option<usize>], limit: usize) -> Columns {
    let cells: Vec<Vec<Vec<usize>>> = (0..problem.groups).map(|group| group_cells(problem, group, limit)).collect();
    let mut bays: Vec<Vec<usize>> = vec![Vec::new(); ranks.iter().flatten().max().map_or(1, |most| most + 1)];
    for (group, rank) in ranks.iter().enumerate() {
        if let Some(rank) = rank {
            bays[*rank].push(group);
        }
    }
    let height = |bay: &[usize]| -> i64 { bay.iter().map(|g| group_height(problem, &cells[*g]) + GROUP_GAP).sum() };
    // What nothing leads to and that leads nowhere goes where there is room.
    for group in (0..problem.groups).filter(|group| ranks[*group].is_none()) {
        let shortest = (0..bays.len()).min_by_key(|bay| (height(&bays[*bay]), std::cmp::Reverse(*bay)));
        if let Some(shortest) = shortest {
            bays[shortest].push(group);
        }
    }
    bays.retain(|bay| !bay.is_empty());
    let (mut starts, mut first, mut count) = (Vec::new(), vec![0; problem.groups], 0);
    for bay in &bays {
        starts.push(count);
        let wide = bay.iter().map(|g| cells[*g].len()).max().unwrap_or(1).max(1);
        for group in bay {
            // A narrow group stands on the side where most of its lines go.
            let pull: i64 = problem
                .lines
                .iter()
                .filter_map(|line| {
                    let (from, to) = (problem.boxes[line.from].group, problem.boxes[line.to].group);
                    let other = if from == *group { to } else { from };
                    let is_own = from != to && (from == *group || to == *group);
                    is_own.then(|| ranks[other].cmp(&ranks[*group]) as i64 * weight(line))
                })
                .sum();
            first[*group] = count + if pull > 0 { wide - cells[*group].len().max(1) } else { 0 };
        }
        count += wide;
    }
    let mut column = vec![0; problem.boxes.len()];
    let mut widths = vec![0; count];
    for (group, own) in cells.iter().enumerate() {
        for (at, boxes) in own.iter().enumerate() {
            for one in boxes {
                column[*one] = first[group] + at;
                widths[first[group] + at] = widths[first[group] + at].max(problem.boxes[*one].width);
            }
        }
        // A title that is wider than the columns below it widens the last of them.
        let (from, to) = (first[group], first[group] + own.len());
        let wide: i64 = widths[from..to].iter().sum();
        if let Some(last) = widths[from..to].last_mut() {
            *last += (problem.titles[group] - wide).max(0);
        }
    }
    Columns { bays, starts, cells, first, column, count, widths }
}

/// The boxes of a group in columns.
fn group_cells(problem: &Problem, group: usize, limit: usize) -> Vec<Vec<usize>> {
    let members: Vec<usize> = (0..problem.boxes.len()).filter(|b| problem.boxes[*b].group == group).collect();
    let at: BTreeMap<usize, usize> = members.iter().enumerate().map(|(i, b)| (*b, i)).collect();
    let inner = |line: &super::Line| Some((*at.get(&line.from)?, *at.get(&line.to)?, weight(line)));
    let edges: Vec<(usize, usize, i64)> = problem.lines.iter().filter_map(inner).filter(|(a, b, _)| a != b).collect();
    let is_linked = |i: usize| edges.iter().any(|(a, b, _)| *a == i || *b == i);
    let layers = layers(members.len(), &edges);
    let mut cells: Vec<Vec<usize>> = Vec::new();
    for layer in 0..=layers.iter().copied().max().unwrap_or(0) {
        let own: Vec<usize> = (0..members.len()).filter(|i| is_linked(*i) && layers[*i] == layer).collect();
        let wide = own.len().div_ceil(limit);
        for part in 0..wide {
            cells.push(own.iter().skip(part).step_by(wide).map(|i| members[*i]).collect());
        }
    }
    // Those that stand alone fill what is left, row by row.
    let free: Vec<usize> = (0..members.len()).filter(|i| !is_linked(*i)).map(|i| members[i]).collect();
    let room: usize = cells.iter().map(|column| limit.saturating_sub(column.len())).sum();
    let more = free.len().saturating_sub(room).div_ceil(limit);
    cells.extend(std::iter::repeat_n(Vec::new(), more));
    for one in free {
        if let Some(shortest) = cells.iter_mut().min_by_key(|column| column.len()) {
            shortest.push(one);
        }
    }
    cells
}

fn group_height(problem: &Problem, cells: &[Vec<usize>]) -> i64 {
    let column = |boxes: &Vec<usize>| boxes.iter().map(|b| problem.boxes[*b].height + BOX_GAP).sum::<i64>();
    TITLE + PADDING + cells.iter().map(column).max().unwrap_or(0)
}

/// About how wide and high it becomes: lines beside each other take room, too.
fn estimate(problem: &Problem, columns: &Columns) -> (i64, i64) {
    let labels = problem.lines.iter().map(|line| line.label_width).max().unwrap_or(0);
    let lines = i64::try_from(problem.lines.len()).unwrap_or(0);
    let width: i64 = columns.widths.iter().map(|w| w + 50 + labels / 2 + lines / 2).sum();
    let bay = |bay: &Vec<usize>| bay.iter().map(|g| group_height(problem, &columns.cells[*g]) + GROUP_GAP).sum::<i64>();
    (width.max(1), columns.bays.iter().map(bay).max().unwrap_or(1).max(1) + lines / 2)
}
