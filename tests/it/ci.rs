//! Workflows and their roles: who may take a role, what it may do, and that no workflow hands anything to a stranger.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use reggie_cfn::ci::deployed;
use reggie_cfn::emit::Files;
use reggie_cfn::init::github;
use reggie_cfn::stage::matches;
use serde_json::Value as Json;

use crate::scratch::Scratch;
use crate::support::{
    bootstrapped, files_below, json_of, layers, names, paths_below, project, project_of, read, root, updating,
};

const PROJECT: &str = "tests/projects/29-ci";

fn bootstrap() -> Json {
    let made = bootstrapped(&project_of(&root().join(PROJECT)), &["production"]);
    json_of(&made.files["eu-west-1.yaml"])["Resources"].clone()
}

/// The statements that hold for a role: its own, and those of the policy that all have.
fn statements(resources: &Json, role: &str) -> Vec<Json> {
    let role = &resources[role]["Properties"];
    assert_eq!(role["ManagedPolicyArns"], serde_json::json!([{ "Ref": "CiPolicy" }]));
    let own = role["Policies"].as_array().unwrap().iter().map(|policy| &policy["PolicyDocument"]);
    let documents = own.chain([&resources["CiPolicy"]["Properties"]["PolicyDocument"]]);
    documents.flat_map(|document| document["Statement"].as_array().unwrap().clone()).collect()
}

fn texts(value: &Json) -> Vec<String> {
    let list = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
    let text = |value: &Json| match value {
        Json::String(text) => text.clone(),
        Json::Object(map) => match map.iter().next().unwrap() {
            (name, Json::String(text)) if name == "Fn::Sub" => text
                .replace("${AWS::Partition}", "aws")
                .replace("${AWS::AccountId}", "111111111111")
                .replace("${AWS::Region}", "eu-west-1")
                .replace("${ArtifactBucket.Arn}", "arn:aws:s3:::shop-bootstrap-artifactbucket-1a2b3c"),
            (_, Json::String(text)) => text.clone(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other}"),
    };
    list.iter().map(text).collect()
}

/// Whether a role may do something, as IAM decides without conditions: what is denied is never allowed.
fn may(statements: &[Json], action: &str, resource: &str) -> bool {
    let fits = |statement: &&Json| {
        texts(&statement["Action"]).iter().any(|a| matches(a, action))
            && texts(&statement["Resource"]).iter().any(|r| matches(r, resource))
    };
    let effects: Vec<&str> = statements.iter().filter(fits).map(|s| s["Effect"].as_str().unwrap()).collect();
    effects.contains(&"Allow") && !effects.contains(&"Deny")
}

#[test]
fn each_role_trusts_the_jobs_of_its_stage_alone() {
    let resources = bootstrap();
    let jobs = |words: &str| format!("repo:acme@1296269/shop@583231:{words}");
    let previews = [jobs("pull_request"), jobs("environment:pull_requests")];
    let expected = [
        ("CiRoleProduction", Json::from(jobs("environment:production"))),
        ("CiRoleStaging", Json::from(jobs("environment:staging"))),
        ("CiRolePreview", Json::from(previews.to_vec())),
    ];
    let roles: Vec<&String> = resources.as_object().unwrap().keys().filter(|id| id.starts_with("CiRole")).collect();
    assert_eq!(roles.len(), expected.len(), "{roles:?}");
    for (role, subject) in expected {
        let trust = &resources[role]["Properties"]["AssumeRolePolicyDocument"]["Statement"];
        assert_eq!(trust.as_array().unwrap().len(), 1);
        assert_eq!(trust[0]["Action"], "sts:AssumeRoleWithWebIdentity");
        assert_eq!(trust[0]["Principal"], serde_json::json!({ "Federated": { "Ref": "GithubProvider" } }));
        let condition = serde_json::json!({ "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": subject,
        }});
        assert_eq!(trust[0]["Condition"], condition, "{role}");
    }
}

/// The actions that a call of the CLI takes, as AWS's Service Authorization Reference and the CLI's own code say it.
const CALLS: &[(&str, &[&str])] = &[
    ("acm describe-certificate", &["acm:DescribeCertificate"]),
    ("cloudformation delete-stack", &["cloudformation:DeleteStack"]),
    (
        "cloudformation deploy",
        &[
            "cloudformation:CreateChangeSet",
            "cloudformation:DescribeChangeSet",
            "cloudformation:DescribeStacks",
            "cloudformation:ExecuteChangeSet",
            "cloudformation:TagResource",
            "iam:PassRole",
        ],
    ),
    ("cloudformation describe-change-set", &["cloudformation:DescribeChangeSet"]),
    ("cloudformation describe-stack-events", &["cloudformation:DescribeStackEvents"]),
    ("cloudformation describe-stack-resource", &["cloudformation:DescribeStackResource"]),
    ("cloudformation describe-stack-resources", &["cloudformation:DescribeStackResources"]),
    ("cloudformation describe-stacks", &["cloudformation:DescribeStacks", "cloudformation:ListStacks"]),
    ("cloudformation execute-change-set", &["cloudformation:ExecuteChangeSet"]),
    ("cloudformation get-stack-policy", &["cloudformation:GetStackPolicy"]),
    ("cloudformation get-template", &["cloudformation:GetTemplate"]),
    ("cloudformation list-exports", &["cloudformation:ListExports"]),
    ("cloudformation list-imports", &["cloudformation:ListImports"]),
    ("cloudformation set-stack-policy", &["cloudformation:SetStackPolicy"]),
    ("cloudformation update-termination-protection", &["cloudformation:UpdateTerminationProtection"]),
    ("cloudfront create-invalidation", &["cloudfront:CreateInvalidation"]),
    ("dynamodb batch-write-item", &["dynamodb:BatchWriteItem"]),
    ("ecr describe-images", &["ecr:DescribeImages"]),
    // What it gives `docker` the right to ask for is nothing without what `docker push` takes.
    (
        "ecr get-login-password",
        &[
            "ecr:BatchCheckLayerAvailability",
            "ecr:BatchGetImage",
            "ecr:CompleteLayerUpload",
            "ecr:GetAuthorizationToken",
            "ecr:InitiateLayerUpload",
            "ecr:PutImage",
            "ecr:UploadLayerPart",
        ],
    ),
    ("lambda invoke", &["lambda:InvokeFunction"]),
    ("s3 cp", &["s3:GetObject", "s3:GetObjectTagging", "s3:ListBucket", "s3:PutObject"]),
    ("s3 rm", &["s3:DeleteObject", "s3:ListBucket"]),
    ("s3api copy-object", &["s3:GetObject", "s3:GetObjectTagging", "s3:PutObject", "s3:PutObjectTagging"]),
    ("s3api delete-objects", &["s3:DeleteObject", "s3:DeleteObjectVersion"]),
    ("s3api head-object", &["s3:GetObject"]),
    ("s3api list-object-versions", &["s3:ListBucketVersions"]),
    ("s3api list-objects-v2", &["s3:ListBucket"]),
    ("secretsmanager get-secret-value", &["secretsmanager:GetSecretValue"]),
    ("ssm get-parameter", &["ssm:GetParameter"]),
    ("ssm get-parameters-by-path", &["ssm:GetParametersByPath"]),
    ("sts get-caller-identity", &[]),
];

/// What people do, and no workflow: what lifts the deletion protection of what holds data, and what a message advises.
const BY_PEOPLE: &[&str] = &[
    "cloudformation continue-update-rollback",
    "dynamodb update-table",
    "rds modify-db-cluster",
    "rds modify-db-instance",
];

/// Services whose calls are looked for.
const SERVICES: &[&str] = &[
    "acm",
    "cloudformation",
    "cloudfront",
    "dynamodb",
    "ecr",
    "lambda",
    "rds",
    "s3",
    "s3api",
    "secretsmanager",
    "ssm",
    "sts",
];

/// The calls of the CLI in the scripts, where they follow `aws`, and in `package`, which hands each word over by itself.
fn calls() -> BTreeSet<String> {
    let texts = |folder: &str| -> Vec<String> {
        files_below(&root().join(folder), "").iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
    };
    let pair = |text: &str, between: &str| -> Option<String> {
        let (service, rest) = text.split_once(between)?;
        let command = rest.split(|c: char| !c.is_ascii_lowercase() && !c.is_ascii_digit() && c != '-').next()?;
        (SERVICES.contains(&service) && !command.is_empty()).then(|| format!("{service} {command}"))
    };
    let mut found = BTreeSet::new();
    let scripts = texts("templates/scripts");
    for line in scripts.iter().flat_map(|text| text.lines()).filter(|line| !line.trim_start().starts_with('#')) {
        found.extend(line.match_indices("aws ").filter_map(|(at, _)| pair(&line[at + 4..], " ")));
    }
    let before = found.len();
    for text in texts("src/cli/package") {
        found.extend(text.match_indices("[\"").filter_map(|(at, _)| pair(&text[at + 2..], "\", \"")));
    }
    assert!(found.len() > before, "`package` calls more");
    found
}

/// A stage that may be taken down has a role that may do all that its scripts call; one that is protected all but delete.
#[test]
fn roles_may_do_what_scripts_call() {
    let project = layers(&root().join(PROJECT));
    let json_secrets: Vec<(String, String)> = project
        .into_iter()
        .map(|(name, text)| (name, text.replace("{purpose: Payments}", "{purpose: Payments, store: secrets_manager}")))
        .collect();
    let made = bootstrapped(&crate::support::project(&json_secrets), &["production"]);
    let resources = json_of(&made.files["eu-west-1.yaml"])["Resources"].clone();
    let allowed = |role: &str| -> BTreeSet<String> {
        let all = statements(&resources, role).into_iter().filter(|s| s["Effect"] == "Allow");
        all.flat_map(|statement| texts(&statement["Action"])).collect()
    };
    let calls = calls();
    assert!(calls.len() > 20, "{calls:?}");
    let known: BTreeMap<&str, &[&str]> = CALLS.iter().copied().collect();
    let mut used = BTreeSet::new();
    for call in calls.iter().filter(|call| !BY_PEOPLE.contains(&call.as_str())) {
        let Some(actions) = known.get(call.as_str()) else { panic!("`aws {call}` takes which actions?") };
        used.insert(call.as_str());
        for role in ["CiRoleStaging", "CiRolePreview"] {
            let missing: Vec<_> = actions.iter().filter(|action| !allowed(role).contains(**action)).collect();
            assert!(missing.is_empty(), "{role} may not call `aws {call}`: {missing:?}");
        }
    }
    assert_eq!(used.len(), known.len(), "a call that no script makes");
    let deletes = |action: &String| action.contains(":Delete") || action == "s3:ListBucketVersions";
    assert!(!allowed("CiRoleProduction").iter().any(deletes), "production is protected");
    let kept: BTreeSet<String> = allowed("CiRoleStaging").into_iter().filter(|action| !deletes(action)).collect();
    assert_eq!(allowed("CiRoleProduction"), kept);
}

#[test]
fn no_role_reaches_another_stage() {
    let resources = bootstrap();
    let of = |role: &str| statements(&resources, role);
    let stack = |stage: &str| format!("arn:aws:cloudformation:eu-west-1:111111111111:stack/shop-{stage}-app/1a2b");
    let object = |path: &str| format!("arn:aws:s3:::shop-{path}");
    for (role, own, others) in [
        ("CiRoleProduction", "production", ["staging", "pr-7"]),
        ("CiRoleStaging", "staging", ["production", "pr-7"]),
        ("CiRolePreview", "pr-7", ["production", "staging"]),
    ] {
        let statements = of(role);
        let may = |action: &str, resource: String| may(&statements, action, &resource);
        assert!(may("cloudformation:ExecuteChangeSet", stack(own)));
        assert!(
            !may("cloudformation:ExecuteChangeSet", stack("bootstrap").replace("-app", "")),
            "{role}: the bootstrap"
        );
        assert!(may("cloudformation:CreateChangeSet", stack("bootstrap").replace("-app", "")), "{role} compares it");
        assert!(may("s3:PutObject", object(&format!("{own}-web-web-files-1a/index.html"))));
        assert!(may("s3:PutObject", object("bootstrap-artifactbucket-1a2b3c/shop/Handler/aa.zip")));
        assert!(may("s3:PutObject", object(&format!("bootstrap-artifactbucket-1a2b3c/shop/deployed/{own}/Web"))));
        assert!(
            may("iam:PassRole", "DeployRole.Arn".to_owned()) && !may("iam:PassRole", "CiRoleProduction.Arn".to_owned())
        );
        assert!(!may("kms:Decrypt", "arn:aws:kms:eu-west-1:111111111111:key/1".to_owned()));
        for other in others {
            for action in
                ["CreateChangeSet", "DeleteStack", "ExecuteChangeSet", "SetStackPolicy", "UpdateTerminationProtection"]
            {
                assert!(!may(&format!("cloudformation:{action}"), stack(other)), "{role}: {action} of {other}");
            }
            let web = object(&format!("{other}-web-web-files-1a/index.html"));
            assert!(!may("s3:PutObject", web.clone()) && !may("s3:DeleteObject", web), "{role}: files of {other}");
            for kept in ["deployed", "releases"] {
                let kept = object(&format!("bootstrap-artifactbucket-1a2b3c/shop/{kept}/{other}/x"));
                assert!(!may("s3:PutObject", kept), "{role}: {other}");
            }
            let function = format!("arn:aws:lambda:eu-west-1:111111111111:function:shop-{other}-Handler");
            assert!(!may("lambda:InvokeFunction", function), "{role}: functions of {other}");
            let reads = role == "CiRolePreview" && other == "staging";
            let secret = format!("arn:aws:ssm:eu-west-1:111111111111:parameter/shop/{other}/StripeKey");
            assert_eq!(may("ssm:GetParametersByPath", secret), reads, "{role}: secrets of {other}, by `secrets_from`");
        }
        // A data bucket of a protected stage is none of a workflow's.
        let data = object(&format!("{own}-data-uploads-1a/x"));
        assert_eq!(may("s3:DeleteObjectVersion", data), role != "CiRoleProduction");
    }
    // No stack of a stage changes who may deploy.
    let deploys = &resources["DeployRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"];
    let denied = "arn:aws:iam::111111111111:role/shop-bootstrap-CiRoleProduction-1A2B";
    assert!(!self::may(deploys.as_array().unwrap(), "iam:UpdateAssumeRolePolicy", denied));
}

/// Nothing is `*` that could be named: only what IAM knows no resources of, or is denied.
#[test]
fn what_can_be_named_is() {
    let resources = bootstrap();
    for role in ["CiRoleProduction", "CiRoleStaging", "CiRolePreview"] {
        for statement in statements(&resources, role).iter().filter(|s| s["Effect"] == "Allow") {
            let everywhere = texts(&statement["Resource"]).contains(&"*".to_owned());
            let sid = statement["Sid"].as_str().unwrap();
            assert_eq!(everywhere, ["AskStacks", "LogInToRegistry"].contains(&sid), "{role}: {sid}");
            assert!(texts(&statement["Action"]).iter().all(|action| !action.contains('*')), "{role}: {sid}");
            let elsewhere =
                texts(&statement["Resource"]).iter().any(|r| r.starts_with("arn:aws:s3:::") && !r.contains("1a2b3c"));
            let bound = statement["Condition"]["StringEquals"]["aws:ResourceAccount"]
                == serde_json::json!({ "Ref": "AWS::AccountId" });
            assert!(!elsewhere || bound, "{role}: {sid}: buckets have no account in their ARN");
        }
        // IAM's quotas, white space aside: 10,240 characters in a role, 6,144 in a policy of its own.
        let size = |value: &Json| serde_json::to_string(value).unwrap().len();
        assert!(size(&resources[role]["Properties"]["Policies"]) < 9_000);
    }
    assert!(serde_json::to_string(&resources["CiPolicy"]["Properties"]["PolicyDocument"]).unwrap().len() < 5_500);
}

#[test]
fn the_bootstrap_is_the_same_whichever_stage_is_compiled() {
    let project = project_of(&root().join(PROJECT));
    let by = |stages: &[&str]| bootstrapped(&project, stages).files;
    let all = by(&["production", "staging", "pr-7"]);
    for stages in [["production"], ["staging"], ["pr-12"]] {
        assert_eq!(by(&stages), all, "{stages:?}");
    }
    let outputs = &json_of(&all["eu-west-1.yaml"])["Outputs"];
    for role in ["CiRoleProduction", "CiRoleStaging", "CiRolePreview"] {
        assert_eq!(outputs[role]["Value"], serde_json::json!({ "Fn::GetAtt": format!("{role}.Arn") }));
    }
}

/// Each home has the roles of its own stages; one that exists already is named by its ARN.
#[test]
fn homes_and_providers() {
    let mut files = layers(&root().join(PROJECT));
    for (name, text) in &mut files {
        match name.as_str() {
            "base.yaml" => *text = text.replace("shop@583231}", "shop@583231, provider: existing}"),
            "staging.yaml" => text.push_str("region: us-east-1\n"),
            _ => {}
        }
    }
    let made = bootstrapped(&project(&files), &["production", "staging"]);
    let resources = |region: &str| json_of(&made.files[&format!("{region}.yaml")])["Resources"].clone();
    let (home, other) = (resources("eu-west-1"), resources("us-east-1"));
    assert!(home.get("CiRoleProduction").is_some() && home.get("CiRoleStaging").is_none());
    assert!(other.get("CiRoleStaging").is_some() && other.get("CiRoleProduction").is_none());
    for resources in [&home, &other] {
        assert!(resources.get("GithubProvider").is_none());
    }
    let federated =
        &other["CiRoleStaging"]["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Federated"];
    let arn = "arn:${AWS::Partition}:iam::${AWS::AccountId}:oidc-provider/token.actions.githubusercontent.com";
    assert_eq!(*federated, serde_json::json!({ "Fn::Sub": arn }));
    // us-east-1 is named once.
    let stacks = &other["CiRoleStaging"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"][0]["Resource"];
    assert_eq!(stacks.as_array().unwrap().len(), 1);
}

/// What `init` writes into the project of the goldens.
fn written() -> Files {
    let scratch = Scratch::new(&layers(&root().join(PROJECT)));
    scratch.run(&["init", "--ci", "github", "--pre-commit", "--git-sync"]).ends(0);
    let mut files: Files = scratch.all().into_iter().collect();
    files.retain(|path, _| !path.starts_with("environments/"));
    files
}

#[test]
fn committed_files_are_what_init_writes() {
    let folder = root().join(PROJECT);
    let files = written();
    for (path, text) in &files {
        let path = folder.join(path);
        if updating() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, text).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        let diff = || similar::TextDiff::from_lines(&committed, text).unified_diff().to_string();
        assert!(committed == *text, "{} is stale; `REGGIE_CFN_UPDATE=1 cargo test ci`\n{}", path.display(), diff());
    }
    let below =
        |name: &'static str| paths_below(&folder.join(name)).into_iter().map(move |path| format!("{name}/{path}"));
    let committed: Vec<String> =
        below(".github").chain([".pre-commit-config.yaml".to_owned()]).chain(below("deployments")).collect();
    assert!(files.keys().eq(&committed), "{committed:?}");
}

fn yaml(text: &str) -> serde_yaml::Value {
    serde_yaml::from_str(text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

/// The workflows of some stages.
fn workflows() -> Vec<(String, serde_yaml::Value)> {
    let files = written().into_iter().filter(|(path, _)| path.starts_with(".github/"));
    files.map(|(path, text)| (path, yaml(&text))).collect()
}

/// A commit cannot be moved, as a tag can; the comment says which version it is.
#[test]
fn every_action_is_a_commit() {
    let mut uses = 0;
    for (path, text) in written().iter().filter(|(path, _)| path.starts_with(".github/")) {
        for line in text.lines().filter_map(|line| line.trim_start_matches([' ', '-']).strip_prefix("uses: ")) {
            uses += 1;
            if line == "./.github/actions/reggie-cfn" {
                continue;
            }
            let (action, version) = line.split_once(" # v").unwrap_or_else(|| panic!("{path}: {line}"));
            let (_, commit) = action.split_once('@').unwrap();
            assert!(commit.len() == 40 && commit.bytes().all(|b| b.is_ascii_hexdigit()), "{path}: {line}");
            assert_eq!(version.split('.').count(), 3, "{path}: {line}");
        }
    }
    assert!(uses > 10);
}

#[test]
fn no_workflow_hands_anything_to_a_stranger() {
    let mut jobs = 0;
    for (path, workflow) in workflows() {
        let steps = |of: &serde_yaml::Value| of.get("steps").and_then(|s| s.as_sequence().cloned()).unwrap_or_default();
        let scripts = |of: &serde_yaml::Value| -> Vec<String> {
            steps(of).iter().filter_map(|step| step.get("run")?.as_str().map(str::to_owned)).collect()
        };
        if let Some(runs) = workflow.get("runs") {
            assert!(scripts(runs).iter().all(|script| !script.contains("${{")), "{path}");
            continue;
        }
        // What no job asks for, none has; and only one of a stage is at work.
        assert_eq!(workflow["permissions"], yaml("{}"), "{path}");
        assert!(workflow.get("concurrency").is_some(), "{path}");
        let on_requests = workflow["on"].get("pull_request").is_some();
        assert!(workflow["on"].get("pull_request_target").is_none(), "{path}: that one has secrets");
        for (name, job) in workflow["jobs"].as_mapping().unwrap() {
            jobs += 1;
            let which = format!("{path}: {}", name.as_str().unwrap());
            assert!(job["timeout-minutes"].as_u64().is_some(), "{which}");
            // Expressions are put into a script as they are, whatever they hold.
            assert!(scripts(job).iter().all(|script| !script.contains("${{")), "{which}");
            let permissions = &job["permissions"];
            let is_given = permissions.get("id-token").is_some();
            let takes = steps(job).iter().any(|s| s["uses"].as_str().is_some_and(|u| u.starts_with("aws-actions/")));
            assert_eq!(is_given, takes, "{which}: credentials and the permission for them");
            let condition = job["if"].as_str().unwrap_or_default();
            let own = "github.event.pull_request.head.repo.full_name == github.repository";
            let writes = permissions.as_mapping().unwrap().values().any(|v| v == "write");
            assert!(!on_requests || !writes || condition.contains(own), "{which}: forks");
            assert!(on_requests || !is_given || job["environment"].as_str().is_some(), "{which}");
            if permissions.get("pull-requests").is_some() {
                assert!(steps(job).iter().all(|step| step.get("uses").is_none()), "{which} runs what others wrote");
            }
            for step in
                steps(job).iter().filter(|s| s["uses"].as_str().is_some_and(|u| u.starts_with("actions/checkout@")))
            {
                assert_eq!(step["with"]["persist-credentials"], false, "{which}");
            }
        }
    }
    assert_eq!(jobs, 9);
}

#[test]
fn workflows_are_those_of_the_stages() {
    let at = |path: &str, key: &str| yaml(&written()[&format!(".github/workflows/{path}.yml")])["jobs"][key].clone();
    let credentials = |job: &serde_yaml::Value| {
        let steps = job["steps"].as_sequence().unwrap().clone();
        steps.iter().find(|s| s["uses"].as_str().is_some_and(|u| u.starts_with("aws-actions/"))).unwrap()["with"]
            .clone()
    };
    let (production, staging) = (at("deploy-production", "deploy"), at("deploy-staging", "deploy"));
    assert_eq!(credentials(&production)["allowed-account-ids"], "111111111111");
    assert_eq!(credentials(&staging)["allowed-account-ids"], "222222222222");
    assert_eq!(credentials(&staging)["aws-region"], "eu-west-1");
    for (workflow, job) in [("preview", "deploy"), ("preview", "teardown"), ("sweep", "list"), ("sweep", "teardown")] {
        assert_eq!(credentials(&at(workflow, job))["role-to-assume"], "${{ vars.AWS_PREVIEW_ROLE_ARN }}");
    }
    // A stage of a pull request is deployed or taken down, and never both at once.
    let group = yaml(&written()[".github/workflows/preview.yml"])["concurrency"]["group"].clone();
    assert_eq!(group, "preview-${{ github.event.number }}");
    assert_eq!(at("sweep", "teardown")["concurrency"]["group"], "preview-${{ matrix.number }}");
    assert!(written()[".github/workflows/sweep.yml"].contains("REGIONS: eu-west-1 us-east-1\n"));
    // Previews have no hosts, and so no token that changes records.
    assert!(!written()[".github/workflows/preview.yml"].contains("CLOUDFLARE"));
    assert!(
        written()[".github/workflows/deploy-staging.yml"].contains("CLOUDFLARE_TOKEN: ${{ secrets.CLOUDFLARE_TOKEN }}")
    );

    // Reggie: images for arm64, and no pattern that fits a pull request.
    let files = github::files(&deployed(&project_of(&root())));
    for none in ["preview", "sweep"] {
        assert!(!files.contains_key(&format!(".github/workflows/{none}.yml")), "{:?}", files.keys());
    }
    assert!(files[".github/workflows/deploy-production.yml"].contains("docker/setup-qemu-action@"));
    assert!(files[".github/workflows/check.yml"].contains("STAGES: production staging\n"));
    assert!(
        files
            .values()
            .all(|text| !text.contains("<<version>>") && !text.contains("<<repository>>") && !text.contains("\n\n"))
    );
}

/// Keys and values as CloudFormation's deployment files have them, for every stack.
#[test]
fn git_sync_has_a_file_a_stack() {
    let files = written();
    let mut stacks = 0;
    for stage in ["production", "staging"] {
        let index = yaml(&read(Path::new(PROJECT).join("out").join(stage).join("index.yaml")));
        for stack in index["stacks"].as_sequence().unwrap() {
            stacks += 1;
            let file = stack["template"]["file"].as_str().unwrap();
            let text = &files[&format!("deployments/{stage}/{file}")];
            let of = yaml(text);
            let keys: Vec<&str> = of.as_mapping().unwrap().keys().filter_map(|key| key.as_str()).collect();
            assert_eq!(keys, ["template-file-path", "parameters", "tags"]);
            assert_eq!(of["template-file-path"], format!("out/{stage}/{file}").as_str());
            assert_eq!(of["tags"], index["tags"]);
            let template = json_of(&read(Path::new(PROJECT).join("out").join(stage).join(file)));
            let parameters: Vec<&str> =
                of["parameters"].as_mapping().unwrap().keys().filter_map(|key| key.as_str()).collect();
            let expected = template.get("Parameters").and_then(Json::as_object);
            assert_eq!(
                parameters,
                expected.map(|p| p.keys().map(String::as_str).collect::<Vec<_>>()).unwrap_or_default()
            );
            assert!(text.starts_with(&format!("# The stack {} in ", stack["name"].as_str().unwrap())));
            assert!(parameters.iter().all(|name| text.contains(&format!("# {name}: "))), "{text}");
        }
    }
    assert_eq!(stacks, 8);
}

/// What the document shows is what is written.
#[test]
fn the_document_is_true() {
    let text = read("docs/ci.md");
    let blocks: Vec<&str> = text.split("```yaml\n").skip(1).filter_map(|block| block.split("```").next()).collect();
    let files = written();
    let [base, inputs, hook, synced] = blocks.as_slice() else { panic!("{} blocks", blocks.len()) };
    // The second step is the workflow's own, with the file that the first writes.
    let deploy =
        inputs.split_once("      - name: Deploy\n").unwrap().1.replace(" --inputs \"$RUNNER_TEMP/inputs\"", "");
    assert!(inputs.contains("> \"$RUNNER_TEMP/inputs\"\n"));
    assert!(files[".github/workflows/deploy-production.yml"].contains(&deploy), "{deploy}");
    assert_eq!(**hook, files[".pre-commit-config.yaml"]);
    assert_eq!(**synced, files["deployments/production/web-web.yaml"]);
    let github = base.lines().last().unwrap();
    let base = format!("{}{github}\n", crate::scratch::BASE);
    let made = bootstrapped(
        &project(&[("base.yaml", base.as_str()), ("production.yaml", crate::scratch::PRODUCTION)]),
        &["production"],
    );
    let role = &json_of(&made.files["eu-west-2.yaml"])["Resources"]["CiRoleProduction"]["Properties"];
    let subject = &role["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]["StringEquals"]["token.actions.githubusercontent.com:sub"];
    assert_eq!(subject, "repo:acme/shop:environment:production");
    for name in names(&root().join(PROJECT).join(".github/workflows")) {
        assert!(text.contains(&format!("`{name}`")) || name == "deploy-staging.yml", "{name}");
    }
    let hooks = yaml(&read(".pre-commit-hooks.yaml"));
    assert!(hook.contains(&format!("id: {}", hooks[0]["id"].as_str().unwrap())));
}

#[test]
fn init_in_a_project() {
    let project = Scratch::small();
    // Without the block the bootstrap has no roles: that is said first.
    let made = project.run(&["init", "--ci", "github"]).ends(0).gives("github: {repository: OWNER/NAME}");
    assert!(
        made.data.starts_with(".github/actions/reggie-cfn/action.yml\n.github/workflows/check.yml\n"),
        "{}",
        made.data
    );
    project.run(&["init", "--ci", "github"]).ends(0).gives("check.yml, which is there already");
    project.write(".github/workflows/check.yml", "name: mine\n");
    let before = project.all();
    project.run(&["init", "--ci", "github", "--pre-commit"]).ends(2).says("`.github/workflows/check.yml` exists");
    assert_eq!(project.all(), before, "nothing is written then");
    project.run(&["init", "--git-sync", "pr-7"]).ends(0).gives("deployments/pr-7/app.yaml");
    project.run(&["init", "--git-sync", "nowhere"]).ends(1).says("STG001");
    project.run(&["init", "--ci", "gitlab"]).ends(2).says("github");
    let previews = Scratch::new(&[("base.yaml", crate::scratch::BASE), ("preview.yaml", crate::scratch::PREVIEW)]);
    previews.run(&["init", "--ci", "github"]).ends(2).says("no permanent stage");
    // All at once, for a project that is made by the same command.
    let new = tempfile::tempdir().unwrap();
    let path = new.path().join("bakery");
    project
        .run(&["init", "--from", "minimal", "--ci", "github", "--pre-commit", "--project", path.to_str().unwrap()])
        .ends(0)
        .gives(".github/workflows/preview.yml\n")
        .gives("--stack-name bakery-bootstrap");
}
