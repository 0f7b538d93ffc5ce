//! The model on small templates: what is the same, what follows from what, and what becomes of what goes.

use reggie_cfn::built::Built;
use reggie_cfn::diff::{Action, Change, Changes, ExportEffect, Fate, Refusal, between};
use reggie_cfn::emit::Files;

/// A build of stacks: word, region and template. Parameters are `Name=stack.Output` in the region of that stack.
fn built(stacks: &[(&str, &str, &str)]) -> Built {
    let mut files = Files::new();
    let mut index = "stacks:\n".to_owned();
    for (word, parameters, template) in stacks {
        index.push_str(&format!("  - name: shop-{word}\n    region: eu-west-2\n    template: {{file: {word}.yaml}}\n"));
        let imports: Vec<&str> = template
            .split("!ImportValue ")
            .skip(1)
            .filter_map(|rest| rest.split(|c: char| ",]}\n".contains(c)).next())
            .collect();
        index.push_str(&format!(
            "    imports: [{}]\n    parameters:\n      None: {{from: release}}\n",
            imports.join(", ")
        ));
        for parameter in parameters.split_whitespace() {
            let (name, from) = parameter.split_once('=').unwrap();
            let from = match from.split_once('.') {
                Some((stack, output)) => {
                    format!("{{from: output, stack: shop-{stack}, region: eu-west-2, output: {output}}}")
                }
                None => format!("{{from: {from}}}"),
            };
            index.push_str(&format!("      {name}: {from}\n"));
        }
        files.insert(format!("{word}.yaml"), (*template).to_owned());
    }
    files.insert("index.yaml".to_owned(), index);
    let built = Built::read(&files);
    assert_eq!(built.stacks.len(), stacks.len(), "{files:#?}");
    built
}

/// What becomes of one stack.
fn one(old: &str, new: &str) -> Changes {
    let resources = |text: &str| format!("Resources:\n{text}");
    between(&built(&[("app", "", &resources(old))]), &built(&[("app", "", &resources(new))]), &[])
}

#[track_caller]
fn of<'c>(changes: &'c Changes, id: &str) -> &'c Change {
    changes.resources.iter().find(|c| c.id == id).unwrap_or_else(|| panic!("{id} in {changes:#?}"))
}

const TABLE: &str = "  T:\n    Type: AWS::DynamoDB::Table\n    DeletionPolicy: Retain\n    UpdateReplacePolicy: Snapshot\n    Properties:\n";

#[test]
fn other_words_for_the_same_are_no_change() {
    let old = format!(
        "{TABLE}      TableName: a\n      Tags: [{{Key: a, Value: b}}, {{Key: c, Value: !Sub '${{AWS::Region}}'}}]\n      TableClass: !Ref AWS::NoValue\n      OnDemandThroughput: {{MaxReadRequestUnits: 30}}\n"
    );
    let new = format!(
        "{TABLE}      OnDemandThroughput: {{MaxReadRequestUnits: '30'}}\n      Tags: [{{Value: eu-west-2, Key: c}}, {{Key: a, Value: b}}]\n      TableName: !Sub a\n"
    );
    assert_eq!(one(&old, &new), Changes::default());
    let other = one(&old, &new.replace("Value: b", "Value: x"));
    let paths: Vec<String> = of(&other, "T").properties.iter().map(|p| p.path.join(".")).collect();
    assert_eq!(paths, ["Tags.1.Value"]);
}

#[test]
fn what_only_the_template_says_is_told_apart() {
    let old = "  A: {Type: 'AWS::SNS::Topic', Metadata: {a: 1}}\n  B: {Type: 'AWS::SNS::Topic', DependsOn: A}\n";
    let new = "  A: {Type: 'AWS::SNS::Topic', Metadata: {a: 2}}\n  B: {Type: 'AWS::SNS::Topic'}\n";
    let changes = one(old, new);
    assert!(
        changes.resources.len() == 2 && changes.resources.iter().all(|c| c.action == Action::Template),
        "{changes:#?}"
    );
}

#[test]
fn the_order_of_a_list_is_a_change_and_no_more() {
    let rule = |ports: [u16; 2]| {
        let rules =
            ports.map(|p| format!("{{IpProtocol: tcp, FromPort: {p}, ToPort: {p}, CidrIp: 10.0.0.0/8}}")).join(", ");
        format!(
            "  G:\n    Type: AWS::EC2::SecurityGroup\n    Properties: {{GroupDescription: g, SecurityGroupIngress: [{rules}]}}\n"
        )
    };
    let changes = one(&rule([80, 443]), &rule([443, 80]));
    assert_eq!((of(&changes, "G").action, of(&changes, "G").properties.len()), (Action::Update, 1));
}

#[test]
fn the_old_template_says_what_becomes_of_the_old_one() {
    let key = |policies: &str, name: &str| {
        format!(
            "  D:\n    Type: AWS::RDS::DBCluster\n{policies}    Properties: {{Engine: aurora-postgresql, DatabaseName: {name}}}\n"
        )
    };
    for (policies, fate) in [
        ("", Fate::Deleted),
        ("    UpdateReplacePolicy: Snapshot\n", Fate::Snapshot),
        ("    UpdateReplacePolicy: Retain\n    DeletionPolicy: Delete\n", Fate::Retained),
    ] {
        let changes = one(&key(policies, "a"), &key("    UpdateReplacePolicy: Retain\n", "b"));
        let change = of(&changes, "D");
        assert_eq!((change.action, change.fate, change.is_loss()), (Action::Replace, Some(fate), true), "{policies}");
    }
    for (policies, fate, action) in [
        ("", Fate::Snapshot, Action::Delete),
        ("    DeletionPolicy: Delete\n", Fate::Deleted, Action::Delete),
        ("    DeletionPolicy: RetainExceptOnCreate\n", Fate::Retained, Action::Retain),
    ] {
        let changes = one(&key(policies, "a"), "  X: {Type: 'AWS::SNS::Topic'}\n");
        let change = of(&changes, "D");
        assert_eq!((change.action, change.fate, change.is_loss()), (action, Some(fate), true), "{policies}");
    }
}

#[test]
fn a_written_name_stays_and_what_takes_it_does_not_change() {
    let group = |name: &str, port: u16| {
        format!(
            "  G:\n    Type: AWS::ElasticLoadBalancingV2::TargetGroup\n    Properties: {{Name: {name}, Port: {port}, Protocol: HTTP, VpcId: v}}\n"
        )
    };
    let changes = one(&group("web", 80), &group("web", 8080));
    assert_eq!(
        of(&changes, "G").refused,
        Some(Refusal::KeepsName { property: "Name", name: "web".to_owned() }),
        "{changes:#?}"
    );
    assert_eq!(of(&one(&group("web", 80), &group("web2", 8080)), "G").refused, None);
    // A log group's `Ref` is its name: nobody who takes that sees another one.
    let logs = |class: &str| {
        format!(
            "  L:\n    Type: AWS::Logs::LogGroup\n    Properties: {{LogGroupName: /a, LogGroupClass: {class}}}\n  F:\n    Type: AWS::Lambda::Function\n    Properties: {{LoggingConfig: {{LogGroup: !Ref L}}}}\n"
        )
    };
    let changes = one(&logs("STANDARD"), &logs("INFREQUENT_ACCESS"));
    assert!(changes.resources.iter().all(|c| c.id == "L"), "{changes:#?}");
}

#[test]
fn what_gives_back_a_property_changes_with_it() {
    let vpc = |cidr: &str, dns: bool| {
        format!(
            "  V:\n    Type: AWS::SSM::Parameter\n    Properties: {{Type: String, Value: {cidr}, Description: '{dns}'}}\n  F:\n    Type: AWS::SSM::Parameter\n    Properties: {{Type: String, Value: !GetAtt V.Value}}\n"
        )
    };
    let changes = one(&vpc("a", true), &vpc("b", true));
    assert_eq!((of(&changes, "F").action, of(&changes, "F").follows()), (Action::Update, true));
    assert!(one(&vpc("a", true), &vpc("a", false)).resources.iter().all(|c| c.id == "V"));
}

#[test]
fn what_may_be_replaced_may_change_others() {
    let topic = |bus: &str| {
        format!(
            "  R:\n    Type: AWS::EC2::Instance\n    Properties: {{ImageId: i, InstanceType: {bus}}}\n  E:\n    Type: AWS::EC2::EIPAssociation\n    Properties: {{InstanceId: !Ref R, AllocationId: a}}\n"
        )
    };
    let changes = one(&topic("t4g.nano"), &topic("t4g.micro"));
    assert_eq!((of(&changes, "R").action, of(&changes, "E").action), (Action::MayReplace, Action::MayReplace));
    assert!(!of(&changes, "E").properties[0].is_sure());
}

#[test]
fn another_type_is_refused() {
    let changes = one("  A: {Type: 'AWS::SNS::Topic'}\n", "  A: {Type: 'AWS::SQS::Queue'}\n");
    assert_eq!(changes.resources.len(), 1);
    assert_eq!(of(&changes, "A").refused, Some(Refusal::OtherType { was: "AWS::SNS::Topic".to_owned() }));
}

#[test]
fn what_moves_is_made_anew_where_it_comes_and_may_keep_its_name_behind_the_old_one() {
    let queue =
        "Resources:\n  Q: {Type: 'AWS::SQS::Queue', Properties: {QueueName: orders}}\n  Z: {Type: 'AWS::SNS::Topic'}\n";
    let rest = "Resources:\n  Y: {Type: 'AWS::SNS::Topic'}\n";
    let both = |first: &str, second: &str| built(&[("data", "", first), ("app", "", second)]);
    let to_app = between(
        &both(queue, rest),
        &both(&queue.replace("  Q:", "  Z2:").replace("orders", "x"), &queue.replace("  Z:", "  Y:")),
        &[],
    );
    let change = of(&to_app, "Q");
    assert_eq!((change.action, change.stack.as_str(), change.fate), (Action::Move, "app", Some(Fate::Deleted)));
    assert_eq!(change.was, Some(("data".to_owned(), "Q".to_owned())));
    assert_eq!(change.refused, None, "`data` is deployed first, and deletes it");
    let moved = queue.replace("  Z:", "  Y:");
    let back = between(&both(rest, &moved), &both(&moved, rest), &[]);
    assert!(matches!(of(&back, "Q").refused, Some(Refusal::NameInUse { .. })), "{back:#?}");
}

#[test]
fn changes_go_through_every_stack_to_their_end() {
    let network = |cidr: &str| {
        format!(
            "Resources:\n  V: {{Type: 'AWS::EC2::VPC', Properties: {{CidrBlock: {cidr}}}}}\nOutputs:\n  Id: {{Value: !Ref V, Export: {{Name: v}}}}\n"
        )
    };
    let data = "Resources:\n  S: {Type: 'AWS::EC2::Subnet', Properties: {VpcId: !ImportValue v, CidrBlock: 10.0.0.0/24}}\nOutputs:\n  S: {Value: !Ref S}\n";
    let app = "Resources:\n  F: {Type: 'AWS::Lambda::Function', Properties: {VpcConfig: {SubnetIds: [!Ref Subnet]}, Code: {S3Key: !Ref Code}}}\n";
    let stacks = |cidr: &str| {
        built(&[("network", "", &network(cidr)), ("data", "", data), ("app", "Subnet=data.S Code=release", app)])
    };
    let changes = between(&stacks("10.0.0.0/16"), &stacks("10.1.0.0/16"), &[]);
    let told: Vec<_> = changes.resources.iter().map(|c| (c.id.as_str(), c.action)).collect();
    assert_eq!(told, [("V", Action::Replace), ("S", Action::Replace), ("F", Action::Update)]);
    let [export] = changes.exports.as_slice() else { panic!("{:#?}", changes.exports) };
    assert!(matches!(export.effect, ExportEffect::Changes { sure: true, .. }));
    assert_eq!(export.still, ["data"]);
    assert_eq!(between(&stacks("10.0.0.0/16"), &stacks("10.0.0.0/16"), &[]), Changes::default());
}

#[test]
fn who_needs_a_new_export_instead_of_the_old_one_is_stuck() {
    let data = |id: &str| {
        format!(
            "Resources:\n  {id}: {{Type: 'AWS::SNS::Topic'}}\nOutputs:\n  {id}: {{Value: !Ref {id}, Export: {{Name: data-{id}}}}}\n"
        )
    };
    let app = |of: &str| {
        format!("Resources:\n  F: {{Type: 'AWS::SSM::Parameter', Properties: {{Type: String, Value: {of}}}}}\n")
    };
    let builds = |topic: &str, value: &str| built(&[("data", "", &data(topic)), ("app", "", &app(value))]);
    let old = builds("A", "!ImportValue data-A");
    let exports = between(&old, &builds("B", "!ImportValue data-B"), &[]).exports;
    assert_eq!(
        (exports[0].stuck.as_slice(), exports[0].before.as_slice()),
        (&["app".to_owned()][..], &["app".to_owned()][..])
    );
    let exports = between(&old, &builds("B", "nothing"), &[]).exports;
    assert_eq!((exports[0].stuck.len(), exports[0].before.as_slice()), (0, &["app".to_owned()][..]));
}

#[test]
fn another_release_parameter_may_be_the_same() {
    let app = |name: &str| {
        format!("Resources:\n  F: {{Type: 'AWS::Lambda::Function', Properties: {{Code: {{S3Key: !Ref {name}}}}}}}\n")
    };
    let changes = between(&built(&[("app", "A=release", &app("A"))]), &built(&[("app", "B=inputs", &app("B"))]), &[]);
    assert!(!of(&changes, "F").properties[0].is_sure());
    assert_eq!(changes.asks, [("app".to_owned(), "B".to_owned())]);
}

#[test]
fn circles_and_nonsense_come_to_an_end() {
    let circle = |text: &str| {
        format!(
            "  A: {{Type: 'AWS::SNS::Topic', Properties: {{DisplayName: !Ref B, TopicName: {text}}}}}\n  B: {{Type: 'AWS::SNS::Topic', Properties: {{TopicName: !Ref A}}}}\n"
        )
    };
    assert_eq!(one(&circle("a"), &circle("b")).resources.len(), 2);
    let own = "Resources:\n  A: {Type: 'AWS::SNS::Topic', Properties: {TopicName: !ImportValue x}}\nOutputs:\n  X: {Value: !ImportValue x, Export: {Name: x}}\n  Y: {Value: !Sub '${', Export: {Name: y}}\n";
    let build = || built(&[("app", "", own)]);
    assert_eq!(between(&build(), &build(), &[]), Changes::default());
    assert_eq!(between(&Built::default(), &Built::default(), &[]), Changes::default());
}
