//! Event sources: a queue or a stream that Lambda reads for a function. Mapping and permission stand with the function, so
//! that what holds data never refers to code.

pub mod filters;

use serde::Serialize;

use crate::component::{Context, Fragment, Neighbour};
use crate::diag::{Code, Diagnostic};
use crate::part::code::Statement;
use crate::part::dead_letters;
use crate::setting::{Seconds, Setting};
use crate::value::Value;

pub use filters::{Filters, Records, Typed};

/// Codes of this part.
pub const CODES: &[Code] = &[CFN222];

/// `CFN222`: nobody here can permit an imported function to read.
pub const CFN222: Code = Code {
    id: "CFN222",
    explanation: "the function that reads is imported, and its role is not known\n\n\
        Lambda reads a queue or a stream with the role of the function. The role of a function of this stage is given the \
        permission; that of an imported one can be only if the import names it: `role_name` among the `outputs` of a stack, or \
        an import by `stage`. Otherwise whoever owns the function must permit it.",
};

/// What a function reads.
#[derive(Debug)]
pub struct EventSource<'s> {
    /// The function.
    pub to: &'s Setting<String>,
    /// The ARN of the queue or stream.
    pub source: Value,
    /// What its role must be allowed to do with it.
    pub actions: &'static [&'static str],
    /// The most records of one call.
    pub batch: Setting<u32>,
    /// How long records are collected for a call.
    pub window: Setting<Seconds>,
    /// How many calls may run at once.
    pub concurrency: Option<Setting<u32>>,
    /// What a record must look like to be handed over: as one of these says.
    pub filters: Filters<'s>,
    /// How it is read, if it is a stream.
    pub stream: Option<Stream>,
}

/// How a stream is read.
#[derive(Debug)]
pub struct Stream {
    /// How often a batch that fails is tried again; until its records expire unless written.
    pub retries: Option<Setting<u32>>,
    /// Where word of batches goes that failed for good: the ARN of a queue.
    pub dead_letters: Option<Value>,
}

#[derive(Serialize)]
struct Plan {
    function: Value,
    source: Value,
    batch: Setting<u32>,
    window: Setting<Seconds>,
    concurrency: Option<Setting<u32>>,
    patterns: Vec<Value>,
    role: Option<Value>,
    policy_name: Value,
    statements: Vec<Statement>,
    stream: bool,
    retries: Option<Setting<u32>>,
    dead_letters: Option<Value>,
}

impl EventSource<'_> {
    /// The mapping, in the stack of `function`.
    pub fn lower(self, on: &Context<'_>, function: &Neighbour) -> Fragment {
        let origin = on.rule("a function may read what it consumes", &[self.to.origin]);
        let name = on.identity();
        let mut statements = vec![Statement::new(origin, format!("{name}Consume"), self.actions, self.source.clone())];
        let (retries, dead_letters) =
            self.stream.as_ref().map_or((None, None), |s| (s.retries, s.dead_letters.clone()));
        if let Some(queue) = &dead_letters {
            statements.push(Statement::new(origin, format!("{name}DeadLetters"), dead_letters::SEND, queue.clone()));
        }
        let known = function.interface.attribute("role_name").is_some();
        if !known {
            self.report_role(on, function);
        }
        let plan = Plan {
            function: on.attribute_of(self.to, "arn"),
            patterns: self.filters.lower(on),
            role: known.then(|| on.attribute_of(self.to, "role_name")),
            policy_name: on.text("one policy for each thing that a function consumes", &[self.to.origin], name),
            statements,
            source: self.source,
            batch: self.batch,
            window: self.window,
            concurrency: self.concurrency,
            stream: self.stream.is_some(),
            retries,
            dead_letters,
        };
        on.fragment_with(function, "parts/event_source", &plan)
    }

    fn report_role(&self, on: &Context<'_>, function: &Neighbour) {
        let title = format!("`{}` goes to `{}`, which is imported without its `role_name`", on.name, self.to.value);
        let actions = self.actions.join("`, `");
        on.report(
            on.at(Diagnostic::warning(CFN222, title), self.to.origin, "its role cannot be permitted here")
                .context_if_known(on.origins, Some(function.origin), "imported here")
                .help(format!("make sure that its role allows `{actions}`"))
                .help("or import it by `stage`, or with `role_name` among its `outputs`"),
        );
    }
}
