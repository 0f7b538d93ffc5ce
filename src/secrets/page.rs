//! The list of secrets, for people and for programs, with the commands that set them.

use serde_json::{Value as Json, json as object};

use super::{Consumer, Declared, Secrets, Use};
use crate::diag::list;
use crate::manifest::{Kept, Store};

/// The command that sets a secret, or with `rotate` gives it another value. The value is asked for, and goes from `printf`, which is
/// a part of the shell, into the standard input of `aws`: it is never an argument, which all users of a machine could read, and no
/// line end is added to it.
#[must_use]
pub fn set_command(secrets: &Secrets<'_>, declared: &Declared<'_>, rotate: bool) -> String {
    let (name, region) = (declared.name, secrets.region);
    let silent = if declared.secret.public.value { "" } else { "s" };
    let ask = format!("printf '{name}: ' >&2; IFS= read -r{silent} value");
    match &declared.kept {
        Kept::Parameter(parameter) => {
            let overwrite = if rotate { " --overwrite" } else { "" };
            format!(
                "({ask} && printf %s \"$value\") | aws ssm put-parameter --region {region} --name {parameter} --type {} \
                 --value file:///dev/stdin{overwrite}",
                declared.parameter_type()
            )
        }
        Kept::Key { secret, .. } if secrets.are_copies() => format!(
            "aws secretsmanager replicate-secret-to-regions --region {} --secret-id {secret} --add-replica-regions Region={region}",
            secrets.home
        ),
        // One key of several: the others are read, and written again.
        Kept::Key { secret, key } => format!(
            "({ask} && {{ printf %s \"$value\" | jq -Rs .; aws secretsmanager get-secret-value --region {region} --secret-id {secret} \
             --query SecretString --output text; }} | jq -cs '(.[1] | objects) + {{{key}: .[0]}}') | aws secretsmanager \
             put-secret-value --region {region} --secret-id {secret} --secret-string file:///dev/stdin"
        ),
    }
}

/// The command that makes a JSON secret with nothing in it.
fn create_command(secrets: &Secrets<'_>, secret: &str) -> String {
    format!("aws secretsmanager create-secret --region {} --name {secret} --secret-string '{{}}'", secrets.region)
}

/// The command that asks AWS what is there, and has it compared.
#[must_use]
pub fn check_command(secrets: &Secrets<'_>) -> String {
    let region = secrets.region;
    let path = secrets.path();
    let mut asked = Vec::new();
    if secrets.has_parameters() {
        // Names and types are enough: no value leaves AWS.
        asked.push(format!(
            "aws ssm get-parameters-by-path --region {region} --path {} --recursive --query 'Parameters[].{{Name:Name,Type:Type}}' \
             --output json",
            path.trim_end_matches('/')
        ));
    }
    for secret in secrets.json_secrets() {
        asked.push(format!("aws secretsmanager get-secret-value --region {region} --secret-id {secret} --output json"));
    }
    let asked = if let [only] = asked.as_slice() { only.clone() } else { format!("({})", asked.join("; ")) };
    format!("{asked} | reggie-cfn secrets {}{} --check -", secrets.stage, secrets.in_region())
}

/// What a changed value needs until it is used, in sentences.
fn after(declared: &Declared<'_>) -> Vec<String> {
    let names = |fits: &dyn Fn(&Consumer<'_>) -> bool| {
        declared.consumers.iter().filter(|c| fits(c)).map(|c| c.component).collect::<Vec<_>>()
    };
    let holds = |consumer: &Consumer<'_>, fits: &dyn Fn(&Use) -> bool| {
        consumer.uses.iter().any(|used| used.attribute == "value" && fits(used))
    };
    let is_build = |used: &Use| used.place.starts_with("build.");
    let is_variable = |used: &Use| used.place.starts_with("environment.");
    let built = names(&|consumer| holds(consumer, &is_build));
    let released = names(&|consumer| holds(consumer, &is_variable));
    let deployed = names(&|consumer| holds(consumer, &|used| !is_build(used) && !is_variable(used)));
    let started = names(&|consumer| consumer.access.is_some() && !holds(consumer, &|_| true));
    let mut sentences = Vec::new();
    if !started.is_empty() {
        let reads = if started.len() == 1 { "reads" } else { "read" };
        sentences.push(format!("{} {reads} it at run time: at the next cold start at the latest", list(&started)));
    }
    if !built.is_empty() {
        sentences.push(format!("build and release {}: the value is a part of the build", list(&built)));
    }
    if !released.is_empty() {
        sentences.push(format!("release {}: CloudFormation put the value into the environment", list(&released)));
    }
    if !deployed.is_empty() {
        sentences
            .push(format!("deploy a change of {}: CloudFormation put the value into its settings", list(&deployed)));
    }
    if sentences.is_empty() {
        sentences.push("nothing: no component reads it".to_owned());
    }
    sentences
}

/// The list for people: of these names, or of all where there are none.
#[must_use]
pub fn text(secrets: &Secrets<'_>, names: &[String]) -> String {
    let count = secrets.all.len();
    let account = secrets.account.map(|account| format!(", account {account}")).unwrap_or_default();
    let (stage, region) = (secrets.stage, secrets.region);
    if count == 0 {
        return format!("{stage} declares no secrets\n");
    }
    let plural = if count == 1 { "" } else { "s" };
    let mut page = format!("{count} secret{plural} of {stage}, in {region}{account}\n");
    if secrets.values_of != stage {
        page.push_str(&format!(
            "The values are those of {} (`secrets_from`): set there, they hold for both.\n",
            secrets.values_of
        ));
    }
    for secret in secrets.json_secrets().into_iter().filter(|_| !secrets.are_copies()) {
        page.push_str(&format!("Once, for {secret}: {}\n", create_command(secrets, secret)));
    }
    for (other, names) in secrets.elsewhere.iter().filter(|_| !secrets.are_copies()) {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        page.push_str(&format!(
            "Functions in {other} need {} there as well: reggie-cfn secrets {stage} --region {other}\n",
            list(&names)
        ));
    }
    for declared in secrets.all.iter().filter(|declared| is_asked(names, declared)) {
        page.push_str(&entry(secrets, declared));
    }
    page.push_str(&format!("\nAre they all there?\n  {}\n", check_command(secrets)));
    page
}

fn is_asked(names: &[String], declared: &Declared<'_>) -> bool {
    names.is_empty() || names.iter().any(|name| name == declared.name)
}

fn entry(secrets: &Secrets<'_>, declared: &Declared<'_>) -> String {
    let mut lines = vec![format!("\n{}: {}", declared.name, declared.secret.purpose.value)];
    let kept = match &declared.kept {
        Kept::Parameter(name) => format!("{} {name}", declared.parameter_type()),
        Kept::Key { secret, key } => format!("key {key} of the JSON secret {secret}"),
    };
    let public = declared.secret.public.value.then_some("not secret at all");
    let optional = declared.secret.optional.value.then_some("optional");
    let words: Vec<&str> = public.into_iter().chain(optional).collect();
    let words = if words.is_empty() { String::new() } else { format!(" ({})", words.join(", ")) };
    lines.push(format!("  kept as  {kept}{words}"));
    let mut label = "used by";
    for consumer in &declared.consumers {
        lines.push(format!("  {label:<7}  {}", used_by(consumer)));
        label = "";
    }
    if declared.consumers.is_empty() {
        lines.push("  used by  nothing".to_owned());
    }
    lines.push(format!("  set      {}", set_command(secrets, declared, false)));
    let rotate = match declared.secret.store.value {
        Store::Ssm => "the same with --overwrite",
        Store::SecretsManager if secrets.are_copies() => "in the region of the stage: the copy follows",
        Store::SecretsManager => "the same",
    };
    lines.push(format!("  rotate   {rotate}; then"));
    lines.extend(after(declared).into_iter().map(|sentence| format!("           {sentence}")));
    lines.join("\n") + "\n"
}

fn used_by(consumer: &Consumer<'_>) -> String {
    let uses: Vec<String> = consumer.uses.iter().map(|used| format!("{} ({})", used.shown(), used.attribute)).collect();
    match uses.as_slice() {
        [] => consumer.component.to_owned(),
        uses => format!("{}: {}", consumer.component, uses.join(", ")),
    }
}

/// The list for programs: of these names, or of all where there are none.
#[must_use]
pub fn json(secrets: &Secrets<'_>, names: &[String]) -> String {
    let of = |declared: &Declared<'_>| {
        let kept = match &declared.kept {
            Kept::Parameter(name) => object!({"parameter": name, "type": declared.parameter_type()}),
            Kept::Key { secret, key } => object!({"secret": secret, "key": key}),
        };
        let uses = |consumer: &Consumer<'_>| -> Vec<Json> {
            consumer.uses.iter().map(|used| object!({"place": used.place, "attribute": used.attribute})).collect()
        };
        let used_by: Vec<Json> = declared
            .consumers
            .iter()
            .map(|c| object!({"component": c.component, "access": c.access, "uses": uses(c)}))
            .collect();
        object!({
            "name": declared.name,
            "purpose": declared.secret.purpose.value,
            "kept": kept,
            "public": declared.secret.public.value,
            "optional": declared.secret.optional.value,
            "used_by": used_by,
            "set": set_command(secrets, declared, false),
            "rotate": set_command(secrets, declared, true),
            "after_rotation": after(declared),
        })
    };
    let all: Vec<Json> = secrets.all.iter().filter(|declared| is_asked(names, declared)).map(of).collect();
    let page = object!({
        "project": secrets.project,
        "stage": secrets.stage,
        "values_of": secrets.values_of,
        "region": secrets.region,
        "elsewhere": if secrets.are_copies() { object!({}) } else { object!(secrets.elsewhere) },
        "account": secrets.account,
        "secrets": all,
        "check": check_command(secrets),
    });
    format!("{page}\n")
}
