//! Other stages: compiled when a component imports from them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::compile_within;
use crate::component::{Interface, Neighbour};
use crate::diag::{Code, Diagnostic, Diagnostics, Severity, a_quoted, did_you_mean, quote_list};
use crate::lower::{OtherStages, Theirs};
use crate::origin::{OriginId, Origins};
use crate::overlay::STG001;
use crate::project::Project;
use crate::render::Renderer;
use crate::setting::Setting;

/// How many stages an import may lead through.
const DEPTH: usize = 8;

/// `STG009`: an import from a stage that cannot give it.
pub const STG009: Code = Code {
    id: "STG009",
    explanation: "the other stage does not have what is imported\n\n\
        `import: {stage: staging}` uses the component of the same name on that stage. The stage must have a layer, must compile, \
        must have the component (of the same kind), and must not import it in turn from here. A local stage makes nothing \
        that could be imported.",
};

/// Other stages, each compiled once, when the first import asks for it.
pub(super) struct Others<'a> {
    project: &'a Project,
    renderer: &'a Renderer,
    importing: Vec<String>,
    /// The account of the stage that imports, if it says one.
    account: Option<Setting<String>>,
    origins: &'a Origins,
    findings: RefCell<Diagnostics>,
    known: RefCell<BTreeMap<String, Option<Rc<Facts>>>>,
}

/// What imports need of a compiled stage.
struct Facts {
    kinds: BTreeMap<String, &'static str>,
    components: BTreeMap<String, Theirs>,
}

impl<'a> Others<'a> {
    /// `importing` are the stages that are being compiled already, the last of them importing.
    pub(super) fn new(
        project: &'a Project,
        renderer: &'a Renderer,
        importing: Vec<String>,
        account: Option<Setting<String>>,
        origins: &'a Origins,
    ) -> Self {
        Others {
            project,
            renderer,
            importing,
            account,
            origins,
            findings: RefCell::default(),
            known: RefCell::default(),
        }
    }

    /// What was found on the way.
    pub(super) fn into_findings(self) -> Diagnostics {
        self.findings.into_inner()
    }

    fn report(&self, title: String, origin: OriginId, label: &str, help: String) {
        let diagnostic = Diagnostic::error(STG009, title).at_origin(self.origins, origin, &[], label);
        self.findings.borrow_mut().push(diagnostic.help(help));
    }

    /// The facts of a stage; why there are none is told once.
    fn facts(&self, stage: &Setting<String>, of: &str) -> Option<Rc<Facts>> {
        if let Some(known) = self.known.borrow().get(&stage.value) {
            return known.clone();
        }
        let facts = self.compiled(stage, of).map(Rc::new);
        self.known.borrow_mut().insert(stage.value.clone(), facts.clone());
        facts
    }

    fn compiled(&self, stage: &Setting<String>, of: &str) -> Option<Facts> {
        let name = &stage.value;
        if self.importing.len() > DEPTH {
            let title = format!("`{of}` is imported through more than {DEPTH} stages");
            let help = "import it from the stage that makes it".to_owned();
            self.report(title, stage.origin, "one stage too far", help);
            return None;
        }
        let mut findings = Diagnostics::default();
        let compiled = compile_within(self.project, name, self.renderer, &self.importing, &mut findings);
        let Some(compiled) = compiled else {
            let inner = findings.all().iter().find(|d| d.severity == Severity::Error);
            // Of a circle the place that closes it is told, not everything on the way to it.
            if let Some(circle) = inner.filter(|d| d.code == STG009) {
                self.findings.borrow_mut().push(circle.clone());
                return None;
            }
            if inner.is_some_and(|d| d.code == STG001) {
                let permanent = self.project.permanent_stages();
                let help = match did_you_mean(name, permanent.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("stages with a layer of their own: {}", quote_list(&permanent)),
                };
                let title = format!("`{of}` is imported from the stage `{name}`, which has no layer");
                self.report(title, stage.origin, "no such stage", help);
                return None;
            }
            let title = match inner {
                Some(inner) => format!("the stage `{name}` does not compile: {}", inner.title),
                None => format!("the stage `{name}` does not compile"),
            };
            let help = format!("repair it first: `reggie-cfn check {name}` shows where");
            self.report(title, stage.origin, &format!("`{of}` is imported from there"), help);
            return None;
        };
        if compiled.model.stage.is_local() {
            let title = format!("`{of}` is imported from the local stage `{name}`, which makes nothing");
            let help = "import it from a stage with stacks".to_owned();
            self.report(title, stage.origin, "a stage without stacks", help);
            return None;
        }
        if let (Some(own), Some(theirs)) = (&self.account, &compiled.model.stage.account)
            && own.value != theirs.value
        {
            let title = format!("`{of}` is imported from `{name}`, which is in another account ({})", theirs.value);
            let help = "outputs are read in this stage's own account: import literal ids instead".to_owned();
            self.report(title, stage.origin, "of another account", help);
            return None;
        }
        let kinds = compiled.model.components.iter().map(|(name, c)| (name.clone(), c.kind.name)).collect();
        let mut published = compiled.linked.published;
        let theirs = |(name, neighbour): (String, Neighbour)| {
            let published = published.remove(&name).unwrap_or_default();
            let Interface { timeout, fifo, covers, .. } = neighbour.interface;
            let covers = covers.map(|names| names.into_iter().map(|name| name.value).collect());
            (name, Theirs { published, timeout: timeout.map(|t| t.value), fifo: fifo.map(|f| f.value), covers })
        };
        let components = compiled.lowered.neighbours.into_iter().map(theirs).collect();
        Some(Facts { kinds, components })
    }
}

impl OtherStages for Others<'_> {
    fn component(&self, stage: &Setting<String>, component: &Setting<String>, kind: &str) -> Option<Theirs> {
        let (name, of) = (&stage.value, &component.value);
        if self.importing.contains(name) {
            let circle: Vec<String> = self.importing.iter().chain([name]).map(|s| format!("`{s}`")).collect();
            let title = format!("stages import from each other in a circle: {}", circle.join(" → "));
            self.report(title, stage.origin, "leads back", "let one stage make the component itself".to_owned());
            return None;
        }
        let facts = self.facts(stage, of)?;
        match facts.kinds.get(of) {
            Some(found) if *found == kind => facts.components.get(of).cloned(),
            Some(found) => {
                let title = format!("`{of}` of the stage `{name}` is {}, and {} here", a_quoted(found), a_quoted(kind));
                self.report(title, component.origin, "imported as another kind", format!("write `type: {found}`"));
                None
            }
            None => {
                let known: Vec<&str> = facts.kinds.keys().map(String::as_str).collect();
                let help = match did_you_mean(of, known.iter().copied()) {
                    Some(near) => format!("did you mean `component: {near}`?"),
                    None => format!("components there: {}", quote_list(&known)),
                };
                self.report(format!("the stage `{name}` has no `{of}`"), component.origin, "not there", help);
                None
            }
        }
    }
}
