//! The linker: names that two things could share.

use reggie_cfn::compile::compile;
use reggie_cfn::diag::Diagnostics;
use reggie_cfn::render::Renderer;

use crate::support::{compiled, json_of, project};

const PREVIEW: (&str, &str) = ("preview.yaml", "match: [\"pr-*\"]\n");

#[test]
fn a_text_of_two_things_of_one_name_holds_both() {
    let base = "project: p
region: eu-west-2
components:
  Net: {type: vpc, nat: instance}
  Db: {type: postgres, vpc: Net}
  DbHost: {type: resource, resource_type: AWS::SNS::Topic}
  Hello:
    type: function
    runtime: nodejs22.x
    zip: {path: dist, handler: index.handler}
    vpc: Net
    links: {Db: connect}
    environment: {BOTH: \"${DbHost.ref} ${Db.host}\"}
";
    let compiled = compiled(&project(&[("base.yaml", base), PREVIEW]), "pr-1");
    let app = json_of(&compiled.files["app.yaml"]);
    let both = &app["Resources"]["Hello"]["Properties"]["Environment"]["Variables"]["BOTH"]["Fn::Sub"];
    let (text, variables) = (both[0].as_str().unwrap(), both[1].as_object().unwrap());
    let (topic, host) = text.split_once(' ').unwrap();
    assert_eq!(topic, "${DbHost}", "the resource by its logical id");
    assert!(!variables.contains_key("DbHost"), "a variable hides the resource: {both}");
    let variable = host.trim_start_matches("${").trim_end_matches('}');
    assert_eq!(variables[variable]["Fn::ImportValue"], "p-pr-1-data-DbHost");
}

#[test]
fn an_input_is_never_a_releases_parameter() {
    let base = "project: p
region: eu-west-2
inputs: {HelloCode: {purpose: Something else}}
components:
  Hello:
    type: function
    runtime: nodejs22.x
    zip: {path: dist, handler: index.handler}
    environment: {OTHER: \"${inputs.HelloCode}\"}
";
    let project = project(&[("base.yaml", base), PREVIEW]);
    let mut findings = Diagnostics::default();
    compile(&project, "pr-1", &Renderer::new(), &mut findings);
    let titles: Vec<&str> = findings.all().iter().map(|d| d.title.as_str()).collect();
    assert!(titles.iter().any(|title| title.contains("`HelloCode`")), "one parameter for both: {titles:?}");
}

/// A NAT names itself in its boot script. A name that the template does not have would never signal, and the stack would roll
/// back after ten minutes.
#[test]
fn a_nat_signals_the_resource_that_waits_for_it() {
    let base = "project: p
region: eu-west-2
components:
  Net: {type: vpc, nat: instance_per_zone, logical_id: OldNet}
";
    let compiled = compiled(&project(&[("base.yaml", base), PREVIEW]), "pr-1");
    let text = &compiled.files["network.yaml"];
    let resources = json_of(text)["Resources"].clone();
    let signals: Vec<&str> = text.split("--resource ").skip(1).filter_map(|t| t.split(' ').next()).collect();
    assert_eq!(signals, ["OldNetNatInstance1", "OldNetNatInstance2"]);
    for id in signals {
        assert!(resources[id]["CreationPolicy"].is_object(), "{id} is not what waits");
    }
}

/// A function's `schedule` is short for a cron: whoever writes the cron out deploys nothing new.
#[test]
fn a_short_form_is_the_component_that_it_stands_for() {
    let base = |more: &str| {
        format!(
            "project: p
region: eu-west-2
components:
  Hello:
    type: function
    logical_id: Old
    stages: [ephemeral]
    runtime: nodejs22.x
    zip: {{path: dist, handler: index.handler}}
{more}
"
        )
    };
    let short = base("    schedule: rate(5 minutes)");
    let long = base(
        "  HelloSchedule:
    type: cron
    logical_id: OldSchedule
    stages: [ephemeral]
    schedule: rate(5 minutes)
    to: Hello",
    );
    let app = |base: &str| compiled(&project(&[("base.yaml", base), PREVIEW]), "pr-1").files["app.yaml"].clone();
    assert_eq!(app(&short), app(&long));
    assert!(app(&short).contains("\n  OldSchedule:\n") && app(&short).contains("\n  OldScheduleRole:\n"));
}

/// Whether an imported queue is FIFO stands in the manifest of the stage that makes it: what sends to it names a group.
#[test]
fn an_imported_fifo_queue_gets_its_messages_in_a_group() {
    let base = |fifo: &str| {
        format!(
            "project: p
region: eu-west-2
components:
  Orders: {{type: queue, {fifo}dead_letters: none}}
  Nightly: {{type: cron, stages: [ephemeral], schedule: rate(1 day), to: Orders}}
  Uploads: {{type: bucket, stages: [ephemeral], notify: {{orders: {{to: Orders}}}}}}
"
        )
    };
    let production = "stage: production\nlifetime: permanent\nremoval: retain\nprotect: true\nlog_days: 90\n";
    let groups = |base: &str, import: &str| {
        let preview = format!("match: [\"pr-*\"]\ncomponents: {{Orders: {{import: {import}}}}}\n");
        let layers = [("base.yaml", base), ("production.yaml", production), ("preview.yaml", &preview)];
        let compiled = compiled(&project(&layers), "pr-1");
        let resources = compiled.files.values().filter(|text| text.contains("\nResources:")).flat_map(|text| {
            json_of(text)["Resources"].as_object().cloned().unwrap().into_iter().map(|(_, resource)| resource)
        });
        let mut groups = Vec::new();
        for resource in resources {
            let properties = &resource["Properties"];
            for target in [&properties["Target"], &properties["Targets"][0]] {
                groups.extend(target["SqsParameters"]["MessageGroupId"].as_str().map(str::to_owned));
            }
        }
        groups.sort();
        groups
    };
    let both = ["Nightly", "Uploads"];
    assert_eq!(groups(&base("fifo: true, "), "{stage: production}"), both);
    assert!(groups(&base(""), "{stage: production}").is_empty(), "a standard queue takes no groups");
    let arn = "arn:aws:sqs:eu-west-2:123456789012:orders";
    assert_eq!(groups(&base(""), &format!("{{arn: \"{arn}.fifo\"}}")), both);
    assert!(groups(&base(""), &format!("{{arn: \"{arn}\"}}")).is_empty(), "its name does not end in `.fifo`");
}

/// The ARN that an API takes, and the stack that the deploy reads it from.
#[test]
fn an_api_takes_the_certificate_of_its_region() {
    let arn =
        |region: &str| format!("arn:aws:acm:{region}:123456789012:certificate/6f0b1f4e-3f7c-4f43-9d63-5a8d2c1f7a10");
    let home = arn("eu-west-2");
    let arns = format!("import: {{arns: {{us-east-1: \"{}\", eu-west-2: \"{home}\"}}}}", arn("us-east-1"));
    let read = |region: &str, stack: &str, output: &str| format!("{output} of {stack} in {region}");
    for (region, certificate, expected) in [
        ("eu-west-2", arns.as_str(), home),
        (
            "eu-west-2",
            "hosts: ['*.x.io'], regions: [us-east-1, eu-west-2]",
            read("eu-west-2", "p-pr-1-certificates", "SharedArn"),
        ),
        ("us-east-1", "hosts: ['*.x.io']", read("us-east-1", "p-pr-1-certificates", "SharedUsEast1Arn")),
        (
            "eu-west-2",
            "import: {stack: other, outputs: {arn: Own, us_east_1_arn: Far}}",
            read("eu-west-2", "other", "Own"),
        ),
        ("us-east-1", "import: {stack: other, outputs: {arn: Own}}", read("us-east-1", "other", "Own")),
    ] {
        let base = format!(
            "project: p
region: {region}
zone: {{name: x.io, provider: cloudflare}}
components:
  Shared: {{type: certificate, {certificate}}}
  Api: {{type: http_api, host: {{name: \"${{stage}}.x.io\", certificate: Shared}}, routes: {{$default: F}}}}
  F: {{type: function, runtime: nodejs22.x, zip: {{path: dist, handler: index.handler}}}}
"
        );
        let compiled = compiled(&project(&[("base.yaml", base.as_str()), PREVIEW]), "pr-1");
        let app = json_of(&compiled.files["app.yaml"]);
        let used = &app["Resources"]["ApiDomainName"]["Properties"]["DomainNameConfigurations"][0]["CertificateArn"];
        let used = match used["Ref"].as_str() {
            Some(parameter) => {
                let index = json_of(&compiled.files["index.yaml"]);
                let stacks = index["stacks"].as_array().unwrap();
                let app = stacks.iter().find(|stack| stack["name"] == "p-pr-1-app").unwrap();
                let from = ["output", "stack", "region"].map(|key| app["parameters"][parameter][key].as_str().unwrap());
                format!("{} of {} in {}", from[0], from[1], from[2])
            }
            None => used.as_str().unwrap().to_owned(),
        };
        assert_eq!(used, expected, "{certificate}");
    }
}

/// A certificate of us-east-1 is no use to an API of another region, however it is imported.
#[test]
fn a_certificate_of_us_east_1_alone_is_none_of_another_region() {
    for certificate in [
        "hosts: [x.io]",
        "import: {arns: {us-east-1: \"arn:aws:acm:us-east-1:123456789012:certificate/6f0b1f4e-3f7c-4f43-9d63-5a8d2c1f7a10\"}}",
        "import: {stack: other, region: us-east-1, outputs: {arn: Own}}",
        "import: {stack: other, outputs: {us_east_1_arn: Far}}",
    ] {
        let base = format!(
            "project: p
region: eu-west-2
components:
  Shared: {{type: certificate, {certificate}}}
  Api: {{type: http_api, host: {{name: x.io, certificate: Shared}}, routes: {{$default: F}}}}
  F: {{type: function, runtime: nodejs22.x, zip: {{path: dist, handler: index.handler}}}}
"
        );
        let mut findings = Diagnostics::default();
        compile(&project(&[("base.yaml", base.as_str()), PREVIEW]), "pr-1", &Renderer::new(), &mut findings);
        let codes: Vec<&str> = findings.all().iter().map(|d| d.code.id).collect();
        assert_eq!(codes, ["CFN167"], "{certificate}");
    }
}
