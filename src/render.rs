//! Rendering: a template and a plan become typed resources, through structural holes.
//!
//! `{{ x }}` writes a place-holder, never the value. The rendered text is parsed, and only then are the values put into the
//! tree, whole and with their origins, so that no value can change the structure. A template spells the same of all plans of one
//! shape, and is asked once; equal texts are parsed once.

mod embedded;
mod skeleton;
mod splice;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior};

use crate::cfn::Resource;
use crate::component::Fragment;
use crate::origin::Origins;
use crate::plan::{self, Leaf, Plan};
use crate::value::Value;

pub use embedded::{TEMPLATES, source};
use skeleton::Skeleton;

/// How many steps a template may take: far more than any needs, and an end to a loop gone wrong.
const FUEL: u64 = 2_000_000;

/// A template that does not do what it should: a bug of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderError {
    /// What went wrong, with the template's name and line where they are known.
    pub message: String,
}

/// A template's name, and the shape of a plan for it.
type Shape = (&'static str, Vec<u8>);

/// What a template spells of every plan of one shape.
struct Spelled {
    skeleton: Arc<Skeleton>,
    /// For each hole, the number of the leaf that fills it.
    holes: Vec<usize>,
}

/// The templates, compiled, and what was parsed of their output.
pub struct Renderer {
    environment: Environment<'static>,
    holes: Arc<Mutex<Vec<usize>>>,
    spelled: Mutex<BTreeMap<Shape, Arc<Spelled>>>,
    skeletons: Mutex<BTreeMap<String, Arc<Skeleton>>>,
}

impl std::fmt::Debug for Renderer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Renderer").finish_non_exhaustive()
    }
}

impl Default for Renderer {
    fn default() -> Self {
        Renderer::new()
    }
}

impl Renderer {
    /// A renderer with the templates that come with the compiler.
    #[must_use]
    pub fn new() -> Self {
        let holes: Arc<Mutex<Vec<usize>>> = Arc::default();
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        // Neither can fail: only delimiters can contradict each other.
        if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build() {
            environment.set_syntax(syntax);
        }
        environment.set_debug(true);
        environment.set_fuel(Some(FUEL));
        // Not `None`: what a macro returns must come back marked as text of ours.
        environment.set_auto_escape_callback(|_| AutoEscape::Custom("hole".into()));
        environment.set_loader(|name| Ok(skeleton::marked(name)));
        let filled = Arc::clone(&holes);
        environment.set_formatter(move |out, _state, value| {
            if value.is_undefined() {
                return Err(Error::new(ErrorKind::UndefinedError, "the plan has no such field"));
            }
            if value.is_safe() {
                return out.write_str(value.as_str().unwrap_or_default()).map_err(Error::from);
            }
            let Some(leaf) = value.downcast_object_ref::<Leaf>() else {
                return Err(Error::new(
                    ErrorKind::InvalidOperation,
                    format!("`{value}` has no origin and cannot be placed"),
                ));
            };
            let mut holes = filled.lock().unwrap_or_else(PoisonError::into_inner);
            holes.push(leaf.number);
            write!(out, "{}{}{}", skeleton::HOLE, holes.len() - 1, skeleton::HOLE_END).map_err(Error::from)
        });
        Renderer { environment, holes, spelled: Mutex::default(), skeletons: Mutex::default() }
    }

    /// The resources of a fragment, in the template's order.
    ///
    /// # Errors
    /// The template and its plan do not fit together, or what it spells is not a map of resources: a bug of ours.
    pub fn render(&self, fragment: &Fragment, origins: &Origins) -> Result<Vec<Resource>, RenderError> {
        self.spell(fragment.template, &fragment.plan, &fragment.scope, origins)
    }

    /// The resources that a template spells of a plan, their local ids in a scope.
    ///
    /// # Errors
    /// As [`Renderer::render`].
    pub fn spell(
        &self,
        name: &'static str,
        plan: &Plan,
        scope: &str,
        origins: &Origins,
    ) -> Result<Vec<Resource>, RenderError> {
        let (shape, leaves) = plan.shape();
        let fail = |message: String| RenderError { message: format!("templates/{name}.yaml.j2: {message}") };
        let spelled = self.spelled(name, plan, shape).map_err(fail)?;
        let holes: Option<Vec<&Value>> = spelled.holes.iter().map(|number| leaves.get(*number).copied()).collect();
        let holes = holes.ok_or_else(|| fail("a hole has no value".to_owned()))?;
        splice::resources(&spelled.skeleton, &holes, scope, origins).map_err(fail)
    }

    fn spelled(&self, name: &'static str, plan: &Plan, shape: Vec<u8>) -> Result<Arc<Spelled>, String> {
        let mut known = self.spelled.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (name, shape);
        if let Some(spelled) = known.get(&key) {
            return Ok(Arc::clone(spelled));
        }
        self.holes.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let template = self.environment.get_template(name).map_err(|e| described(&e))?;
        let text = template.render(plan::context(plan)).map_err(|e| described(&e))?;
        let holes = std::mem::take(&mut *self.holes.lock().unwrap_or_else(PoisonError::into_inner));
        let spelled = Arc::new(Spelled { skeleton: self.skeleton(text)?, holes });
        known.insert(key, Arc::clone(&spelled));
        Ok(spelled)
    }

    fn skeleton(&self, text: String) -> Result<Arc<Skeleton>, String> {
        let mut known = self.skeletons.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(skeleton) = known.get(&text) {
            return Ok(Arc::clone(skeleton));
        }
        let skeleton = Arc::new(Skeleton::parse(&text)?);
        known.insert(text, Arc::clone(&skeleton));
        Ok(skeleton)
    }
}

fn described(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        text.push_str(&format!(": {inner}"));
        source = inner.source();
    }
    text
}
