//! `package`: makes what stacks are deployed with, brings it to AWS, and writes down which it is.
//!
//! Everything local comes first and is checked whole; then what AWS lacks is brought; at the very end `release.json` is written, so that
//! it names only what is there. AWS and Docker are asked by their own commands, whose credentials and settings hold here too.

mod aws;
mod build;
mod images;
mod local;
mod progress;
mod report;
mod upload;
mod walk;
mod zip;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::report::{Failure, Outcome, Terminal};
use super::{Common, Format, Result, disk, state, write};
use crate::compile::{Compiled, compile};
use crate::diag::{Diagnostics, did_you_mean, quote_list};
use crate::project::Project;
use crate::release::{FILE, Given, Package as Wanted, Values, What, check_whole, not_given, plan};
use crate::render::Renderer;
use crate::source::Sources;

use build::{Filler, Inputs};
use images::{Brought, Repository};
use local::{Made, Reader, SiteMade};
use progress::Progress;
use report::{Row, State, mebibytes};
use upload::{Bucket, Stopped};

/// Make zips, images and files of a stage's code, bring them to AWS, and write down which they are.
///
/// What a component is made of gives its name, so that what is there already is not brought again. The names are written to
/// `.reggie-cfn/<STAGE>/release.json` when all of it is there; `aws cloudformation deploy --parameter-overrides` reads that file.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  reggie-cfn package production --build\n  \
    reggie-cfn package staging ReggieApiHandler        the others keep their code\n  \
    reggie-cfn package production --dry-run            what would be brought; asks nobody\n  \
    reggie-cfn package production --release images.json   digests of images that something else builds")]
pub(crate) struct Package {
    /// The stage.
    stage: String,
    /// The components to pack; all of them unless named. The others keep their values.
    #[arg(value_name = "COMPONENT")]
    components: Vec<String>,
    /// Run the `build.command` of each site first, in its folder, with its `build.environment`.
    #[arg(long)]
    build: bool,
    /// Make and check everything here, and bring nothing: neither `aws` nor `docker` is run.
    #[arg(long)]
    dry_run: bool,
    /// A release: what it has values of is taken as it says, and not made.
    #[arg(long, value_name = "FILE")]
    release: Option<PathBuf>,
    /// Inputs for builds, a line `NAME=value` each.
    #[arg(long, value_name = "FILE")]
    inputs: Option<PathBuf>,
    /// A component that is packed later, since its build asks for what the deploy makes first: the release need not have it yet.
    #[arg(long, value_name = "COMPONENT", requires = "components")]
    later: Vec<String>,
    /// Where files between two commands are, relative to the project.
    #[arg(long, value_name = "DIR", default_value = ".reggie-cfn")]
    state: PathBuf,
}

/// The most bytes of a release.
const MAX_BYTES: usize = 1 << 20;
/// The folder of the state in which zips and files are laid out.
const FOLDER: &str = "package";
/// The outputs of the bootstrap stack.
const BUCKET: &str = "ArtifactBucket";
const REPOSITORY: &str = "ImageRepository";

impl Package {
    pub(super) fn run(&self, common: &Common, terminal: &Terminal) -> Result {
        let Some((mut project, mut findings)) = disk::load_or_tell(&common.project, terminal)? else {
            return Ok(Outcome::Errors);
        };
        let mut own = Diagnostics::default();
        let Some(compiled) = compile(&project, &self.stage, &Renderer::new(), &mut own) else {
            findings.merge(own, Some(&self.stage));
            terminal.findings(findings, &project.sources)?;
            return Ok(Outcome::Errors);
        };
        if compiled.model.stage.is_local() {
            let stage = &self.stage;
            return Err(Failure::Usage(format!("`{stage}` is a local stage, of which nothing is released")));
        }
        let packages = plan(&compiled);
        let chosen = self.chosen(&packages)?;
        let folder = state::folder(&common.project.join(&self.state), &compiled.model.stage.name.value)?;
        // Other commands have the stage's folder to themselves: this one takes minutes.
        let work = folder.join(FOLDER);
        write::no_link(&work)?;
        fs::create_dir_all(&work).map_err(|e| Failure::file("create", &work, e))?;
        let _lock = write::locked(&work)?;
        let progress = Progress::new(terminal.for_people());
        let at_work = AtWork { own: self, common, terminal, compiled: &compiled, folder: &folder, progress: &progress };
        at_work.run(&packages, &chosen, &mut project)
    }

    /// The components to pack.
    fn chosen<'p>(&self, packages: &'p [Wanted<'_>]) -> Result<BTreeSet<&'p str>> {
        let known = || packages.iter().map(|package| package.artifact.component.as_str());
        if self.components.is_empty() {
            return Ok(known().collect());
        }
        let mut chosen = BTreeSet::new();
        for name in &self.components {
            match known().find(|known| known == name) {
                Some(known) => drop(chosen.insert(known)),
                None => {
                    let help = match did_you_mean(name, known()) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => format!("components with code: {}", quote_list(&known().collect::<Vec<_>>())),
                    };
                    return Err(Failure::Usage(format!(
                        "`{name}` is no component of `{}` that a release brings; {help}",
                        self.stage
                    )));
                }
            }
        }
        Ok(chosen)
    }
}

/// A run.
struct AtWork<'a> {
    own: &'a Package,
    common: &'a Common,
    terminal: &'a Terminal,
    compiled: &'a Compiled,
    /// The stage's folder of the state.
    folder: &'a Path,
    progress: &'a Progress,
}

impl AtWork<'_> {
    fn run(&self, packages: &[Wanted<'_>], chosen: &BTreeSet<&str>, project: &mut Project) -> Result {
        let (sources, mut findings) = (&mut project.sources, Diagnostics::default());
        let given = self.given(packages, sources, &mut findings)?;
        let value = |package: &Wanted<'_>| given.get(&package.artifact.parameter).map(str::to_owned);
        let kept = self.kept(packages, chosen, sources, &mut findings)?;
        let (mut rows, mut wanted) = (Vec::new(), Vec::new());
        for package in packages {
            let is_chosen = chosen.contains(package.artifact.component.as_str());
            match (value(package), kept.get(&package.artifact.parameter)) {
                (Some(value), _) => rows.push(Row::of(package, value, State::Given)),
                (None, Some(value)) if !is_chosen => rows.push(Row::of(package, value.to_owned(), State::Kept)),
                _ if is_chosen => wanted.push(package),
                _ => {}
            }
        }
        let whole: BTreeSet<&str> = wanted.iter().map(|p| p.artifact.parameter.as_str()).collect();
        let whole: BTreeSet<&str> = whole.into_iter().chain(rows.iter().map(|row| row.parameter.as_str())).collect();
        let is_later = |package: &&Wanted<'_>| self.own.later.contains(&package.artifact.component);
        let later = packages.iter().filter(is_later).map(|package| package.artifact.parameter.as_str());
        check_whole(packages, &whole.into_iter().chain(later).collect(), &mut findings);
        for package in &wanted {
            if let What::ImageOfOthers(name) = package.what {
                findings.push(not_given(&package.place, name, &package.artifact.parameter));
            }
        }
        if findings.has_errors() {
            return self.refused(findings, sources);
        }
        self.build(&wanted)?;
        let made = self.read(&wanted, sources, &mut findings)?;
        if findings.has_errors() {
            return self.refused(findings, sources);
        }
        let own = match self.own.dry_run {
            true => self.lay_out(&made, &mut findings)?,
            false => self.bring(&made, &mut findings)?,
        };
        if findings.has_errors() {
            return self.refused(findings, sources);
        }
        rows.extend(own);
        rows.sort_by(|a, b| a.parameter.cmp(&b.parameter));
        self.progress.done();
        self.terminal.with_findings_as_text().findings(findings, sources)?;
        if !self.own.dry_run {
            self.write(&rows)?;
        }
        self.tell(&rows)
    }

    fn refused(&self, findings: Diagnostics, sources: &Sources) -> Result {
        self.progress.done();
        let mut told = Diagnostics::default();
        told.merge(findings, Some(&self.compiled.model.stage.name.value));
        self.terminal.findings(told, sources)?;
        Ok(Outcome::Errors)
    }

    /// The release that was given.
    fn given(&self, packages: &[Wanted<'_>], sources: &mut Sources, findings: &mut Diagnostics) -> Result<Given> {
        let Some(path) = &self.own.release else { return Ok(Given::default()) };
        let given = self.release(path, path, sources, findings)?;
        given.check(packages, findings);
        Ok(given)
    }

    /// The values of the last run, for components that are not packed now.
    fn kept(
        &self,
        packages: &[Wanted<'_>],
        chosen: &BTreeSet<&str>,
        sources: &mut Sources,
        findings: &mut Diagnostics,
    ) -> Result<Given> {
        let path = self.folder.join(FILE);
        if chosen.len() == packages.len() || !path.exists() {
            return Ok(Given::default());
        }
        let shown = self.shown(&path);
        self.release(&path, &shown, sources, findings)
    }

    fn release(&self, path: &Path, shown: &Path, sources: &mut Sources, findings: &mut Diagnostics) -> Result<Given> {
        let bytes = disk::read_bytes(path, MAX_BYTES + 1, "a release is a plain one")?;
        let text = String::from_utf8(bytes).ok().filter(|text| text.len() <= MAX_BYTES);
        let text =
            text.ok_or_else(|| Failure::file("read", path, "it is no release: those are texts of some kilobytes"))?;
        let file = sources.add(crate::diag::render::visible_line(&shown.display().to_string()), text);
        Ok(Given::read(file, sources, findings).unwrap_or_default())
    }

    /// A path as whoever stands in the project's folder writes it.
    fn shown(&self, path: &Path) -> PathBuf {
        let real = fs::canonicalize(&self.common.project).unwrap_or_default();
        let within = path.strip_prefix(&self.common.project).or_else(|_| path.strip_prefix(real));
        within.unwrap_or(path).to_owned()
    }

    /// Builds the sites.
    fn build(&self, wanted: &[&Wanted<'_>]) -> Result<()> {
        if !self.own.build || self.own.dry_run {
            return Ok(());
        }
        let inputs = self.own.inputs.as_deref().map(Inputs::read).transpose()?.unwrap_or_default();
        let mut filler = Filler::new(&inputs, &self.compiled.model.manifest.region.value);
        for package in wanted {
            if let What::Site(site) = &package.what {
                filler.build(&self.common.project, site, self.progress)?;
            }
        }
        Ok(())
    }

    /// Reads and checks all that is to be brought.
    fn read<'w, 'c>(
        &self,
        wanted: &[&'w Wanted<'c>],
        sources: &mut Sources,
        findings: &mut Diagnostics,
    ) -> Result<Vec<(&'w Wanted<'c>, Made)>> {
        let (common, compiled) = (self.common, self.compiled);
        let mut reader = Reader { common, compiled, state: self.folder, sources, findings };
        let mut made = Vec::new();
        for package in wanted {
            self.progress.step(&format!("reading {}", package.artifact.component));
            made.extend(reader.read(package)?.map(|read| (*package, read)));
        }
        Ok(made)
    }

    /// Where a component is laid out.
    fn place(&self, package: &Wanted<'_>) -> PathBuf {
        self.folder.join(FOLDER).join(&package.artifact.identity)
    }

    /// Makes all that can be made here, and brings nothing.
    fn lay_out(&self, made: &[(&Wanted<'_>, Made)], findings: &mut Diagnostics) -> Result<Vec<Row>> {
        let mut rows = Vec::new();
        for (package, made) in made {
            let folder = self.place(package);
            self.progress.step(&format!("laying out {}", package.artifact.component));
            let (value, laid) = match made {
                Made::Zip(tree) => {
                    let value = tree.content.digest().to_string();
                    let laid = upload::make_zip(tree, &folder.join(format!("{value}.zip")));
                    (value, laid)
                }
                Made::Site(site) => {
                    let laid = upload::stage(site, &folder, &BTreeSet::new());
                    (site.listing.digest().to_string(), laid.map(drop))
                }
                Made::Image(image) => (image.tag.clone(), Ok(())),
            };
            match laid {
                Ok(()) => rows.push(Row::of(package, value, State::Made).with(&weight(made))),
                Err(Stopped::Changed(path)) => {
                    findings.push(package.place.changed(&self.shown(Path::new(&path)).display()))
                }
                Err(Stopped::Failed(failure)) => return Err(failure),
            }
        }
        Ok(rows)
    }

    /// Brings what AWS does not have.
    fn bring(&self, made: &[(&Wanted<'_>, Made)], findings: &mut Diagnostics) -> Result<Vec<Row>> {
        let mut bootstraps =
            Bootstraps { project: &self.compiled.model.manifest.project.value, known: BTreeMap::new() };
        if !made.is_empty() {
            self.check_account()?;
        }
        let mut rows = Vec::new();
        for (package, made) in made {
            self.progress.step(&format!("asking for {}", package.artifact.component));
            let mut row = None;
            for region in &package.artifact.regions {
                let brought = match made {
                    Made::Zip(tree) => {
                        let bucket = bootstraps.output(region, BUCKET)?;
                        self.bring_zip(package, tree, &Bucket { name: &bucket, region })
                    }
                    Made::Site(site) => {
                        let bucket = bootstraps.output(region, BUCKET)?;
                        self.bring_site(package, site, &Bucket { name: &bucket, region })
                    }
                    Made::Image(image) => {
                        let uri = bootstraps.output(region, REPOSITORY)?;
                        match (Repository { uri: &uri, region }).bring(image, &package.place, self.progress)? {
                            Brought::There { digest, before } => Ok((format!("{uri}@{digest}"), before)),
                            Brought::Refused(finding) => {
                                findings.push(finding);
                                continue;
                            }
                        }
                    }
                };
                match brought {
                    Ok((value, before)) => {
                        let state = if before { State::There } else { State::New };
                        row = Some(Row::of(package, value, state).with(&weight(made)));
                    }
                    Err(Stopped::Changed(path)) => {
                        findings.push(package.place.changed(&self.shown(Path::new(&path)).display()));
                    }
                    Err(Stopped::Failed(failure)) => return Err(failure),
                }
            }
            rows.extend(row);
        }
        Ok(rows)
    }

    /// A zip, and whether it was there before.
    fn bring_zip(
        &self,
        package: &Wanted<'_>,
        tree: &walk::Tree,
        bucket: &Bucket<'_>,
    ) -> std::result::Result<(String, bool), Stopped> {
        let (project, identity) = (&self.compiled.model.manifest.project.value, &package.artifact.identity);
        let value = tree.content.digest().to_string();
        let key = format!("{project}/{identity}/{value}.zip");
        if bucket.has(&key)? {
            return Ok((value, true));
        }
        let zip = self.place(package).join(format!("{value}.zip"));
        let component = &package.artifact.component;
        self.progress.step(&format!("zipping {component}"));
        upload::make_zip(tree, &zip)?;
        let length = fs::metadata(&zip).map(|about| about.len()).unwrap_or_default();
        self.progress.step(&format!("bringing {component}: {}", mebibytes(length)));
        bucket.bring_zip(&zip, &key)?;
        upload::clear(&self.place(package))?;
        Ok((value, false))
    }

    /// A site, and whether it was there before.
    fn bring_site(
        &self,
        package: &Wanted<'_>,
        site: &SiteMade,
        bucket: &Bucket<'_>,
    ) -> std::result::Result<(String, bool), Stopped> {
        let (project, identity) = (&self.compiled.model.manifest.project.value, &package.artifact.identity);
        let value = site.listing.digest().to_string();
        let prefix = format!("{project}/{identity}/{value}/");
        if bucket.has(&format!("{prefix}{}", crate::release::LISTING))? {
            return Ok((value, true));
        }
        let there = bucket.names(&prefix)?;
        let component = &package.artifact.component;
        self.progress.step(&format!("zipping and laying out {component}"));
        let staged = upload::stage(site, &self.place(package), &there)?;
        bucket.bring_site(component, &staged, &prefix, self.progress)?;
        upload::clear(&self.place(package))?;
        Ok((value, false))
    }

    /// Code for another account would be brought where no stack of this stage finds it.
    fn check_account(&self) -> Result<()> {
        let Some(wanted) = &self.compiled.model.stage.account else { return Ok(()) };
        let found = aws::account(&self.compiled.model.manifest.region.value)?;
        match found == wanted.value {
            true => Ok(()),
            false => Err(Failure::Usage(format!(
                "`{}` belongs to the account {}, and the credentials are those of {found}",
                self.compiled.model.stage.name.value, wanted.value
            ))),
        }
    }

    /// Writes the release, whole.
    fn write(&self, rows: &[Row]) -> Result<()> {
        let parameters = rows.iter().map(|row| (row.parameter.clone(), row.value.clone())).collect();
        let path = self.folder.join(FILE);
        let new = path.with_added_extension("new");
        let written = state::make(&new, &Values { parameters }.text()).and_then(|()| fs::rename(&new, &path));
        written.map_err(|error| Failure::file("write", &path, error))?;
        write::sync(self.folder)
    }

    fn tell(&self, rows: &[Row]) -> Result {
        let path = self.shown(&self.folder.join(FILE)).display().to_string();
        let text = match self.common.format {
            Format::Json => report::json(rows, (!self.own.dry_run).then_some(path.as_str()))?,
            Format::Sarif | Format::Github => return Ok(Outcome::Fine),
            _ => {
                let laid_out = self.shown(&self.folder.join(FOLDER)).display().to_string();
                let builds = self.own.dry_run && self.own.build;
                report::text(rows, &path, self.own.dry_run.then_some((laid_out.as_str(), builds)))
            }
        };
        self.terminal.data(&text)?;
        Ok(Outcome::Fine)
    }
}

/// How much was made of a component.
fn weight(made: &Made) -> String {
    let files = |count: usize| format!("{count} file{}", if count == 1 { "" } else { "s" });
    match made {
        Made::Zip(tree) => format!("{}, {}", files(tree.content.len()), mebibytes(tree.content.size())),
        Made::Site(site) => format!("{}, {}", files(site.listing.len()), mebibytes(site.listing.size())),
        Made::Image(image) => format!("built of {}", files(image.files)),
    }
}

/// The outputs of the bootstrap stacks, a region each, asked for once.
struct Bootstraps<'b> {
    project: &'b str,
    known: BTreeMap<String, BTreeMap<String, String>>,
}

impl Bootstraps<'_> {
    fn output(&mut self, region: &str, output: &str) -> Result<String> {
        let stack = format!("{}-bootstrap", self.project);
        if !self.known.contains_key(region) {
            let outputs = aws::outputs(region, &stack)?.ok_or_else(|| {
                Failure::Usage(format!(
                    "there is no stack `{stack}` in {region}; deploy `out/_bootstrap/{region}.yaml` once, as docs/bootstrap.md says"
                ))
            })?;
            self.known.insert(region.to_owned(), outputs);
        }
        let found = self.known.get(region).and_then(|outputs| outputs.get(output));
        found.cloned().ok_or_else(|| {
            Failure::Usage(format!(
                "the stack `{stack}` in {region} has no output `{output}`; deploy `out/_bootstrap/{region}.yaml` again"
            ))
        })
    }
}
