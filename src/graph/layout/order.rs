//! In which order what shares a column stands there: groups stay whole, and few lines cross.

use super::columns::Columns;
use super::{BOX_GAP, GROUP_GAP, PADDING, Problem, TITLE, weight};

/// How often both directions are swept.
const SWEEPS: usize = 8;
/// From how many lines on crossings are only estimated by lengths.
const MANY_LINES: usize = 1500;

/// Orders groups within bays and boxes within groups.
pub(super) fn order(problem: &Problem, columns: &mut Columns) {
    let mut best = (cost(problem, columns), columns.clone());
    for sweep in 0..SWEEPS {
        let mut bays: Vec<usize> = (0..columns.bays.len()).collect();
        if sweep % 2 == 1 {
            bays.reverse();
        }
        for bay in bays {
            let heights = heights(problem, columns);
            sort_groups(problem, columns, bay, &heights);
            let heights = self::heights(problem, columns);
            sort_boxes(problem, columns, bay, &heights);
        }
        let now = cost(problem, columns);
        if now < best.0 {
            best = (now, columns.clone());
        }
    }
    *columns = best.1;
}

/// About how high the middle of each box stands.
fn heights(problem: &Problem, columns: &Columns) -> Vec<i64> {
    let mut heights = vec![0; problem.boxes.len()];
    for bay in &columns.bays {
        let high = |group: &usize| {
            let column = |boxes: &Vec<usize>| boxes.iter().map(|b| problem.boxes[*b].height + BOX_GAP).sum::<i64>();
            columns.cells[*group].iter().map(column).max().unwrap_or(0) + TITLE + PADDING + GROUP_GAP
        };
        let mut top = -bay.iter().map(high).sum::<i64>() / 2;
        for group in bay {
            for boxes in &columns.cells[*group] {
                let mut y = top + TITLE;
                for one in boxes {
                    heights[*one] = y + problem.boxes[*one].height / 2;
                    y += problem.boxes[*one].height + BOX_GAP;
                }
            }
            top += high(group);
        }
    }
    heights
}

fn sort_groups(problem: &Problem, columns: &mut Columns, bay: usize, heights: &[i64]) {
    let wish = |group: &usize| {
        let (mut sum, mut total) = (0, 0);
        for line in &problem.lines {
            let (from, to) = (problem.boxes[line.from].group, problem.boxes[line.to].group);
            let other = match (from == *group, to == *group) {
                (true, false) => line.to,
                (false, true) => line.from,
                _ => continue,
            };
            sum += heights[other] * weight(line);
            total += weight(line);
        }
        (total > 0).then(|| sum / total)
    };
    // What no line leads to stands below the rest.
    let mut wishes: Vec<(i64, usize)> =
        columns.bays[bay].iter().map(|group| (wish(group).unwrap_or(i64::MAX), *group)).collect();
    wishes.sort_unstable();
    columns.bays[bay] = wishes.into_iter().map(|(_, group)| group).collect();
}

fn sort_boxes(problem: &Problem, columns: &mut Columns, bay: usize, heights: &[i64]) {
    for group in columns.bays[bay].clone() {
        for cell in &mut columns.cells[group] {
            let wish = |one: &usize| {
                let (mut sum, mut total) = (0, 0);
                for line in problem.lines.iter().filter(|line| line.from != line.to) {
                    let other = match (line.from == *one, line.to == *one) {
                        (true, _) => line.to,
                        (_, true) => line.from,
                        _ => continue,
                    };
                    sum += heights[other] * weight(line);
                    total += weight(line);
                }
                if total > 0 { sum / total } else { heights[*one] }
            };
            let mut wishes: Vec<(i64, usize)> = cell.iter().map(|one| (wish(one), *one)).collect();
            wishes.sort_unstable();
            *cell = wishes.into_iter().map(|(_, one)| one).collect();
        }
    }
}

/// Crossings of lines drawn straight, and their lengths.
fn cost(problem: &Problem, columns: &Columns) -> i64 {
    let heights = heights(problem, columns);
    let ends: Vec<[(i64, i64); 2]> = problem
        .lines
        .iter()
        .map(|line| {
            let end = |one: usize| (i64::try_from(columns.column[one]).unwrap_or(0), heights[one]);
            let (a, b) = (end(line.from), end(line.to));
            if a <= b { [a, b] } else { [b, a] }
        })
        .collect();
    let length = |(at, [a, b]): (usize, &[(i64, i64); 2])| (a.1 - b.1).abs() * weight(&problem.lines[at]);
    let mut cost: i64 = ends.iter().enumerate().map(length).sum::<i64>() / 60;
    if ends.len() <= MANY_LINES {
        for (at, one) in ends.iter().enumerate() {
            let crossed = ends[at + 1..].iter().filter(|other| crosses(one, other)).count();
            cost += i64::try_from(crossed).unwrap_or(0) * 10;
        }
    }
    cost
}

fn crosses(one: &[(i64, i64); 2], other: &[(i64, i64); 2]) -> bool {
    let (from, to) = (one[0].0.max(other[0].0), one[1].0.min(other[1].0));
    if from >= to {
        return false;
    }
    // A thousand times the height at a column.
    let at = |line: &[(i64, i64); 2], x: i64| {
        let [(x1, y1), (x2, y2)] = *line;
        y1 * 1000 + (y2 - y1) * 1000 * (x - x1) / (x2 - x1).max(1)
    };
    (at(one, from) - at(other, from)).signum() * (at(one, to) - at(other, to)).signum() < 0
}
