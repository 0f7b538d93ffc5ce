//! The functions of a site: its servers, the one for images, the one that makes pages anew, the one that keeps servers warm.

use serde::Serialize;

use super::routes::ASSETS;
use super::{ASSETS_BUCKET, Context, Nextjs, SplitServer};
use crate::component::{Attribute, Fragment, pascal as scope};
use crate::part::bucket;
use crate::part::code::{self, Body, Statement};
use crate::part::lambda::{self, LambdaPlan, UrlPlan};
use crate::part::server::{self, Answering, Shape};
use crate::setting::{Megabytes, Seconds};
use crate::value::{Entry, Kind, Value};

/// The local id of the function for images.
const IMAGE: &str = "Image";
/// The local id of the function that makes pages anew.
const REVALIDATION: &str = "Revalidation";
/// The local id of the function that keeps several calls warm.
const WARMER: &str = "Warmer";

/// What stands before the keys of kept pages in the bucket.
pub(super) const CACHE: &str = "_cache";

/// One of the servers.
struct One<'a> {
    /// Its origin's id, `server` or `admin_server`.
    id: String,
    /// Its own settings; those of the server where it is that.
    own: Option<&'a SplitServer>,
}

#[derive(Serialize)]
struct WarmerPlan {
    targets: Vec<WarmTarget>,
    tags: Option<Value>,
}

#[derive(Serialize)]
struct WarmTarget {
    id: Value,
    function: Value,
    arn: Value,
    input: Option<Value>,
}

impl Nextjs {
    /// The servers: the one for everything, then the others by label.
    fn all_servers(&self) -> Vec<One<'_>> {
        let split =
            self.servers.iter().map(|(label, own)| One { id: format!("{}_server", label.value), own: Some(own) });
        std::iter::once(One { id: "server".to_owned(), own: None }).chain(split).collect()
    }

    /// What others see of the functions.
    pub(super) fn function_attributes(&self, on: &Context<'_>) -> Vec<Attribute> {
        let images = self.images.as_option().map(|_| "image".to_owned());
        let ids = self.all_servers().into_iter().map(|server| server.id).chain(images);
        ids.flat_map(|id| server::attributes(on, &id)).collect()
    }

    /// All functions, with their roles and logs.
    pub(super) fn lower_functions(&self, on: &Context<'_>) -> Vec<Fragment> {
        let servers = self.all_servers();
        let bodies = servers.iter().map(|server| Body { scope: scope(&server.id), needed: self.server_may(on) });
        let mut around = code::lower_each(on, self.server.vpc.as_option(), bodies.collect());
        let environment = self.server_environment(on, around.environment.take());
        let mut fragments = Vec::new();
        for server in &servers {
            let (own, all) = (server.own, &self.server);
            let shape = Shape {
                memory: own.and_then(|own| own.memory).unwrap_or(all.memory),
                timeout: own.and_then(|own| own.timeout).unwrap_or(all.timeout),
                ..self.shape(on)
            };
            let answering = Answering {
                protection: self.protection,
                streaming: own.and_then(|own| own.streaming).unwrap_or(all.streaming),
                reserved: all.reserved.as_option().copied().filter(|_| own.is_none()),
                network: around.network.clone(),
                environment: Some(environment.clone()),
            };
            let plan = answering.plan(on, self.function(on, &server.id.replace('_', "-"), shape));
            fragments.push(on.fragment(lambda::TEMPLATE, &plan).scoped(&scope(&server.id)));
        }
        fragments.extend(around.fragments);
        fragments.extend(self.image_function(on));
        if self.incremental_cache.value {
            fragments.extend(self.revalidation_function(on));
        }
        fragments.extend(self.warmer(on, &servers));
        fragments
    }

    /// A function as large as the server, of what OpenNext makes.
    fn shape(&self, on: &Context<'_>) -> Shape {
        self.server.shape(on.setting("OpenNext's functions begin at index.handler", &[], "index.handler".to_owned()))
    }

    fn function(&self, on: &Context<'_>, zip: &str, shape: Shape) -> LambdaPlan {
        server::function(on, &self.path, zip, shape)
    }

    /// A function of fixed size that OpenNext needs.
    fn small(&self, on: &Context<'_>, zip: &str, memory: u32, timeout: u32) -> LambdaPlan {
        let rule = "what OpenNext's own functions need";
        let shape = Shape {
            memory: on.setting(rule, &[], Megabytes(memory)),
            timeout: on.setting(rule, &[], Seconds(timeout)),
            ..self.shape(on)
        };
        self.function(on, zip, shape)
    }

    /// What OpenNext's server does beside what the app itself does.
    fn server_may(&self, on: &Context<'_>) -> Vec<Statement> {
        let origin = on.rule("OpenNext keeps pages in the site's bucket, and tells apart by tag which are old", &[]);
        let under = |rest: &str| joined(origin, vec![on.own(bucket::ARN), Value::text(origin, rest)]);
        let mut may = Vec::new();
        if self.incremental_cache.value {
            let pages = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"];
            may.push(Statement::new(origin, "Pages", &pages, under(&format!("/{CACHE}/*"))));
            let prefix = Value::map(origin, [("s3:prefix", Value::text(origin, format!("{CACHE}/*")))]);
            // A request for one page names no prefix, and asks for this permission too where the page is missing.
            let only = Value::map(origin, [("StringLikeIfExists", prefix)]);
            // Without it, a page that is not there is refused and not missing.
            may.push(Statement::new(origin, "ListPages", &["s3:ListBucket"], on.own(bucket::ARN)).when(only));
            let queue = on.local("RevalidationQueue", Some("Arn"));
            may.push(Statement::new(origin, "Revalidate", &["sqs:SendMessage"], queue));
        }
        if self.tag_cache.value {
            let table = on.local("TagTable", Some("Arn"));
            let index = joined(origin, vec![table.clone(), Value::text(origin, "/index/revalidate")]);
            let actions = ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:PutItem", "dynamodb:Query"];
            may.push(Statement::new(origin, "Tags", &actions, Value::list(origin, vec![table, index])));
        }
        may
    }

    /// What the app itself is told, and what OpenNext asks for.
    fn server_environment(&self, on: &Context<'_>, own: Option<Value>) -> Value {
        let origin = on.rule("OpenNext asks for these variables", &[]);
        let region = || {
            // The table's too: OpenNext's client of DynamoDB reads this one.
            Value::reference(origin, crate::value::Symbol::Pseudo("AWS::Region".to_owned()))
        };
        let mut needed = vec![("CACHE_BUCKET_REGION", region())];
        if self.incremental_cache.value {
            needed.extend([
                ("CACHE_BUCKET_NAME", on.own(ASSETS_BUCKET)),
                ("CACHE_BUCKET_KEY_PREFIX", Value::text(origin, CACHE)),
                ("REVALIDATION_QUEUE_URL", on.local("RevalidationQueue", None)),
                ("REVALIDATION_QUEUE_REGION", region()),
            ]);
        }
        if self.tag_cache.value {
            needed.push(("CACHE_DYNAMO_TABLE", on.local("TagTable", None)));
        }
        let mut entries: Vec<Entry> = own.map(|own| own.entries().to_vec()).unwrap_or_default();
        for (key, value) in needed {
            if !entries.iter().any(|entry| entry.key == key) {
                entries.push(Entry { key: key.to_owned(), key_origin: origin, value });
            }
        }
        entries.sort_by(|a, b| a.key.cmp(&b.key));
        Value::new(origin, Kind::Map(entries))
    }

    fn image_function(&self, on: &Context<'_>) -> Vec<Fragment> {
        let Some(images) = self.images.as_option() else { return Vec::new() };
        let origin = on.rule("the image function reads the files of the site", &[]);
        let text = |text: &str| Value::text(origin, text);
        let files = joined(origin, vec![on.own(bucket::ARN), text(&format!("/{ASSETS}/*"))]);
        let shape = Shape {
            architecture: images.architecture,
            memory: images.memory,
            timeout: images.timeout,
            ..self.shape(on)
        };
        let variables = [("BUCKET_KEY_PREFIX", text(ASSETS)), ("BUCKET_NAME", on.own(ASSETS_BUCKET))];
        let signed = on.setting("the image function takes no bodies, so CloudFront can always sign", &[], false);
        let buffered = on.setting("an image is sent when it is made", &[], false);
        let plan = LambdaPlan {
            environment: Some(Value::map(origin, variables)),
            url: Some(UrlPlan::new(on, signed, buffered, None)),
            ..self.function(on, "image", shape)
        };
        let may = vec![Statement::new(origin, "Files", &["s3:GetObject"], files)];
        vec![on.fragment(lambda::TEMPLATE, &plan).scoped(IMAGE), code::role(on, IMAGE, false, may)]
    }

    fn revalidation_function(&self, on: &Context<'_>) -> Vec<Fragment> {
        let origin = on.rule("pages are made anew in the background", &[]);
        let actions =
            ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"];
        let queue = on.local("RevalidationQueue", Some("Arn"));
        let may = vec![Statement::new(origin, "Receive", &actions, queue)];
        let plan = self.small(on, "revalidation", 256, 30);
        vec![on.fragment(lambda::TEMPLATE, &plan).scoped(REVALIDATION), code::role(on, REVALIDATION, false, may)]
    }

    /// What calls the servers every five minutes: for one call each a schedule does, for more a function that waits until
    /// all of them run at once.
    fn warmer(&self, on: &Context<'_>, servers: &[One<'_>]) -> Vec<Fragment> {
        let count = self.warm.value;
        if count == 0 {
            return Vec::new();
        }
        let origin = on.rule("`warm` servers are called every five minutes", &[self.warm.origin]);
        let call = |function: &str, input: Option<&str>| WarmTarget {
            id: Value::text(origin, format!("Warm{function}")),
            function: on.local(function, None),
            arn: on.local(function, Some("Arn")),
            input: input.map(|input| Value::text(origin, input)),
        };
        let mut fragments = Vec::new();
        let targets = if count == 1 {
            let input = r#"{"type":"warmer","warmerId":"schedule","index":0,"concurrency":1,"delay":75}"#;
            servers.iter().map(|server| call(&scope(&server.id), Some(input))).collect()
        } else {
            let functions: Vec<Value> =
                servers.iter().map(|server| on.local(&scope(&server.id), Some("Arn"))).collect();
            let may = vec![Statement::new(origin, "Call", &["lambda:InvokeFunction"], Value::list(origin, functions))];
            let plan = LambdaPlan {
                environment: Some(Value::map(origin, [("WARM_PARAMS", warm_params(on, origin, count, servers))])),
                ..self.small(on, "warmer", 128, 900)
            };
            fragments.push(on.fragment(lambda::TEMPLATE, &plan).scoped(WARMER));
            fragments.push(code::role(on, WARMER, false, may));
            vec![call(WARMER, None)]
        };
        fragments.push(on.fragment("nextjs_warmer", &WarmerPlan { targets, tags: on.tags() }));
        fragments
    }
}

/// What OpenNext's warmer reads: a list in JSON of how many calls of which function.
fn warm_params(on: &Context<'_>, origin: crate::origin::OriginId, count: u32, servers: &[One<'_>]) -> Value {
    let mut parts = Vec::new();
    for (number, server) in servers.iter().enumerate() {
        let opening = if number == 0 { "[" } else { "," };
        parts.push(Value::text(origin, format!("{opening}{{\"concurrency\":{count},\"function\":\"")));
        parts.push(on.local(&scope(&server.id), None));
        parts.push(Value::text(origin, "\"}"));
    }
    parts.push(Value::text(origin, "]"));
    joined(origin, parts)
}

fn joined(origin: crate::origin::OriginId, parts: Vec<Value>) -> Value {
    Value::new(origin, Kind::Join(parts))
}
