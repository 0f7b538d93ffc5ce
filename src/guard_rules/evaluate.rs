//! Evaluating rules with Guard's own library.

use std::rc::Rc;

use cloudformation_guard_lang::Status;
use cloudformation_guard_lang::errors::Error;
use cloudformation_guard_lang::eval::eval_rules_file;
use cloudformation_guard_lang::eval_context::{
    BinaryCheck, BinaryReport, ClauseReport, GuardClauseReport, Messages, UnaryCheck, UnaryReport, root_scope,
    simplified_json_from_root,
};
use cloudformation_guard_lang::exprs::{Block, GuardClause, Rule, RuleClause, RulesFile};
use cloudformation_guard_lang::parser::{Span, rules_file};
use cloudformation_guard_lang::path_value::{Path, PathAwareValue};

use super::{Breach, Job, Said};

/// The most breaches that are told of one file: nobody reads more.
const MOST: usize = 200;

/// Evaluates every file of rules over every template, in order, and says what it finds of each file as it goes.
pub fn evaluate(job: &Job, say: &mut dyn FnMut(Said)) {
    let templates: Vec<_> = job.templates.iter().map(|json| PathAwareValue::try_from((json, Path::root()))).collect();
    for text in &job.files {
        say(Said::Begins);
        // The name of the file stays out: Guard would put it into messages and names, which are read here.
        match rules_file(Span::new_extra(text, "")) {
            Ok(Some(rules)) => {
                let lines = Lines::of(&rules, text);
                let mut left = MOST;
                for (number, template) in templates.iter().enumerate() {
                    let found = match template {
                        Ok(template) => breaches(&rules, &lines, Rc::new(template.clone()), number),
                        Err(error) => Err(error.to_string()),
                    };
                    match found {
                        Ok(found) => {
                            found.into_iter().take(left).for_each(|breach| {
                                left -= 1;
                                say(Said::Breach(breach));
                            });
                        }
                        Err(reason) => {
                            say(Said::Failed(reason));
                            break;
                        }
                    }
                }
                say(Said::Done(rules.guard_rules.len()));
            }
            Ok(None) => say(Said::Done(0)),
            Err(error) => {
                say(unreadable(&error));
                say(Said::Done(0));
            }
        }
    }
}

/// The place where Guard stopped reading, which it tells in words only.
fn unreadable(error: &Error) -> Said {
    let text = error.to_string();
    let number = |word: &str| {
        let digits = text.split_once(word)?.1;
        digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    };
    match (number(" at line "), number(" at column ")) {
        (Some(line), Some(column)) => Said::Unreadable { line, column },
        _ => Said::Unreadable { line: 1, column: 1 },
    }
}

fn breaches(
    rules: &RulesFile<'_>,
    lines: &Lines<'_>,
    template: Rc<PathAwareValue>,
    number: usize,
) -> Result<Vec<Breach>, String> {
    let mut scope = root_scope(rules, template);
    let told = |error: Error| error.to_string();
    if eval_rules_file(rules, &mut scope, None).map_err(told)? != Status::FAIL {
        return Ok(Vec::new());
    }
    let record = scope.reset_recorder().extract();
    let report = simplified_json_from_root(&record).map_err(told)?;
    let mut found = Vec::new();
    report.not_compliant.iter().for_each(|check| collect(check, "", lines, &mut found));
    // A rule that fails since another one does adds nothing to what is told of that one.
    let own: Vec<String> = found.iter().filter(|b| b.needs.is_none()).map(|b| b.breach.rule.clone()).collect();
    found.retain(|b| b.needs.as_ref().is_none_or(|needed| !own.contains(needed)));
    let mut breaches: Vec<Breach> = Vec::new();
    for Found { breach, .. } in found {
        let breach = Breach { template: number, ..breach };
        if !breaches.contains(&breach) {
            breaches.push(breach);
        }
    }
    Ok(breaches)
}

/// A breach, and the rule that it follows from.
struct Found {
    breach: Breach,
    needs: Option<String>,
}

fn collect(check: &ClauseReport<'_>, rule: &str, lines: &Lines<'_>, found: &mut Vec<Found>) {
    match check {
        ClauseReport::Rule(inner) => inner.checks.iter().for_each(|check| collect(check, inner.name, lines, found)),
        // One of several would have been enough: that is one breach, told of the first.
        ClauseReport::Disjunctions(any) => {
            let mut inner = Vec::new();
            any.checks.iter().for_each(|check| collect(check, rule, lines, &mut inner));
            let message = inner.iter().find_map(|b| b.breach.message.clone());
            let first = inner.into_iter().next();
            found.extend(first.map(|first| Found { breach: Breach { message, ..first.breach }, ..first }));
        }
        ClauseReport::Block(block) => {
            let at = block.unresolved.as_ref().map(|u| (&*u.traversed_to, Some(u.remaining_query.as_str())));
            found.push(lines.found(rule, &block.context, &block.messages, at));
        }
        ClauseReport::Clause(GuardClauseReport::Unary(UnaryReport { context, messages, check })) => {
            let at = match check {
                UnaryCheck::UnResolved(u) => Some((&*u.value.traversed_to, Some(u.value.remaining_query.as_str()))),
                UnaryCheck::Resolved(resolved) => Some((&*resolved.value, None)),
                UnaryCheck::UnResolvedContext(_) => None,
            };
            let mut one = lines.found(rule, context, messages, at);
            if let (UnaryCheck::UnResolvedContext(needed), true) = (check, context.starts_with("Rule(")) {
                one.needs = Some(needed.clone());
            }
            found.push(one);
        }
        ClauseReport::Clause(GuardClauseReport::Binary(BinaryReport { context, messages, check })) => {
            let at = match check {
                BinaryCheck::UnResolved(u) => (&*u.value.traversed_to, Some(u.value.remaining_query.as_str())),
                BinaryCheck::Resolved(resolved) => (&*resolved.from, None),
                BinaryCheck::InResolved(resolved) => (&*resolved.from, None),
            };
            found.push(lines.found(rule, context, messages, Some(at)));
        }
    }
}

/// Where clauses stand. What Guard reports names a clause by its text alone.
struct Lines<'t> {
    text: &'t str,
    /// Rule, clause and line.
    clauses: Vec<(String, String, usize)>,
}

impl<'t> Lines<'t> {
    fn of(rules: &RulesFile<'_>, text: &'t str) -> Lines<'t> {
        let mut lines = Lines { text, clauses: Vec::new() };
        rules.guard_rules.iter().for_each(|rule| lines.add(rule));
        rules.parameterized_rules.iter().for_each(|rule| lines.add(&rule.rule));
        lines
    }

    fn add(&mut self, rule: &Rule<'_>) {
        for clause in rule.block.conjunctions.iter().flatten() {
            match clause {
                RuleClause::Clause(clause) => self.add_clause(&rule.rule_name, clause),
                RuleClause::WhenBlock(_, block) => self.add_block(&rule.rule_name, block),
                RuleClause::TypeBlock(of_type) => self.add_block(&rule.rule_name, &of_type.block),
            }
        }
    }

    fn add_block(&mut self, rule: &str, block: &Block<'_, GuardClause<'_>>) {
        block.conjunctions.iter().flatten().for_each(|clause| self.add_clause(rule, clause));
    }

    fn add_clause(&mut self, rule: &str, clause: &GuardClause<'_>) {
        match clause {
            GuardClause::Clause(clause) => {
                let line = usize::try_from(clause.access_clause.location.line).unwrap_or(1);
                self.clauses.push((rule.to_owned(), clause.to_string(), line));
            }
            GuardClause::BlockClause(inner) => self.add_block(rule, &inner.block),
            GuardClause::WhenBlock(_, block) => self.add_block(rule, block),
            // What Guard reports of these says where they stand.
            GuardClause::NamedRule(_) | GuardClause::ParameterizedNamedRule(_) => {}
        }
    }

    fn line(&self, rule: &str, context: &str) -> usize {
        if let Some(line) = context.split_once("Location[").and_then(|(_, rest)| rest.split_once(" line:")) {
            let digits = line.1.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
            return digits.parse().unwrap_or(1);
        }
        let is_it = |(_, clause, _): &&(String, String, usize)| clause == context;
        let own = self.clauses.iter().filter(|(name, ..)| name == rule).find(is_it);
        own.or_else(|| self.clauses.iter().find(is_it)).map_or_else(|| self.begin(rule), |(_, _, line)| *line)
    }

    /// The line on which a rule begins.
    fn begin(&self, rule: &str) -> usize {
        let is_it = |line: &str| {
            let name = line.trim_start().strip_prefix("rule ").map(str::trim_start);
            let rest = name.and_then(|name| name.strip_prefix(rule));
            rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
        };
        self.text.lines().position(is_it).map_or(1, |before| before + 1)
    }

    fn found(&self, rule: &str, context: &str, says: &Messages, at: Option<(&PathAwareValue, Option<&str>)>) -> Found {
        let message = says.custom_message.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let breach = Breach {
            template: 0,
            rule: rule.to_owned(),
            line: self.line(rule, context),
            path: at.map(|(value, _)| value.self_path().0.clone()).unwrap_or_default(),
            missing: at.and_then(|(_, missing)| missing).filter(|text| !text.is_empty()).map(str::to_owned),
            message: message.map(str::to_owned),
        };
        Found { breach, needs: None }
    }
}
