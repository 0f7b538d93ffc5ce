//! What a component serves to browsers, as data: a site says it of itself, and its own distribution or the router that takes
//! it makes CloudFront of it.

use crate::setting::Setting;
use crate::value::Value;

/// What a component serves. Its values refer to the component's own attributes, so that they hold in any stack.
#[derive(Debug, Clone, Default)]
pub struct Served {
    /// The path below which all of it stands, such as `/docs`; empty for everything.
    pub base_path: Option<Setting<String>>,
    /// Where answers come from.
    pub origins: Vec<Origin>,
    /// Which paths lead to which origin; the one without a path takes all others.
    pub behaviours: Vec<Behaviour>,
    /// What the function that sees every request first must do for it.
    pub viewer: Viewer,
    /// The bucket whose objects are served, which must let CloudFront in.
    pub bucket: Option<ServedBucket>,
    /// What is answered in the place of errors.
    pub error_pages: Vec<ErrorPage>,
}

impl Served {
    /// One origin that answers every path, and keeps nothing.
    #[must_use]
    pub fn whole(origin: Origin, methods: Methods, signer: Option<Value>) -> Served {
        let behaviour = Behaviour {
            path: None,
            origin: origin.id.clone(),
            methods,
            cache: Cache::Nothing,
            is_viewed: true,
            signer,
        };
        Served { origins: vec![origin], behaviours: vec![behaviour], ..Served::default() }
    }

    /// Whether CloudFront signs requests of all methods, and with them overwrites who the visitor says to be.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        let signs = |id: &str| {
            let mut origins = self.origins.iter().filter(|origin| origin.id == id);
            origins.any(|origin| matches!(origin.reached, Reached::Function { signed: true, .. }))
        };
        self.behaviours.iter().any(|b| b.methods == Methods::All && signs(&b.origin))
    }

    /// Whether code answers, and not only files.
    #[must_use]
    pub fn has_functions(&self) -> bool {
        self.origins.iter().any(|origin| matches!(origin.reached, Reached::Function { .. }))
    }
}

/// Where answers come from.
#[derive(Debug, Clone)]
pub struct Origin {
    /// Its name among the origins of one component: `server`.
    pub id: String,
    /// Its host.
    pub domain: Value,
    /// What goes before every path, without a slash at its end.
    pub path: Option<Value>,
    /// How CloudFront reaches it.
    pub reached: Reached,
}

/// How CloudFront reaches an origin.
#[derive(Debug, Clone)]
pub enum Reached {
    /// A bucket, by signed requests.
    Bucket,
    /// The URL of a function.
    Function {
        /// The function's ARN: CloudFront needs permissions to call it.
        arn: Value,
        /// Its region: only there can CloudFront be permitted to call it.
        region: String,
        /// Whether CloudFront signs its requests; otherwise everyone may call the URL.
        signed: bool,
        /// How long one call may take.
        timeout: Setting<u32>,
    },
    /// Anything else that answers by HTTPS.
    Https {
        /// How long it may take to answer.
        timeout: Setting<u32>,
    },
}

/// What is done with requests to some paths.
#[derive(Debug, Clone)]
pub struct Behaviour {
    /// The paths, as a pattern of CloudFront: `/img/*`. All others where there is none.
    pub path: Option<Setting<String>>,
    /// The origin that answers.
    pub origin: String,
    /// The methods that reach it.
    pub methods: Methods,
    /// What is kept of its answers, and what of a request reaches it.
    pub cache: Cache,
    /// Whether the function that sees every request first sees these.
    pub is_viewed: bool,
    /// The version of the function at the edge that signs the body, if requests with one are to be taken.
    pub signer: Option<Value>,
}

/// Methods of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Methods {
    /// GET, HEAD and OPTIONS.
    Reading,
    /// All that CloudFront knows.
    All,
}

/// What is kept of answers.
#[derive(Debug, Clone, PartialEq)]
pub enum Cache {
    /// Files: as long as their headers say, or a day. Nothing of a request but its path reaches the origin.
    Files,
    /// Pages of a server: as long as their headers say, told apart by the key that the viewer function makes.
    Pages,
    /// Answers of a server: as long as their headers say. Nothing of a request but its path, its query and its host reaches
    /// the origin, so that what is kept for all cannot have been made for one.
    Answers,
    /// Nothing.
    Nothing,
    /// What a policy says, by its id. The origin sees of a request what tells answers apart, and nothing else: so nobody
    /// gets what was answered to another's cookies.
    Own(Value),
}

impl Cache {
    /// Whether answers are told apart by what the function that sees requests first says of them: the host that was asked, and
    /// the prefix that was taken off.
    #[must_use]
    pub fn tells_origins(&self) -> bool {
        matches!(self, Cache::Answers | Cache::Own(_))
    }
}

/// What the function that sees every request first must do for a component.
#[derive(Debug, Clone, Default)]
pub struct Viewer {
    /// Whether a Next.js server answers: requests that get different answers are told apart.
    pub is_next: bool,
    /// Paths are those of files: the file that stands for a folder.
    pub index: Option<Index>,
}

/// How paths become files.
#[derive(Debug, Clone)]
pub struct Index {
    /// The file that stands for a folder: `index.html`.
    pub file: Setting<String>,
    /// Whether it answers for every path that is no file (a single-page application).
    pub is_fallback: bool,
}

/// A bucket that is served.
#[derive(Debug, Clone)]
pub struct ServedBucket {
    /// Its name.
    pub name: Value,
    /// Its ARN.
    pub arn: Value,
    /// What the keys begin with that may be read, `_assets/`; all where it is empty.
    pub prefix: String,
}

/// What is answered in the place of an error.
#[derive(Debug, Clone)]
pub struct ErrorPage {
    /// The status that the origin answers with.
    pub status: u32,
    /// The status that the visitor gets.
    pub answered: u32,
    /// The path of the page.
    pub page: Setting<String>,
}

/// How a site is built, for the deploy.
#[derive(Debug, Clone)]
pub struct SiteBuild {
    /// The folder of its sources.
    pub path: Setting<String>,
    /// The command that builds it.
    pub command: Option<Setting<String>>,
    /// What the build must know.
    pub environment: Vec<(Setting<String>, Value)>,
    /// Whether functions are made of it, which a release parameter fills.
    pub has_code: bool,
    /// The folder that becomes the server's zip, relative to that of the sources; the framework's own where there is none.
    pub zip: Option<Setting<String>>,
    /// The files that it leaves for the bucket; the framework's own where there is nothing.
    pub files: Option<BuiltFiles>,
}

/// The files that a build leaves for the bucket of its site.
#[derive(Debug, Clone)]
pub struct BuiltFiles {
    /// Their folder, relative to that of the sources.
    pub folder: Setting<String>,
    /// The bucket's name.
    pub bucket: Value,
    /// What goes before their names in the bucket: nothing, or folders with a slash at their end.
    pub prefix: String,
    /// `Cache-Control` by pattern of their names; the first that fits counts.
    pub cache: Vec<(String, String)>,
}

/// A component that another serves under its hosts: it makes no distribution of its own.
#[derive(Debug, Clone)]
pub struct Serving {
    /// The component that is served.
    pub component: Setting<String>,
    /// The host that it is served under; none where AWS gives it.
    pub host: Option<Setting<String>>,
    /// What the names of the distribution's attributes begin with: empty, or `admin_`.
    pub prefix: String,
    /// The header that tells a function that a request came this way.
    pub header: Option<Setting<String>>,
    /// Whether GET, HEAD and OPTIONS alone reach it.
    pub reads_only: bool,
}

/// Who serves a component.
#[derive(Debug, Clone)]
pub struct ServedBy {
    /// The component that does.
    pub router: Setting<String>,
    /// How.
    pub serving: Serving,
}
