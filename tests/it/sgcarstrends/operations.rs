//! What runs beside requests: the schedule, what others run, alarms and who hears of them.

use std::collections::{BTreeMap, BTreeSet};

use reggie_cfn::compile::compile;
use reggie_cfn::diag::Diagnostics;
use reggie_cfn::diag::render::{Format, render};
use reggie_cfn::render::Renderer;
use serde_json::{Value as Json, json};

use super::{all, committed, read, with};
use crate::stage::Stage;
use crate::support::project;

/// The schedule as the product had it, and in the words of AWS; both are UTC.
const CRON: (&str, &str) = ("*/60 0-10 * * 1-5", "cron(0 0-10 ? * MON-FRI *)");

#[test]
fn workflows_are_started_on_stages_that_stay() {
    for (said, stage) in all() {
        assert_eq!(stage.ids("AWS::Events::Rule").contains("WorkflowTrigger"), said.is_permanent, "{}", said.stage);
        if !said.is_permanent {
            assert!(
                stage.ids("AWS::Events::Connection").is_empty() && stage.ids("AWS::Events::ApiDestination").is_empty()
            );
            continue;
        }
        let bearer = format!(
            "Bearer {{{{resolve:secretsmanager:sgcarstrends/{}:SecretString:SgCarsTrendsApiToken}}}}",
            said.stage
        );
        stage.says(&[
            ("WorkflowTrigger.ScheduleExpression", json!(CRON.1)),
            ("WorkflowTrigger.State", json!("ENABLED")),
            ("WorkflowTriggerDestination.InvocationEndpoint", json!(format!("https://{}/workflows/trigger", said.api))),
            ("WorkflowTriggerDestination.HttpMethod", json!("POST")),
            ("WorkflowTriggerConnection.AuthParameters.ApiKeyAuthParameters.ApiKeyName", json!("Authorization")),
            ("WorkflowTriggerConnection.AuthParameters.ApiKeyAuthParameters.ApiKeyValue", json!(bearer)),
        ]);
    }
}

/// Where schedules are described, `crontab`'s text and AWS's six fields stand side by side, and the compiler says the same of each row.
#[test]
fn both_texts_of_the_schedule_are_told() {
    let side_by_side = |text: &str| -> Vec<(String, String)> {
        let row = |line: &str| {
            let mut cells = line.strip_prefix("| `")?.split("` | `");
            let (unix, aws) = (cells.next()?, cells.next()?.split('`').next()?);
            aws.starts_with("cron(").then(|| (unix.to_owned(), aws.to_owned()))
        };
        text.lines().filter_map(row).collect()
    };
    let ours = (CRON.0.to_owned(), CRON.1.to_owned());
    assert_eq!(side_by_side(&read("README.md")), std::slice::from_ref(&ours));
    let rows = side_by_side(&crate::support::read("docs/language.md"));
    assert!(rows.contains(&ours) && rows.len() >= 5, "{rows:?}");
    for (unix, aws) in rows {
        let project = project(&with("base.yaml", &format!("schedule: {}", CRON.1), &format!("schedule: \"{unix}\"")));
        let mut findings = Diagnostics::default();
        assert!(compile(&project, "prod", &Renderer::new(), &mut findings).is_none(), "{unix}");
        let found = findings.all().iter().find(|finding| finding.code.id == "CFN270").unwrap();
        let told = render(&findings, &project.sources, Format::Text, false, 200);
        assert!(told.contains(&format!("write `{aws}`")), "{unix}: {}\n{told}", found.title);
    }
}

/// What others run, and which secrets open it.
const EXTERNAL: [(&str, &[&str]); 9] = [
    ("Discord", &["DiscordWebhookUrl", "DiscordWorkflowWebhookUrl"]),
    ("Gemini", &["GeminiApiKey"]),
    (
        "LinkedIn",
        &[
            "LinkedinClientId",
            "LinkedinClientSecret",
            "LinkedinAccessToken",
            "LinkedinRefreshToken",
            "LinkedinOrganisationId",
            "LinkedinUserId",
        ],
    ),
    ("LtaDataMall", &[]),
    ("Postgres", &["DatabaseUrl"]),
    ("QStash", &["QstashToken", "QstashCurrentSigningKey", "QstashNextSigningKey"]),
    ("Redis", &["UpstashRedisRestUrl", "UpstashRedisRestToken"]),
    ("Telegram", &["TelegramBotToken", "TelegramChannelId"]),
    ("Twitter", &["TwitterAppKey", "TwitterAppSecret", "TwitterAccessToken", "TwitterAccessSecret"]),
];

fn externals(stage: &Stage) -> BTreeMap<&str, &Json> {
    let components = stage.files["manifest.yaml"]["components"].as_object().unwrap();
    components.iter().filter(|(_, c)| c["type"] == "external").map(|(name, c)| (name.as_str(), c)).collect()
}

#[test]
fn what_others_run_is_named_and_never_made() {
    for (said, stage) in all() {
        let found = externals(&stage);
        assert!(found.keys().copied().eq(EXTERNAL.map(|(name, _)| name)), "{}: {:?}", said.stage, found.keys());
        for (name, secrets) in EXTERNAL {
            let written = found[name]["secrets"].as_array().cloned().unwrap_or_default();
            assert_eq!(written, secrets.iter().map(|s| json!(s)).collect::<Vec<_>>(), "{name}");
            assert!(found[name]["purpose"].as_str().is_some_and(|purpose| !purpose.is_empty()));
            assert!(stage.resources().all(|(id, _)| !id.starts_with(name)), "{}: {name} is made", said.stage);
        }
        let links = stage.files["manifest.yaml"]["components"]["CarsApi"]["links"].as_object().unwrap();
        assert!(
            links.keys().map(String::as_str).eq(EXTERNAL.map(|(name, _)| name)),
            "the API calls them all: {links:?}"
        );
        let types: BTreeSet<&str> = stage.resources().map(|(_, body)| body["Type"].as_str().unwrap()).collect();
        for of in ["AWS::RDS::", "AWS::ElastiCache::", "AWS::EC2::"] {
            assert!(types.iter().all(|found| !found.starts_with(of)), "{}: {of}", said.stage);
        }
    }
}

#[test]
fn errors_slow_answers_memory_and_timeouts_raise_alarms() {
    for (said, stage) in all() {
        let alarms = stage.ids("AWS::CloudWatch::Alarm");
        if !said.is_permanent {
            assert!(alarms.is_empty(), "{}: {alarms:?}", said.stage);
            continue;
        }
        for (of, whose) in [("CarsApi", ""), ("CarsWeb", "OfServer")] {
            for what in ["Errors", "Failing", "Slow", "Timeouts", "Memory", "Throttles"] {
                assert!(alarms.contains(format!("Watch{of}{what}{whose}").as_str()), "{}: {of} {what}", said.stage);
            }
        }
        for of in ["WatchCarsRouterErrorsOfApi", "WatchCarsRouterErrorsOfWeb", "WatchWorkflowTriggerFailures"] {
            assert!(alarms.contains(of), "{}: {of}", said.stage);
        }
        // 60 % of two minutes, at the 95th percentile; 90 % of the memory.
        stage.says(&[
            ("WatchCarsApiSlow.Threshold", json!(72_000)),
            ("WatchCarsApiSlow.ExtendedStatistic", json!("p95")),
            ("WatchCarsApiMemory.Threshold", json!(922)),
        ]);
        for id in &alarms {
            let of_the_edge = id.starts_with("WatchCarsRouter") || id.starts_with("WatchHealth");
            let topic = if of_the_edge { "WatchUsEast1Topic" } else { "WatchTopic" };
            assert_eq!(stage.at(&format!("{id}.AlarmActions")), &json!([{ "Ref": topic }]), "{id}");
        }
    }
}

/// People by e-mail, and the room where workflows report; in each region where something is measured.
#[test]
fn the_team_and_its_room_hear_of_alarms() {
    for stage in ["prod", "staging", "dev"].map(committed) {
        for region in ["", "UsEast1"] {
            let subscription = |label: &str| format!("Watch{region}Subscription{label}");
            stage.says(&[
                (&format!("{}.Protocol", subscription("Team")), json!("email")),
                (&format!("{}.Endpoint", subscription("Team")), json!({"Ref": "AlarmEmail"})),
                (&format!("{}.Protocol", subscription("Discord")), json!("lambda")),
            ]);
        }
        // The address of the room is a secret, and is read when there is something to say.
        let variables = json!({"SECRET": format!("sgcarstrends/{}", stage.name), "KEY": "DiscordWorkflowWebhookUrl"});
        stage.says(&[("WatchDiscordWebhook.Environment.Variables", variables)]);
    }
}

/// Prod is asked from outside, by its own name.
#[test]
fn the_health_of_prod_is_asked_from_outside() {
    for (said, stage) in all() {
        assert_eq!(
            stage.ids("AWS::Route53::HealthCheck").contains("WatchHealthApi"),
            said.stage == "prod",
            "{}",
            said.stage
        );
    }
    let prod = committed("prod");
    prod.says(&[
        ("WatchHealthApi.HealthCheckConfig.FullyQualifiedDomainName", json!("api.sgcarstrends.com")),
        ("WatchHealthApi.HealthCheckConfig.ResourcePath", json!("/health")),
        ("WatchHealthApi.HealthCheckConfig.Type", json!("HTTPS")),
        ("WatchHealthApiAlarm.AlarmActions", json!([{"Ref": "WatchUsEast1Topic"}])),
    ]);
    for of in ["AWS::CloudWatch::Dashboard", "AWS::Budgets::Budget"] {
        assert_eq!(prod.ids(of).len(), 1, "{of}");
    }
}

/// A figure of the code's own: what it writes to its log is counted.
#[test]
fn workflows_that_fail_are_counted() {
    for stage in ["prod", "staging", "dev"].map(committed) {
        stage.says(&[
            ("WatchMetricFailedWorkflowsFilter.FilterPattern", json!("{ $.message.event = \"workflow_failed\" }")),
            ("WatchMetricFailedWorkflowsFilter.LogGroupName", json!({"Ref": "CarsApiLogGroup"})),
            ("WatchMetricFailedWorkflows.AlarmActions", json!([{"Ref": "WatchTopic"}])),
        ]);
    }
}
