//! A value against a schema, with what only the deploy knows as a third answer.

mod values;

use std::borrow::Cow;

use super::pattern;
use super::violation::{Repair, Size, Violation, What};
use crate::aws::{self, Additional, Bound, ByRegion, Keyword, Object, ResourceType, Rule, Scalar, Schema, Types};
use crate::cfn::{Function, Target};
use crate::origin::OriginId;
use crate::value::{Entry, Kind, Value};
use crate::verify::scope::Scope;

use values::{fits, is_arn, is_of, is_one, keys_there, number, place, same, shown};

/// Whether a value is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    Right,
    /// Only the deploy knows.
    Unknown,
    Wrong,
}

use Verdict::{Right, Unknown, Wrong};

impl Verdict {
    fn when(right: bool) -> Verdict {
        if right { Right } else { Wrong }
    }

    fn not(self) -> Verdict {
        match self {
            Right => Wrong,
            Unknown => Unknown,
            Wrong => Right,
        }
    }
}

/// What the URL of a queue looks like: `Ref` of one gives it, where many take its ARN.
const QUEUE_URL: &str = "https://sqs.us-east-1.amazonaws.com/123456789012/Name";

/// How deep schemas may lead through definitions at one value; some name themselves.
const DEPTH: usize = 200;

/// Evaluates values of one resource.
pub(super) struct Eval<'a> {
    scope: &'a Scope<'a>,
    of: &'static ResourceType,
    /// Where the value is, below the properties.
    path: Vec<Cow<'a, str>>,
    /// What was found, unless only the verdict is wanted.
    found: Option<Vec<Violation>>,
    depth: usize,
}

impl<'a> Eval<'a> {
    pub(super) fn new(scope: &'a Scope<'a>, of: &'static ResourceType) -> Self {
        Eval { scope, of, path: Vec::new(), found: Some(Vec::new()), depth: 0 }
    }

    /// What is wrong with a value at a path.
    pub(super) fn violations(&mut self, schema: &'static Schema, value: &'a Value<Target>) -> Vec<Violation> {
        self.found = Some(Vec::new());
        self.eval(schema, value);
        self.found.take().unwrap_or_default()
    }

    /// What a rule says of a value that stands at a path.
    pub(super) fn breaks(&mut self, rule: &'static Rule, value: &'a Value<Target>) -> Option<Violation> {
        let violation = self.violations(&rule.schema, value).into_iter().next()?;
        // What a policy lacks says more than that there is a rule about policies.
        let is_policy = matches!(rule.schema.keywords.as_slice(), [Keyword::Document(_)]);
        Some(Violation { rule: (!is_policy).then_some(rule), ..violation })
    }

    /// Goes a step down while `f` runs.
    pub(super) fn below<T>(&mut self, step: impl Into<Cow<'a, str>>, f: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(step.into());
        let result = f(self);
        self.path.pop();
        result
    }

    /// The verdict alone.
    fn test(&mut self, schema: &'static Schema, value: &'a Value<Target>) -> Verdict {
        let found = self.found.take();
        let verdict = self.eval(schema, value);
        self.found = found;
        verdict
    }

    fn wrong(&mut self, at: OriginId, what: impl FnOnce() -> What) -> Verdict {
        if let Some(found) = &mut self.found {
            found.push(Violation { path: place(&self.path), at, what: what(), rule: None });
        }
        Wrong
    }

    fn eval(&mut self, schema: &'static Schema, value: &'a Value<Target>) -> Verdict {
        if schema.keywords.is_empty() {
            return Right;
        }
        if self.depth > DEPTH {
            return Unknown;
        }
        self.depth += 1;
        let verdict = match Function::of(value) {
            Some(function) => self.function(schema, value, &function),
            None if value.as_text().is_some_and(|text| text.contains("{{resolve:")) => Unknown,
            None => self.plain(schema, value),
        };
        self.depth -= 1;
        verdict
    }

    fn plain(&mut self, schema: &'static Schema, value: &'a Value<Target>) -> Verdict {
        let mut verdict = Right;
        for keyword in &schema.keywords {
            verdict = verdict.max(self.keyword(keyword, schema, value));
            // With another kind of value nothing else that is said makes sense; and a verdict alone is then found.
            if verdict == Wrong && (self.found.is_none() || matches!(keyword, Keyword::Types(_))) {
                return Wrong;
            }
        }
        verdict
    }

    /// What a function gives is known at the deploy; whether it can be right is known now.
    fn function(&mut self, schema: &'static Schema, value: &'a Value<Target>, function: &Function<'a>) -> Verdict {
        if let Function::Call("If", argument) = function {
            let verdicts: Vec<Verdict> =
                argument.items().iter().skip(1).take(2).map(|branch| self.eval(schema, branch)).collect();
            return match verdicts.as_slice() {
                [a, b] if a == b => *a,
                _ => Unknown,
            };
        }
        if Scope::is_absent(value) {
            return Unknown;
        }
        if schema.keywords.contains(&Keyword::Never) {
            return self.wrong(value.origin, || What::Never);
        }
        let (wanted, format, pattern) = self.wanted(schema, 0);
        let gives = self.scope.gives(function);
        if let (Some(wanted), Some(given)) = (wanted, gives.types)
            && !fits(wanted, given, gives.property.or(gives.format))
        {
            let repair = self.found.is_some().then(|| self.repair(wanted, schema, value)).flatten();
            return self.wrong(value.origin, || What::Gives { wanted, gives: given, repair });
        }
        if let (Some("QueueUrl"), Some(pattern)) = (gives.property, pattern)
            && pattern::matches(pattern, QUEUE_URL) == Some(false)
        {
            let what = || What::Means { wanted: "an ARN", gives: "`QueueUrl`".to_owned(), id: id(function) };
            return self.wrong(value.origin, what);
        }
        let Some(wanted) = format.or_else(|| pattern.filter(|p| is_arn(p)).map(|_| "an ARN")) else { return Unknown };
        let other = match (gives.format, gives.property) {
            (Some(given), _) if given.starts_with("AWS::") && wanted.starts_with("AWS::") => {
                (given != wanted).then(|| format!("`{given}`"))
            }
            // Ids of EC2 begin with what they are of.
            (None, Some(property)) if wanted.starts_with("AWS::EC2::") && wanted.ends_with(".Id") => {
                let of = self.scope.type_of(function);
                of.filter(|of| wanted.strip_suffix(".Id") != Some(of)).map(|_| format!("`{property}`"))
            }
            (_, Some(property)) if wanted.ends_with("ARN") || wanted.ends_with(".Arn") => {
                (property.ends_with("Name") || property.ends_with("Id") || property.ends_with("Url"))
                    .then(|| format!("`{property}`"))
            }
            _ => None,
        };
        match other {
            Some(gives) => self.wrong(value.origin, || What::Means { wanted, gives, id: id(function) }),
            None => Unknown,
        }
    }

    /// What kinds of value a schema takes, what a text of it means, and how it is spelt.
    fn wanted(
        &self,
        schema: &'static Schema,
        depth: usize,
    ) -> (Option<Types>, Option<&'static str>, Option<&'static str>) {
        let (mut types, mut format, mut pattern) = (None, None, None);
        for keyword in &schema.keywords {
            match keyword {
                Keyword::Types(t) => types = Some(*t),
                Keyword::Format(f) => format = Some(*f),
                Keyword::Pattern(p) => pattern = Some(*p),
                Keyword::Definition(at) if depth < 8 => {
                    if let Some((_, schema)) = self.of.definitions.get(*at) {
                        let (t, f, p) = self.wanted(schema, depth + 1);
                        (types, format, pattern) = (types.or(t), format.or(f), pattern.or(p));
                    }
                }
                // Several ways to be right: what a text means is not decided here.
                Keyword::OneOf(_) | Keyword::AnyOf(_) | Keyword::If(_) => return (types, None, None),
                _ => {}
            }
        }
        (types, format, pattern)
    }

    fn keyword(&mut self, keyword: &'static Keyword, of: &'static Schema, value: &'a Value<Target>) -> Verdict {
        match keyword {
            Keyword::Never => self.wrong(value.origin, || What::Never),
            Keyword::Definition(at) => match self.of.definitions.get(*at) {
                Some((_, schema)) => self.eval(schema, value),
                None => Unknown,
            },
            Keyword::Types(wanted) => self.types(*wanted, of, value),
            Keyword::Object(object) => self.object(object, value),
            Keyword::Required(keys) => self.required(keys, value),
            Keyword::Enum(known) => self.listed(known, value, false),
            Keyword::EnumAnyCase(known) => self.listed(known, value, true),
            Keyword::EnumByRegion(regions, known) => self.by_region(*regions, *known, value),
            Keyword::Pattern(pattern) => self.pattern(pattern, value),
            Keyword::Length(bound) => {
                let Some(text) = value.as_text() else { return Right };
                self.size(Size::Characters, text.chars().count(), bound, value)
            }
            Keyword::Range(bound) => match number(value) {
                Some(is) if !bound.holds(is) => {
                    self.wrong(value.origin, || What::Size { what: Size::Number, is, bound: **bound })
                }
                _ => Right,
            },
            Keyword::MultipleOf(of) => match (number(value), of.number()) {
                (Some(is), Some(of)) if of != 0.0 && (is / of).fract() != 0.0 => {
                    self.wrong(value.origin, || What::Multiple { is, of })
                }
                _ => Right,
            },
            Keyword::Items(schema) => self.each(value, |_| Some(schema)),
            Keyword::PrefixItems(schemas) => self.each(value, |at| schemas.get(at)),
            Keyword::ItemCount(bound) => match &value.kind {
                Kind::List(items) if items.iter().all(is_one) => self.size(Size::Items, items.len(), bound, value),
                Kind::List(_) => Unknown,
                _ => Right,
            },
            Keyword::KeyCount(bound) => match &value.kind {
                Kind::Map(entries) => self.size(Size::Keys, entries.len(), bound, value),
                _ => Right,
            },
            Keyword::UniqueItems => self.unique(value, same),
            Keyword::UniqueKeys(keys) => self.unique(value, |a, b| {
                keys.iter().all(|key| match (a.get(key), b.get(key)) {
                    (Some(a), Some(b)) => same(a, b),
                    (None, None) => true,
                    _ => false,
                }) && keys.iter().any(|key| a.get(key).is_some())
            }),
            Keyword::Format(_) => Right,
            Keyword::OneOf(each) => self.one_of(each, value),
            Keyword::AnyOf(each) => self.any_of(each, value),
            Keyword::AllOf(each) => each.iter().fold(Right, |verdict, schema| verdict.max(self.eval(schema, value))),
            Keyword::If(parts) => {
                let [condition, then, otherwise] = parts.as_ref();
                match self.test(condition, value) {
                    Right => self.eval(then, value),
                    Wrong => self.eval(otherwise, value),
                    Unknown => Unknown,
                }
            }
            Keyword::Not(schema) => match self.test(schema, value).not() {
                Wrong => self.wrong(value.origin, || What::Excluded { is: shown(value) }),
                verdict => verdict,
            },
            Keyword::KeyNames(names) => self.key_names(names, value),
            Keyword::RequiredXor(keys) => self.xor(keys, value),
            Keyword::RequiredOr(keys) => match keys_there(value, keys) {
                Some(there) if there.is_empty() => self.wrong(value.origin, || What::OneOfKeys { keys: keys.clone() }),
                _ => Right,
            },
            Keyword::DependentRequired(needs) => self.dependent(needs, value, true),
            Keyword::DependentExcluded(excluded) => self.dependent(excluded, value, false),
            Keyword::Contains(schema) => match &value.kind {
                Kind::List(items) => {
                    let best = items.iter().map(|item| self.test(schema, item)).min().unwrap_or(Wrong);
                    if best == Wrong { self.wrong(value.origin, || What::NoAlternative) } else { best }
                }
                _ => Right,
            },
            Keyword::Document(name) => self.document(name, value),
        }
    }

    fn types(&mut self, wanted: Types, schema: &'static Schema, value: &'a Value<Target>) -> Verdict {
        if is_of(wanted, value) {
            return Right;
        }
        // Around a function that is no function, other things are wrong.
        if value.entries().iter().any(|e| e.key.starts_with("Fn::")) {
            return Unknown;
        }
        if self.found.is_none() {
            return Wrong;
        }
        let repair = self.repair(wanted, schema, value);
        let item = schema.keywords.iter().find_map(|keyword| match keyword {
            Keyword::Items(item) if wanted.meets(Types::ARRAY) => Some(item.as_ref()),
            _ => None,
        });
        let keys = self.of.keywords(item.unwrap_or(schema)).filter_map(|keyword| match keyword {
            Keyword::Object(object) => Some(object.properties.iter().map(|(name, _)| *name)),
            _ => None,
        });
        let keys = keys.flatten().collect();
        self.wrong(value.origin, || What::Type { wanted, is: shown(value), keys, repair })
    }

    /// What would make a list of a value, or a value of a list, where that is all that is wrong.
    fn repair(&mut self, wanted: Types, schema: &'static Schema, value: &'a Value<Target>) -> Option<Repair> {
        match value.items() {
            [only] if !wanted.meets(Types::ARRAY) => {
                (self.test(schema, only) != Wrong).then_some(Repair::Only(only.origin))
            }
            [] if wanted.meets(Types::ARRAY) => {
                let item = self.of.keywords(schema).find_map(|keyword| match keyword {
                    Keyword::Items(item) => Some(item.as_ref()),
                    _ => None,
                })?;
                (self.test(item, value) != Wrong).then_some(Repair::List)
            }
            _ => None,
        }
    }

    fn object(&mut self, object: &'static Object, value: &'a Value<Target>) -> Verdict {
        let Kind::Map(entries) = &value.kind else { return Right };
        let mut verdict = Right;
        for entry in entries.iter().filter(|e| !Scope::is_absent(&e.value)) {
            let mut known = false;
            if let Some(schema) = object.property(&entry.key) {
                known = true;
                verdict = verdict.max(self.entry(schema, entry));
            }
            for (pattern, schema) in &object.patterns {
                if pattern::matches(pattern, &entry.key) != Some(false) {
                    known = true;
                    verdict = verdict.max(self.entry(schema, entry));
                }
            }
            match &object.additional {
                _ if known => {}
                Additional::Any => {}
                // A macro may put anything in their place.
                Additional::None if entry.key.starts_with("Fn::") => verdict = verdict.max(Unknown),
                Additional::None => {
                    let known = || object.properties.iter().map(|(name, _)| *name).collect();
                    verdict = self.wrong(entry.key_origin, || What::Unknown { key: entry.key.clone(), known: known() });
                }
                Additional::Schema(schema) => verdict = verdict.max(self.entry(schema, entry)),
            }
            if verdict == Wrong && self.found.is_none() {
                return Wrong;
            }
        }
        verdict
    }

    fn entry(&mut self, schema: &'static Schema, entry: &'a Entry<Target>) -> Verdict {
        self.below(entry.key.as_str(), |eval| eval.eval(schema, &entry.value))
    }

    fn required(&mut self, keys: &'static [&'static str], value: &'a Value<Target>) -> Verdict {
        let Kind::Map(entries) = &value.kind else { return Right };
        if entries.iter().any(|e| e.key.starts_with("Fn::")) {
            return Unknown;
        }
        let is_there = |key: &str| value.get(key).is_some_and(|v| !Scope::is_absent(v));
        if keys.iter().all(|key| is_there(key)) {
            return Right;
        }
        self.wrong(value.origin, || What::Missing(keys.iter().copied().filter(|key| !is_there(key)).collect()))
    }

    fn listed(&mut self, known: &'static [Scalar], value: &'a Value<Target>, any_case: bool) -> Verdict {
        let Some(text) = Scope::scalar(value) else { return self.unlisted(known, value) };
        let is = |scalar: &Scalar| match scalar {
            Scalar::Text(known) if any_case => known.eq_ignore_ascii_case(&text),
            Scalar::Text(known) => *known == text,
            other => other.to_string() == text || (other.number().is_some() && other.number() == number(value)),
        };
        if known.iter().any(is) { Right } else { self.unlisted(known, value) }
    }

    fn unlisted(&mut self, known: &'static [Scalar], value: &'a Value<Target>) -> Verdict {
        self.wrong(value.origin, || What::Enum {
            is: shown(value),
            known: known.iter().map(ToString::to_string).collect(),
        })
    }

    fn by_region(&mut self, regions: u64, known: ByRegion, value: &'a Value<Target>) -> Verdict {
        let Some(bit) = self.scope.region.and_then(aws::region_bit) else { return Unknown };
        let Some(text) = value.as_text().filter(|_| regions & bit != 0) else { return Right };
        let known = known.texts();
        let here: Vec<&'static str> =
            known.iter().filter(|(_, among)| among & bit != 0).map(|(name, _)| *name).collect();
        if here.contains(&text) {
            return Right;
        }
        self.wrong(value.origin, || What::NotInRegion {
            is: text.to_owned(),
            is_elsewhere: known.iter().any(|(name, _)| *name == text),
            known: here,
        })
    }

    fn pattern(&mut self, pattern: &'static str, value: &'a Value<Target>) -> Verdict {
        let Some(text) = value.as_text() else { return Right };
        match pattern::matches(pattern, text) {
            Some(true) => Right,
            Some(false) => self.wrong(value.origin, || What::Pattern { is: shown(value), pattern }),
            None => Unknown,
        }
    }

    fn size(&mut self, what: Size, count: usize, bound: &'static Bound, value: &'a Value<Target>) -> Verdict {
        #[expect(clippy::cast_precision_loss, reason = "nothing in a template is that large")]
        let is = count as f64;
        if bound.holds(is) {
            return Right;
        }
        self.wrong(value.origin, || What::Size { what, is, bound: *bound })
    }

    fn each(&mut self, value: &'a Value<Target>, schema: impl Fn(usize) -> Option<&'static Schema>) -> Verdict {
        let mut verdict = Right;
        for (at, item) in value.items().iter().enumerate() {
            if let Some(schema) = schema(at) {
                verdict = verdict.max(self.below(at.to_string(), |eval| eval.eval(schema, item)));
            }
        }
        verdict
    }

    fn unique(&mut self, value: &'a Value<Target>, same: impl Fn(&Value<Target>, &Value<Target>) -> bool) -> Verdict {
        let items = value.items();
        for (at, item) in items.iter().enumerate() {
            if items.iter().take(at).any(|before| same(before, item)) {
                return self.wrong(item.origin, || What::Twice { item: shown(item) });
            }
        }
        Right
    }

    fn one_of(&mut self, each: &'static [Schema], value: &'a Value<Target>) -> Verdict {
        let verdicts: Vec<Verdict> = each.iter().map(|schema| self.test(schema, value)).collect();
        let count = |of: Verdict| verdicts.iter().filter(|v| **v == of).count();
        match (count(Right), count(Unknown)) {
            (1, 0) => Right,
            (0, 0) => self.none_fits(each, value),
            (right, _) if right > 1 => self.wrong(value.origin, || What::TwoAlternatives),
            _ => Unknown,
        }
    }

    fn any_of(&mut self, each: &'static [Schema], value: &'a Value<Target>) -> Verdict {
        let best = each.iter().map(|schema| self.test(schema, value)).min().unwrap_or(Right);
        if best == Wrong { self.none_fits(each, value) } else { best }
    }

    /// What is wrong where no alternative fits: of the one that asks for the same kind of value, if it is only one; in
    /// general that none does.
    fn none_fits(&mut self, each: &'static [Schema], value: &'a Value<Target>) -> Verdict {
        let keys: Option<Vec<&'static str>> = each
            .iter()
            .map(|schema| match schema.keywords.as_slice() {
                [Keyword::Required(keys)] if keys.len() == 1 => keys.first().copied(),
                _ => None,
            })
            .collect();
        if let Some(keys) = keys {
            return self.wrong(value.origin, || What::OneOfKeys { keys });
        }
        let mut fitting = each.iter().filter(|schema| self.wanted(schema, 0).0.is_none_or(|t| is_of(t, value)));
        match (fitting.next(), fitting.next()) {
            (Some(only), None) => self.eval(only, value),
            _ => self.wrong(value.origin, || What::NoAlternative),
        }
    }

    fn key_names(&mut self, names: &'static Schema, value: &'a Value<Target>) -> Verdict {
        let mut verdict = Right;
        for entry in value.entries() {
            let key = Value::text(entry.key_origin, entry.key.clone());
            let mut own = Eval { found: None, path: Vec::new(), scope: self.scope, of: self.of, depth: self.depth };
            if own.eval_key(names, &key) == Wrong {
                verdict = self.wrong(entry.key_origin, || What::Excluded { is: format!("`{}`", entry.key) });
            }
        }
        verdict
    }

    /// A key, as a text of its own: only what is said of texts counts.
    fn eval_key(&mut self, schema: &'static Schema, key: &Value<Target>) -> Verdict {
        let text = key.as_text().unwrap_or_default();
        schema.keywords.iter().fold(Right, |verdict, keyword| {
            verdict.max(match keyword {
                Keyword::Enum(known) => {
                    Verdict::when(known.iter().any(|scalar| matches!(scalar, Scalar::Text(known) if *known == text)))
                }
                Keyword::Pattern(pattern) => pattern::matches(pattern, text).map_or(Unknown, Verdict::when),
                Keyword::Not(schema) => self.eval_key(schema, key).not(),
                _ => Right,
            })
        })
    }

    fn xor(&mut self, keys: &'static [&'static str], value: &'a Value<Target>) -> Verdict {
        let Some(there) = keys_there(value, keys) else { return Right };
        match there.as_slice() {
            [_] => Right,
            [] => self.wrong(value.origin, || What::OneOfKeys { keys: keys.to_vec() }),
            several => {
                // Of two that may each be left out at the deploy, one may remain.
                if several.iter().any(|key| value.get(key).is_some_and(|v| !is_one(v))) {
                    return Unknown;
                }
                let at = several.last().and_then(|key| value.entry(key)).map_or(value.origin, |e| e.key_origin);
                let keys = several.to_vec();
                self.wrong(at, || What::Exclusive { keys })
            }
        }
    }

    fn dependent(
        &mut self,
        pairs: &'static [(&'static str, Vec<&'static str>)],
        value: &'a Value<Target>,
        wanted: bool,
    ) -> Verdict {
        let is_there = |key: &str| value.get(key).is_some_and(|v| !Scope::is_absent(v));
        let mut verdict = Right;
        for (key, others) in pairs.iter().filter(|(key, _)| is_there(key)) {
            for other in others {
                // That two exclude each other is said of both, and told once.
                let is_told =
                    || !wanted && other < key && pairs.iter().any(|(k, others)| k == other && others.contains(key));
                if is_there(other) == wanted || is_told() {
                    continue;
                }
                let unsure = [key, other].into_iter().any(|key| value.get(key).is_some_and(|v| !is_one(v)));
                let at = value.entry(if wanted { key } else { other }).map_or(value.origin, |e| e.key_origin);
                verdict = verdict.max(match unsure {
                    true => Unknown,
                    false if wanted => self.wrong(at, || What::Needs { key, needs: other }),
                    false => self.wrong(at, || {
                        let beside = value.entry(key).map_or(at, |e| e.key_origin);
                        What::Excludes { key, excluded: other, beside }
                    }),
                });
            }
        }
        verdict
    }

    /// A document of another language; as text it is left alone.
    fn document(&mut self, name: &str, value: &'a Value<Target>) -> Verdict {
        let (Some(language), Kind::Map(_)) = (aws::resource_type(name), &value.kind) else { return Right };
        let of = std::mem::replace(&mut self.of, language);
        let verdict = self.eval(&language.schema, value);
        self.of = of;
        verdict
    }
}

/// The resource that a function refers to.
fn id(function: &Function<'_>) -> String {
    match function {
        Function::Ref(id) | Function::GetAtt(id, _) => (*id).to_owned(),
        _ => String::new(),
    }
}
