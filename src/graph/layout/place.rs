//! How high everything stands: as near as the order allows to what makes lines straight.

use super::columns::Columns;
use super::{BOX_GAP, GROUP_GAP, PADDING, Problem, TITLE, median, weight};

/// How often all bays are placed anew.
const ROUNDS: usize = 10;

/// Room for lines that run through columns.
#[derive(Debug, Clone)]
pub(super) struct Room {
    /// Below each box, inside its group.
    pub below: Vec<i64>,
    /// Below a group's title, in each of its columns.
    pub title: Vec<Vec<i64>>,
    /// Above each group.
    pub above: Vec<i64>,
}

impl Room {
    pub fn new(problem: &Problem, columns: &Columns) -> Room {
        Room {
            below: vec![0; problem.boxes.len()],
            title: columns.cells.iter().map(|cells| vec![0; cells.len()]).collect(),
            above: vec![0; problem.groups],
        }
    }
}

/// Heights.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    /// The upper side of each group.
    pub group: Vec<i64>,
    /// The height of each group.
    pub group_height: Vec<i64>,
    /// The upper side of each box.
    pub top: Vec<i64>,
    /// The height of each box.
    pub height: Vec<i64>,
}

impl Rows {
    /// The middle of a box.
    pub fn middle(&self, one: usize) -> i64 {
        self.top[one] + self.height[one] / 2
    }
}

/// Places groups and boxes.
pub(super) fn rows(problem: &Problem, columns: &Columns, heights: &[i64], room: &Room) -> Rows {
    let mut rows = Rows {
        group: vec![0; problem.groups],
        group_height: vec![0; problem.groups],
        top: vec![0; problem.boxes.len()],
        height: heights.to_vec(),
    };
    for (group, cells) in columns.cells.iter().enumerate() {
        let column = |(at, boxes): (usize, &Vec<usize>)| {
            let mut y = TITLE + room.title[group][at];
            for one in boxes {
                rows.top[*one] = y;
                y += heights[*one] + BOX_GAP + room.below[*one];
            }
            y - if boxes.is_empty() { 0 } else { BOX_GAP }
        };
        rows.group_height[group] = cells.iter().enumerate().map(column).max().unwrap_or(TITLE) + PADDING;
    }
    for bay in &columns.bays {
        let total: i64 = bay.iter().map(|g| rows.group_height[*g] + GROUP_GAP + room.above[*g]).sum();
        let mut y = -total / 2;
        for group in bay {
            y += room.above[*group];
            move_group(columns, &mut rows, *group, y);
            y += rows.group_height[*group] + GROUP_GAP;
        }
    }
    let near = neighbours(problem);
    for round in 0..ROUNDS {
        let mut bays: Vec<usize> = (0..columns.bays.len()).collect();
        if round % 2 == 1 {
            bays.reverse();
        }
        for bay in bays {
            place_groups(problem, columns, &near, room, &mut rows, bay);
            for group in &columns.bays[bay] {
                place_boxes(columns, &near, room, &mut rows, *group);
            }
        }
    }
    close_up(columns, room, &mut rows);
    rows
}

/// Takes out what is empty in all columns: what is connected to nothing else may stand anywhere, and drifts.
fn close_up(columns: &Columns, room: &Room, rows: &mut Rows) {
    let mut order: Vec<usize> = columns.bays.iter().flatten().copied().collect();
    order.sort_by_key(|group| (rows.group[*group], *group));
    let (mut lowest, mut by): (Option<i64>, i64) = (None, 0);
    for group in order {
        let (top, height) = (rows.group[group], rows.group_height[group]);
        if let Some(lowest) = lowest {
            let most = GROUP_GAP + room.above.iter().max().copied().unwrap_or(0);
            by += (top - lowest - most).max(0);
        }
        lowest = lowest.max(Some(top + height));
        move_group(columns, rows, group, top - by);
    }
}

/// The other end of each line of a box, and how much it pulls.
fn neighbours(problem: &Problem) -> Vec<Vec<(usize, i64)>> {
    let mut near = vec![Vec::new(); problem.boxes.len()];
    for line in &problem.lines {
        near[line.from].push((line.to, weight(line)));
        near[line.to].push((line.from, weight(line)));
    }
    near
}

/// Moves a group with all that is in it.
fn move_group(columns: &Columns, rows: &mut Rows, group: usize, y: i64) {
    let by = y - rows.group[group];
    rows.group[group] = y;
    columns.cells[group].iter().flatten().for_each(|one| rows.top[*one] += by);
}

fn place_groups(
    problem: &Problem,
    columns: &Columns,
    near: &[Vec<(usize, i64)>],
    room: &Room,
    rows: &mut Rows,
    bay: usize,
) {
    let groups = &columns.bays[bay];
    let mut wishes = Vec::new();
    let mut offset = 0;
    for group in groups {
        offset += room.above[*group];
        let mut values: Vec<(i64, i64)> = columns.cells[*group]
            .iter()
            .flatten()
            .flat_map(|one| near[*one].iter().map(move |(other, weight)| (*one, *other, *weight)))
            .filter(|(_, other, _)| problem.boxes[*other].group != *group)
            .map(|(one, other, weight)| (rows.group[*group] + rows.middle(other) - rows.middle(one), weight))
            .collect();
        let pull: i64 = values.iter().map(|(_, weight)| weight).sum();
        wishes.push((median(&mut values).map(|wish| wish - offset), pull.max(1)));
        offset += rows.group_height[*group] + GROUP_GAP;
    }
    let mut offset = 0;
    for (group, place) in groups.iter().zip(in_order(&beside_others(&wishes))) {
        offset += room.above[*group];
        move_group(columns, rows, *group, place + offset);
        offset += rows.group_height[*group] + GROUP_GAP;
    }
}

/// What has no wish stands beside its neighbours: below the last one that has, or above the first.
fn beside_others(wishes: &[(Option<i64>, i64)]) -> Vec<(i64, i64)> {
    let mut last = wishes.iter().find_map(|(wish, _)| *wish).unwrap_or(0);
    wishes
        .iter()
        .map(|(wish, weight)| {
            last = wish.unwrap_or(last);
            (last, *weight)
        })
        .collect()
}

fn place_boxes(columns: &Columns, near: &[Vec<(usize, i64)>], room: &Room, rows: &mut Rows, group: usize) {
    for (at, boxes) in columns.cells[group].iter().enumerate() {
        let lowest = rows.group[group] + TITLE + room.title[group][at];
        let (mut wishes, mut offset) = (Vec::new(), 0);
        for one in boxes {
            let mut values: Vec<(i64, i64)> = near[*one]
                .iter()
                .filter(|(other, _)| !boxes.contains(other))
                .map(|(other, weight)| (rows.middle(*other) - rows.height[*one] / 2, *weight))
                .collect();
            let pull: i64 = values.iter().map(|(_, weight)| weight).sum();
            let wish = median(&mut values).unwrap_or(rows.top[*one]);
            wishes.push((wish - offset, pull.max(1)));
            offset += rows.height[*one] + BOX_GAP + room.below[*one];
        }
        let highest = rows.group[group] + rows.group_height[group] - PADDING - (offset - BOX_GAP);
        let mut offset = 0;
        for (one, place) in boxes.iter().zip(in_order(&wishes)) {
            rows.top[*one] = place.clamp(lowest, highest.max(lowest)) + offset;
            offset += rows.height[*one] + BOX_GAP + room.below[*one];
        }
    }
}

/// The places nearest to what is wished that never fall: neighbours that would overtake each other share the mean of their wishes.
pub(super) fn in_order(wishes: &[(i64, i64)]) -> Vec<i64> {
    // Sum of wishes, sum of weights, how many.
    let mut blocks: Vec<(i64, i64, usize)> = Vec::new();
    for (wish, weight) in wishes {
        let mut block = (wish * weight, *weight, 1);
        while let Some(last) = blocks.last() {
            if last.0.div_euclid(last.1) < block.0.div_euclid(block.1) {
                break;
            }
            block = (block.0 + last.0, block.1 + last.1, block.2 + last.2);
            blocks.pop();
        }
        blocks.push(block);
    }
    blocks.iter().flat_map(|(sum, weight, count)| std::iter::repeat_n(sum.div_euclid(*weight), *count)).collect()
}
