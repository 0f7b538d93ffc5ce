//! How CloudWatch comes from figures to an alarm.

use std::collections::BTreeMap;

use serde_json::Value as Json;

/// The figures of an hour: of each metric the samples of each minute, counted backwards from now; and lines of logs.
#[derive(Clone, Default)]
pub struct Hour {
    samples: BTreeMap<String, BTreeMap<usize, Vec<f64>>>,
    lines: Vec<(usize, Json)>,
}

impl Hour {
    pub fn with(mut self, metric: &str, minutes: impl Iterator<Item = (usize, Vec<f64>)>) -> Hour {
        self.samples.entry(metric.to_owned()).or_default().extend(minutes);
        self
    }

    /// Both; where both have a minute, the other's.
    pub fn and(mut self, other: Hour) -> Hour {
        for (metric, minutes) in other.samples {
            self.samples.entry(metric).or_default().extend(minutes);
        }
        self.lines.extend(other.lines);
        self
    }

    pub fn logged(mut self, ago: usize, lines: Vec<Json>) -> Hour {
        self.lines.extend(lines.into_iter().map(|line| (ago, line)));
        self
    }

    /// The same with what filters count in its lines.
    pub fn counted(&self, filters: &[Filter]) -> Hour {
        let mut counted = self.clone();
        for (ago, line) in &self.lines {
            for filter in filters {
                if let Some(value) = filter.counts(line) {
                    let minutes = counted.samples.entry(filter.name.clone()).or_default();
                    minutes.entry(*ago).or_default().push(value);
                }
            }
        }
        counted
    }

    /// The samples of a period, the last one being the first.
    fn period(&self, metric: &str, minutes: usize, back: usize) -> Vec<f64> {
        let of = (back * minutes)..((back + 1) * minutes);
        let found = self.samples.get(metric).map(|all| all.range(of).flat_map(|(_, samples)| samples.clone()));
        found.into_iter().flatten().collect()
    }
}

/// What counts lines: fields of JSON that are compared, all of which must fit.
pub struct Filter {
    name: String,
    fits: Vec<(String, Json)>,
    value: String,
}

impl Filter {
    pub fn of(properties: &Json) -> Filter {
        let pattern = properties["FilterPattern"].as_str().unwrap();
        let inner = pattern.strip_prefix('{').and_then(|p| p.strip_suffix('}')).unwrap_or_else(|| panic!("{pattern}"));
        let fits = inner.split("&&").map(|one| {
            let (path, value) = one.split_once(" = ").unwrap_or_else(|| panic!("{pattern}"));
            (path.trim().to_owned(), serde_json::from_str(value.trim()).unwrap_or_else(|e| panic!("{pattern}: {e}")))
        });
        let metric = &properties["MetricTransformations"][0];
        let text = |key: &str| metric[key].as_str().unwrap().to_owned();
        Filter { name: text("MetricName"), fits: fits.collect(), value: text("MetricValue") }
    }

    fn counts(&self, line: &Json) -> Option<f64> {
        let at = |path: &str| line.pointer(&path.strip_prefix('$').unwrap().replace('.', "/"));
        if !self.fits.iter().all(|(path, value)| at(path) == Some(value)) {
            return None;
        }
        match self.value.strip_prefix('$') {
            Some(_) => at(&self.value)?.as_f64(),
            None => Some(self.value.parse().unwrap()),
        }
    }
}

/// A metric as an alarm looks at it: what an expression calls it, whose it is, its name, its statistic.
struct Query {
    id: String,
    space: String,
    name: String,
    statistic: String,
}

pub struct Alarm {
    queries: Vec<Query>,
    /// What is computed of several.
    expression: Option<String>,
    minutes: usize,
    of: usize,
    bad: usize,
    silence_is_bad: bool,
    pub below: bool,
    pub threshold: f64,
}

impl Alarm {
    pub fn of(properties: &Json) -> Alarm {
        let text = |of: &Json| of.as_str().unwrap_or_else(|| panic!("{properties:#}")).to_owned();
        let number = |of: &Json| usize::try_from(of.as_u64().unwrap()).unwrap();
        let query = |id: &str, metric: &Json, statistic: &Json| Query {
            id: id.to_owned(),
            space: text(&metric["Namespace"]),
            name: text(&metric["MetricName"]),
            statistic: text(statistic),
        };
        let (queries, expression, period) = match properties["Metrics"].as_array() {
            Some(metrics) => {
                let (shown, given): (Vec<&Json>, Vec<&Json>) =
                    metrics.iter().partition(|one| one["ReturnData"] == true);
                assert_eq!(shown.len(), 1, "{properties:#}");
                let of =
                    |one: &&Json| query(&text(&one["Id"]), &one["MetricStat"]["Metric"], &one["MetricStat"]["Stat"]);
                let queries = given.iter().map(of).collect();
                (queries, Some(text(&shown[0]["Expression"])), number(&given[0]["MetricStat"]["Period"]))
            }
            None => {
                let statistic =
                    [&properties["Statistic"], &properties["ExtendedStatistic"]].into_iter().find(|s| s.is_string());
                (vec![query("", properties, statistic.unwrap())], None, number(&properties["Period"]))
            }
        };
        Alarm {
            queries,
            expression,
            minutes: period / 60,
            of: number(&properties["EvaluationPeriods"]),
            bad: number(&properties["DatapointsToAlarm"]),
            silence_is_bad: match properties["TreatMissingData"].as_str() {
                Some("breaching") => true,
                Some("notBreaching") => false,
                other => panic!("{other:?}"),
            },
            below: match properties["ComparisonOperator"].as_str() {
                Some("LessThanThreshold") => true,
                Some("GreaterThanThreshold") => false,
                other => panic!("{other:?}"),
            },
            threshold: properties["Threshold"].as_f64().unwrap(),
        }
    }

    /// The metrics that it looks at: whose they are, and their names.
    pub fn metrics(&self) -> impl Iterator<Item = (&str, &str)> {
        self.queries.iter().map(|query| (query.space.as_str(), query.name.as_str()))
    }

    /// Whether it rings at the end of an hour: so many of the last periods are bad.
    pub fn rings(&self, hour: &Hour) -> bool {
        let is_bad = |back: usize| match self.figure(hour, back) {
            None => self.silence_is_bad,
            Some(figure) if self.below => figure < self.threshold,
            Some(figure) => figure > self.threshold,
        };
        (0..self.of).filter(|back| is_bad(*back)).count() >= self.bad
    }

    /// The figure of a period, if there is one.
    fn figure(&self, hour: &Hour, back: usize) -> Option<f64> {
        let one = |query: &Query| statistic(&query.statistic, hour.period(&query.name, self.minutes, back));
        match &self.expression {
            None => one(&self.queries[0]),
            Some(expression) => {
                let known = self.queries.iter().map(|query| (query.id.as_str(), one(query))).collect();
                let mut maths = Maths { rest: expression, known };
                let result = maths.compared();
                assert_eq!(maths.rest, "", "{expression}");
                result
            }
        }
    }
}

fn statistic(name: &str, mut samples: Vec<f64>) -> Option<f64> {
    samples.sort_by(f64::total_cmp);
    let (first, last) = (*samples.first()?, *samples.last()?);
    #[allow(clippy::cast_precision_loss, reason = "few samples")]
    let count = samples.len() as f64;
    Some(match name {
        "Sum" => samples.iter().sum(),
        "Average" => samples.iter().sum::<f64>() / count,
        "Minimum" => first,
        "Maximum" => last,
        percentile => {
            let share: usize = percentile.strip_prefix('p').unwrap().parse().unwrap();
            samples[(samples.len() * share).div_ceil(100).saturating_sub(1)]
        }
    })
}

/// Metric math, as far as alarms of ours use it: what has no figure makes that nothing has one, but for `FILL`.
struct Maths<'a> {
    rest: &'a str,
    known: BTreeMap<&'a str, Option<f64>>,
}

impl<'a> Maths<'a> {
    fn takes(&mut self, word: &str) -> bool {
        self.rest = self.rest.trim_start();
        match self.rest.strip_prefix(word) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    fn word(&mut self) -> &'a str {
        let end = self.rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest.trim_start();
        word
    }

    fn compared(&mut self) -> Option<f64> {
        let left = self.sum();
        if !self.takes(">=") {
            return left;
        }
        let right = self.sum();
        Some(if left? >= right? { 1.0 } else { 0.0 })
    }

    fn sum(&mut self) -> Option<f64> {
        let mut sum = self.product();
        while self.takes("+") {
            let more = self.product();
            sum = sum.zip(more).map(|(a, b)| a + b);
        }
        sum
    }

    fn product(&mut self) -> Option<f64> {
        let mut product = self.atom();
        loop {
            let is_times = self.takes("*");
            if !is_times && !self.takes("/") {
                return product;
            }
            let by = self.atom();
            // Nothing is divided by nothing.
            product = product
                .zip(by)
                .filter(|(_, b)| is_times || *b != 0.0)
                .map(|(a, b)| if is_times { a * b } else { a / b });
        }
    }

    fn atom(&mut self) -> Option<f64> {
        let word = self.word();
        if let Ok(number) = word.parse() {
            return Some(number);
        }
        if !self.takes("(") {
            return *self.known.get(word).unwrap_or_else(|| panic!("`{word}` before `{}`", self.rest));
        }
        let mut given = vec![self.compared()];
        while self.takes(",") {
            given.push(self.compared());
        }
        assert!(self.takes(")"), "`)` before `{}`", self.rest);
        match (word, given.as_slice()) {
            ("IF", [condition, yes, no]) => {
                if (*condition)? == 0.0 {
                    *no
                } else {
                    *yes
                }
            }
            ("FILL", [value, otherwise]) => value.or(*otherwise),
            _ => panic!("{word} of {}", given.len()),
        }
    }
}
