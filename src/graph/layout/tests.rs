//! Laws, on generated problems.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{Layout, Line, Problem, Rect, Sized, layout};

fn problems(most: usize) -> impl Strategy<Value = Problem> {
    (1..=most, 1..8usize).prop_flat_map(|(count, groups)| {
        let boxes = prop::collection::vec((0..groups, 100..300i64, 32..90i64), count);
        let line =
            (0..count, 0..count, any::<bool>(), prop::sample::select(vec!["", "read", "connect", "rate(5 minutes)"]));
        (boxes, prop::collection::vec(line, 0..count * 2)).prop_map(move |(boxes, lines)| {
            let boxes: Vec<Sized> =
                boxes.into_iter().map(|(group, width, height)| Sized { group, width, height }).collect();
            let mut seen = BTreeSet::new();
            let lines = lines.into_iter().filter(|(from, to, ..)| from != to && seen.insert((*from, *to))).map(
                |(from, to, quiet, label)| Line {
                    from,
                    to,
                    quiet,
                    label: label.to_owned(),
                    label_width: i64::try_from(label.len()).unwrap() * 7,
                },
            );
            Problem { boxes, groups, titles: vec![90; groups], lines: lines.collect() }
        })
    })
}

fn overlap(a: &Rect, b: &Rect) -> bool {
    a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

fn within(inner: &Rect, outer: &Rect) -> bool {
    inner.x >= outer.x
        && inner.y >= outer.y
        && inner.x + inner.width <= outer.x + outer.width
        && inner.y + inner.height <= outer.y + outer.height
}

/// What a piece of a line covers, without its ends.
fn piece(a: (i64, i64), b: (i64, i64)) -> Rect {
    let (x, y) = (a.0.min(b.0), a.1.min(b.1));
    Rect { x, y, width: (a.0 - b.0).abs().max(1), height: (a.1 - b.1).abs().max(1) }
}

/// Groups that have something in them.
fn shown(problem: &Problem) -> Vec<usize> {
    (0..problem.groups).filter(|group| problem.boxes.iter().any(|one| one.group == *group)).collect()
}

fn check(problem: &Problem, made: &Layout) -> Result<(), TestCaseError> {
    for (at, one) in made.boxes.iter().enumerate() {
        prop_assert!(within(one, &made.groups[problem.boxes[at].group]), "a box leaves its group: {one:?}");
        prop_assert!(one.width >= problem.boxes[at].width && one.height >= problem.boxes[at].height);
        for other in &made.boxes[at + 1..] {
            prop_assert!(!overlap(one, other), "two boxes overlap: {one:?}, {other:?}");
        }
    }
    let whole = Rect { x: 0, y: 0, width: made.width, height: made.height };
    let groups = shown(problem);
    for (at, one) in groups.iter().enumerate() {
        prop_assert!(within(&made.groups[*one], &whole));
        for other in &groups[at + 1..] {
            prop_assert!(!overlap(&made.groups[*one], &made.groups[*other]), "two groups overlap");
        }
    }
    for (line, path) in problem.lines.iter().zip(&made.paths) {
        let (from, to) = (made.boxes[line.from], made.boxes[line.to]);
        let at_side = |point: &(i64, i64), rect: &Rect| {
            [rect.x, rect.x + rect.width].contains(&point.0) && (rect.y..=rect.y + rect.height).contains(&point.1)
        };
        prop_assert!(path.points.len() >= 2);
        prop_assert!(at_side(&path.points[0], &from), "a line begins at no side");
        prop_assert!(at_side(path.points.last().unwrap(), &to), "a line ends at no side");
        for ends in path.points.windows(2) {
            prop_assert!(ends[0].0 == ends[1].0 || ends[0].1 == ends[1].1, "a line is not straight");
            prop_assert!(within(&piece(ends[0], ends[1]), &whole), "a line leaves the picture");
            for rect in &made.boxes {
                let inner = Rect { x: rect.x + 1, y: rect.y + 1, width: rect.width - 2, height: rect.height - 2 };
                prop_assert!(!overlap(&piece(ends[0], ends[1]), &inner), "a line crosses a box: {ends:?} {rect:?}");
            }
        }
        if let Some((x, y)) = path.label {
            let label = Rect { x: x - line.label_width / 2, y: y - 7, width: line.label_width, height: 14 };
            prop_assert!(made.boxes.iter().all(|rect| !overlap(rect, &label)), "a label lies on a box");
        }
    }
    // Each text stands once where lines of one text end, and no two on each other.
    let labels: Vec<Rect> = problem
        .lines
        .iter()
        .zip(&made.paths)
        .filter_map(|(line, path)| {
            let (x, y) = path.label?;
            Some(Rect { x: x - line.label_width / 2, y: y - 7, width: line.label_width, height: 14 })
        })
        .collect();
    for (at, one) in labels.iter().enumerate() {
        for other in &labels[at + 1..] {
            prop_assert!(!overlap(one, other), "two labels overlap: {one:?} {other:?}");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn small_pictures_are_sound(problem in problems(14)) {
        check(&problem, &layout(&problem))?;
    }

    #[test]
    fn the_same_is_drawn_the_same(problem in problems(20)) {
        prop_assert_eq!(format!("{:?}", layout(&problem)), format!("{:?}", layout(&problem)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn large_pictures_are_sound(problem in problems(100)) {
        check(&problem, &layout(&problem))?;
    }
}

#[test]
fn nothing_is_a_picture_too() {
    let made = layout(&Problem::default());
    assert!(made.boxes.is_empty() && made.paths.is_empty());
}
