//! Alarms ring when they should, and only then: each alarm of two committed stages is asked about an hour of figures, by the rules that
//! CloudWatch goes by (Amazon CloudWatch User Guide, "Evaluating an alarm", "Configuring how CloudWatch alarms treat missing data", "Using
//! metric math"), and lines of logs are counted by the patterns of their filters (Amazon CloudWatch Logs User Guide, "Filter pattern syntax").

mod evaluate;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use crate::support::{json_of, names, read};
use evaluate::{Alarm, Filter, Hour};

/// The stages, by their folders.
const STAGES: [&str; 2] = ["tests/projects/32-monitoring/out/production", "examples/sgcarstrends/out/prod"];

/// What Lambda writes at the end of a call (Lambda Developer Guide, "Lambda Telemetry API Event schema reference").
fn report(status: &str, used: u32) -> Json {
    json!({
        "time": "2026-11-22T10:00:12.345Z",
        "type": "platform.report",
        "record": {
            "requestId": "6f7f0961-83bd-4d54-b9cc-1e7d9e6b2f4e",
            "metrics": {
                "durationMs": 10000.0, "billedDurationMs": 10000, "memorySizeMB": 512, "maxMemoryUsedMB": used, "initDurationMs": 150.2
            },
            "status": status
        }
    })
}

/// What the code itself logs.
fn event(name: &str) -> Json {
    json!({"timestamp": "2026-11-22T10:00:12.345Z", "level": "INFO", "requestId": "6f7f0961", "message": {"event": name, "id": 7}})
}

/// The resources of a type in all templates of a stage: by logical id, without the monitoring's own name before it.
fn resources(stage: &str, of_type: &str) -> BTreeMap<String, Json> {
    let mut found = BTreeMap::new();
    for file in names(&crate::support::root().join(stage)) {
        if !file.starts_with("monitoring") || !file.ends_with(".yaml") {
            continue;
        }
        let template = json_of(&read(format!("{stage}/{file}")));
        for (id, resource) in template["Resources"].as_object().unwrap() {
            if resource["Type"] == of_type {
                let id = id.strip_prefix("Watch").unwrap().to_owned();
                assert!(found.insert(id, resource["Properties"].clone()).is_none());
            }
        }
    }
    found
}

/// A figure that is the same in each of the last minutes, one sample a minute.
fn last(minutes: usize, metric: &str, value: f64) -> Hour {
    samples(minutes, metric, &[value])
}

/// The samples of each of the last minutes.
fn samples(minutes: usize, metric: &str, values: &[f64]) -> Hour {
    Hour::default().with(metric, (0..minutes).map(|minute| (minute, values.to_vec())))
}

/// Calls that take so long, of which a share of a hundred is slow.
fn slow(minutes: usize, metric: &str, quick: f64, slow: f64, share: usize) -> Hour {
    let calls: Vec<f64> = (0..100).map(|call| if call < share { slow } else { quick }).collect();
    samples(minutes, metric, &calls)
}

/// Of so many calls each minute, so many fail in each of the last minutes.
fn fail(metrics: (&str, &str), calls: f64, failures: f64, minutes: usize) -> Hour {
    last(60, metrics.0, calls).and(last(minutes, metrics.1, failures))
}

/// Lines of a log, minutes ago.
fn lines(ago: usize, lines: Vec<Json>) -> Hour {
    Hour::default().logged(ago, lines)
}

const CALLS: (&str, &str) = ("Invocations", "Errors");
const REQUESTS: (&str, &str) = ("Count", "5xx");

/// What each alarm is tried with: how its id ends, what must ring, and what must not. Silence is tried of all.
#[allow(clippy::too_many_lines, reason = "a table")]
fn trials(stage: &str, id: &str) -> (Vec<Hour>, Vec<Hour>) {
    let is_example = stage.contains("sgcarstrends");
    match id {
        // More than 2 of 100 calls in three of five minutes; 1 of 100 in the example.
        "SearchErrors" => (
            vec![fail(CALLS, 100.0, 3.0, 3), fail(CALLS, 20.0, 1.0, 5)],
            vec![
                fail(CALLS, 100.0, 2.0, 60),
                fail(CALLS, 100.0, 50.0, 2),
                fail(CALLS, 19.0, 19.0, 60),
                last(60, "Invocations", 50.0),
            ],
        ),
        "CarsApiErrors" | "CarsWebErrorsOfServer" => (
            vec![fail(CALLS, 100.0, 2.0, 3)],
            vec![fail(CALLS, 100.0, 1.0, 60), fail(CALLS, 100.0, 50.0, 2), fail(CALLS, 19.0, 19.0, 60)],
        ),
        // More than half of the calls of an hour, be it one: a job of the night.
        "SearchFailing" | "CarsApiFailing" | "CarsWebFailingOfServer" => (
            vec![samples(1, "Invocations", &[1.0]).and(samples(1, "Errors", &[1.0])), fail(CALLS, 1.0, 1.0, 40)],
            vec![fail(CALLS, 2.0, 1.0, 60), fail(CALLS, 1.0, 1.0, 30)],
        ),
        "CatalogueErrors" => (
            vec![fail(REQUESTS, 100.0, 2.0, 3)],
            vec![fail(REQUESTS, 100.0, 1.0, 60), fail(REQUESTS, 100.0, 50.0, 2), fail(REQUESTS, 19.0, 19.0, 60)],
        ),
        "ReadingErrors" | "CarsRouterErrorsOfApi" | "CarsRouterErrorsOfWeb" => {
            (vec![last(3, "5xxErrorRate", 1.5)], vec![last(2, "5xxErrorRate", 90.0), last(60, "5xxErrorRate", 1.0)])
        }
        // 60 % of ten seconds, of two minutes, of twenty seconds: 6 of 100 calls for a quarter of an hour.
        "SearchSlow" => (
            vec![slow(15, "Duration", 100.0, 6001.0, 6)],
            vec![
                slow(60, "Duration", 100.0, 9000.0, 4),
                slow(60, "Duration", 5999.0, 6000.0, 90),
                slow(10, "Duration", 1.0, 9000.0, 9),
            ],
        ),
        "CarsApiSlow" => (
            vec![slow(15, "Duration", 100.0, 72_001.0, 6)],
            vec![slow(60, "Duration", 100.0, 119_000.0, 4), slow(60, "Duration", 100.0, 72_000.0, 90)],
        ),
        "CarsWebSlowOfServer" => (
            vec![slow(15, "Duration", 100.0, 60_000.0, 6)],
            vec![slow(60, "Duration", 100.0, 60_000.0, 4), slow(60, "Duration", 100.0, 3000.0, 90)],
        ),
        "CatalogueSlow" => (
            vec![slow(15, "Latency", 20.0, 1001.0, 6)],
            vec![slow(60, "Latency", 20.0, 9000.0, 4), slow(10, "Latency", 20.0, 9000.0, 50)],
        ),
        "SearchTimeouts" | "CarsApiTimeouts" | "CarsWebTimeoutsOfServer" => (
            vec![lines(2, vec![report("success", 90), report("timeout", 90)])],
            vec![
                lines(1, vec![report("success", 90), report("error", 90), report("failure", 512)]),
                lines(
                    1,
                    vec![json!({"type": "platform.runtimeDone", "record": {"status": "timeout"}}), event("timeout")],
                ),
                lines(6, vec![report("timeout", 90)]),
            ],
        ),
        // 90 % of 512 MB; of 1 GB in the example.
        "SearchMemory" => (
            vec![lines(0, vec![report("success", 90), report("success", 462), report("error", 100)])],
            vec![lines(0, vec![report("success", 461)]), lines(0, vec![event("maxMemoryUsedMB")])],
        ),
        "CarsApiMemory" | "CarsWebMemoryOfServer" => {
            (vec![lines(0, vec![report("success", 923)])], vec![lines(0, vec![report("success", 900)])])
        }
        "SearchThrottles" | "CarsApiThrottles" | "CarsWebThrottlesOfServer" => {
            (vec![last(2, "Throttles", 1.0)], vec![last(1, "Throttles", 50.0), last(60, "Throttles", 0.0)])
        }
        // What the product is about.
        "MetricFailedLoans" => (
            vec![lines(9, vec![event("loan_failed"); 6])],
            vec![
                lines(9, vec![event("loan_failed"); 5]),
                lines(0, vec![event("loan"); 60]),
                lines(10, vec![event("loan_failed"); 6]),
            ],
        ),
        "MetricFailedWorkflows" => (
            vec![lines(0, vec![event("workflow_failed")])],
            vec![lines(0, vec![event("workflow_done"), report("error", 90)])],
        ),
        "HealthCatalogueAlarm" | "HealthDoorAlarm" | "HealthApiAlarm" => (
            // One of the checkers is enough in a minute; nobody asks at all.
            vec![samples(2, "HealthCheckStatus", &[1.0, 0.0, 1.0]), Hour::default()],
            vec![
                last(60, "HealthCheckStatus", 1.0),
                last(60, "HealthCheckStatus", 1.0).and(last(1, "HealthCheckStatus", 0.0)),
            ],
        ),
        "BooksCapacity" => (
            vec![last(15, "ACUUtilization", 80.1)],
            vec![last(60, "ACUUtilization", 80.0), last(10, "ACUUtilization", 100.0)],
        ),
        "BooksConnections" => (
            vec![last(5, "DatabaseConnections", 659.0)],
            vec![last(60, "DatabaseConnections", 658.0), last(4, "DatabaseConnections", 820.0)],
        ),
        "ArchiveConnections" => (
            vec![last(5, "DatabaseConnections", 181.0)],
            vec![last(60, "DatabaseConnections", 180.0), last(4, "DatabaseConnections", 225.0)],
        ),
        "BooksLag" => (
            vec![last(5, "AuroraReplicaLagMaximum", 1001.0)],
            vec![last(60, "AuroraReplicaLagMaximum", 1000.0), last(4, "AuroraReplicaLagMaximum", 60_000.0)],
        ),
        // Less than 15 of 50 GB left.
        "ArchiveStorage" => (
            vec![last(15, "FreeStorageSpace", 14.9 * 1024.0 * 1024.0 * 1024.0)],
            vec![last(60, "FreeStorageSpace", 15.0 * 1024.0 * 1024.0 * 1024.0), last(10, "FreeStorageSpace", 0.0)],
        ),
        "RemindersDeadLetters" | "FailedDeadLetters" => (
            vec![
                last(5, "ApproximateNumberOfMessagesVisible", 1.0),
                last(1, "ApproximateNumberOfMessagesVisible", 1.0),
            ],
            vec![last(60, "ApproximateNumberOfMessagesVisible", 0.0)],
        ),
        "RemindersAge" => (
            vec![last(5, "ApproximateAgeOfOldestMessage", 301.0)],
            vec![last(60, "ApproximateAgeOfOldestMessage", 300.0), last(4, "ApproximateAgeOfOldestMessage", 4000.0)],
        ),
        // Either of the two metrics may have no figure.
        "LoansThrottles" => (
            vec![last(3, "ReadThrottleEvents", 1.0), last(3, "WriteThrottleEvents", 1.0)],
            vec![
                last(2, "ReadThrottleEvents", 9.0),
                last(60, "ReadThrottleEvents", 0.0).and(last(60, "WriteThrottleEvents", 0.0)),
            ],
        ),
        "PingFailures" | "WorkflowTriggerFailures" => (
            vec![last(60, "FailedInvocations", 0.0).and(samples(30, "FailedInvocations", &[1.0]))],
            vec![last(60, "FailedInvocations", 0.0)],
        ),
        "NightlyFailures" => {
            (vec![samples(50, "NumberOfBackupJobsFailed", &[1.0])], vec![last(60, "NumberOfBackupJobsFailed", 0.0)])
        }
        "NightlyCopyFailures" => {
            (vec![samples(50, "NumberOfCopyJobsFailed", &[1.0])], vec![last(60, "NumberOfBackupJobsFailed", 1.0)])
        }
        "NetworkNatStatus1" | "NetworkNatStatus2" => (
            vec![last(2, "StatusCheckFailed_System", 1.0)],
            vec![last(1, "StatusCheckFailed_System", 1.0), last(60, "StatusCheckFailed_System", 0.0)],
        ),
        "NetworkNatHangs1" | "NetworkNatHangs2" => (
            vec![last(3, "StatusCheckFailed_Instance", 1.0)],
            vec![last(2, "StatusCheckFailed_Instance", 1.0), last(60, "StatusCheckFailed_Instance", 0.0)],
        ),
        // A new one has none, and 10 after 100 minutes.
        "NetworkNatCredits1" | "NetworkNatCredits2" => (
            vec![last(120, "CPUCreditBalance", 9.9)],
            vec![last(120, "CPUCreditBalance", 10.0), last(100, "CPUCreditBalance", 0.0)],
        ),
        other => panic!("{}: no trial for `{other}`", if is_example { "the example" } else { "the project" }),
    }
}

#[test]
fn each_alarm_rings_when_it_should_and_only_then() {
    let mut tried = BTreeSet::new();
    for stage in STAGES {
        let filters: Vec<Filter> = resources(stage, "AWS::Logs::MetricFilter").values().map(Filter::of).collect();
        assert!(!filters.is_empty(), "{stage}");
        for (id, properties) in resources(stage, "AWS::CloudWatch::Alarm") {
            let alarm = Alarm::of(&properties);
            let (ring, quiet) = trials(stage, &id);
            for (i, hour) in ring.iter().enumerate() {
                assert!(alarm.rings(&hour.counted(&filters)), "{stage}: {id} does not ring ({i})");
            }
            for (i, hour) in quiet.iter().enumerate() {
                assert!(!alarm.rings(&hour.counted(&filters)), "{stage}: {id} rings ({i})");
            }
            let silence_rings = alarm.rings(&Hour::default());
            assert_eq!(silence_rings, id.starts_with("Health"), "{stage}: {id} when there is nothing");
            tried.insert(id);
        }
    }
    assert!(tried.len() > 30, "{tried:?}");
}

/// The body of the dashboard, as it is after the deploy.
fn dashboard(stage: &str) -> Json {
    let (_, properties) = resources(stage, "AWS::CloudWatch::Dashboard").pop_first().unwrap();
    let sub = &properties["DashboardBody"]["Fn::Sub"];
    let (text, variables) = match sub {
        Json::String(text) => (text.as_str(), 0),
        pair => (pair[0].as_str().unwrap(), pair[1].as_object().unwrap().len()),
    };
    let pieces: Vec<&str> = text.split("${").collect();
    assert!(pieces.len() > variables, "{stage}");
    let known = pieces.iter().skip(1).map(|piece| piece.split_once('}').unwrap());
    let body: String =
        std::iter::once(pieces[0].to_owned()).chain(known.map(|(name, rest)| format!("<{name}>{rest}"))).collect();
    assert!(text.lines().all(|line| line.matches("\"type\":").count() <= 1), "{stage}: more than a widget a line");
    serde_json::from_str(&body).unwrap_or_else(|e| panic!("{stage}: {e}\n{body}"))
}

#[test]
fn the_dashboard_shows_each_alarm() {
    for stage in STAGES {
        let body = dashboard(stage);
        let widgets = body["widgets"].as_array().unwrap();
        assert!((10..500).contains(&widgets.len()), "{stage}: {}", widgets.len());
        let mut taken = BTreeSet::new();
        for widget in widgets {
            let of = |key: &str| widget[key].as_u64().unwrap();
            assert!(of("x") + of("width") <= 24, "{widget}");
            for x in of("x")..of("x") + of("width") {
                for y in of("y")..of("y") + of("height") {
                    assert!(taken.insert((x, y)), "{stage}: two at {x}, {y}: {widget}");
                }
            }
        }
        for (id, properties) in resources(stage, "AWS::CloudWatch::Alarm") {
            let alarm = Alarm::of(&properties);
            let shows = |widget: &&Json| {
                let of = &widget["properties"];
                let metrics = of["metrics"].to_string();
                let line = &of["annotations"]["horizontal"][0];
                alarm.metrics().all(|(space, name)| metrics.contains(&format!("[\"{space}\",\"{name}\"")))
                    && line["value"].as_f64() == Some(alarm.threshold)
                    && line["fill"] == if alarm.below { "below" } else { "above" }
                    && of["period"] == properties_period(&properties)
            };
            assert!(widgets.iter().any(|widget| shows(&widget)), "{stage}: {id}");
        }
    }
}

fn properties_period(alarm: &Json) -> Json {
    match &alarm["Period"] {
        Json::Null => alarm["Metrics"][1]["MetricStat"]["Period"].clone(),
        period => period.clone(),
    }
}
