//! The command line. Help, completions and man pages are generated from this one definition.

mod certify;
mod ci;
mod date;
mod init;
mod people;
mod ready;
mod register;
mod rejudge;

pub use certify::{CertificateReport, Certify, CertifyWhat, ChallengeWhat, KeyWhat, Passphrase, Verify, Witness};
pub use ci::{Annotations, CiArgs, Shard};
pub use init::{CiSystem, Init};
pub use people::{Answer, Ask, Collect, PeopleArgs};
pub use ready::{Ready, ReadyFormat};
pub use register::{Declared, Entering, Proposal, Publish, Register, RegisterWhat, Treatment};
pub use rejudge::Rejudge;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Folder that holds the run folders unless another is named.
pub const REPORTS: &str = "reports";

/// Exit codes, as `--help` shows them. The table itself is in `checks::exit`.
const EXIT_CODES: &str = "\
Exit codes, the first that applies in this order:
  30  evidence broken          70  harness bug
  20  usage                    21  scenario, profile or subject file invalid
  22  nothing selected         10  conformance violated
  14  suite defect             12  configuration
  13  environment/subject unreachable
  11  not established          15  snapshot differs or pending
   0  all obligations met

`provestein explain exit` says what each means and what to do.";

/// Conformance test harness for Norwegian health messaging.
#[derive(Debug, Parser)]
#[command(name = "provestein", version, after_help = EXIT_CODES, max_term_width = 100)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show the harness at work: the whole profile against the built-in reference, then one defect
    Demo(Demo),
    /// Replay scenarios against a vendor's endpoint, judge and report
    Run(Run),
    /// Go on with a run that was interrupted
    Resume(Resume),
    /// Answer after a run what people were asked during it, or list what is still open
    Answer(Answer),
    /// Open the inbox of a run that has ended again, until what was due has come
    Collect(Collect),
    /// Judge captured messages: mail files, HTTP entities, bare XML, folders, or - for standard input
    Inspect(Inspect),
    /// Judge a stored run again, from its log alone
    Judge(Judge),
    /// Compare how a system, or two versions of it, behaved in two runs
    Diff(Diff),
    /// Write the reports of a stored run again
    Report(Report),
    /// List stored runs
    Runs(Runs),
    /// Show what happened in a run, or one event of it
    Show(Show),
    /// Prove that a run's log and blobs are what was written, or that a certificate holds
    Verify(Verify),
    /// Issue a certificate from runs, or make the key for it
    Certify(Certify),
    /// The public register of certificates: open it, add, withdraw, prove, verify
    Register(Register),
    /// Judge every certificate of a register again by the rules of today, from the logs of its runs; writes nothing
    Rejudge(Rejudge),
    /// May a municipality switch a message on, with its systems, on a day?
    Ready(Ready),
    /// Look at the wiring without testing anything
    Doctor(Doctor),
    /// Begin: a commented subject file, a scenario of your own and a CI job
    Init(Init),
    /// Write what a vendor imports to talk to the harness: certificates and partner table
    Kit(Kit),
    /// The built-in conforming system, or a defective one, as a process of its own
    Reference(Reference),
    /// What can be replayed
    Scenarios(Scenarios),
    /// What is demanded
    Requirements(Requirements),
    /// What a requirement, scenario, profile or exit code means
    Explain(Explain),
    /// Write shell completions to standard output
    Completions {
        /// For which shell
        shell: Shell,
    },
    /// Write man pages into a folder
    Man {
        /// The folder
        dir: PathBuf,
    },
}

/// Language of texts for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Lang {
    /// Bokmål
    Nb,
    /// English
    En,
}

/// Form of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Human,
    /// For programs; `judge` prints the bytes of result.json
    Json,
}

/// `demo`.
#[derive(Debug, ClapArgs)]
pub struct Demo {
    /// The defect that the second pass shows
    #[arg(long, default_value = "ack-without-cid")]
    pub defect: String,
    /// How the two talk to each other
    #[arg(long, value_enum, default_value = "http")]
    pub carrier: CarrierKind,
    /// Folder for the two run folders
    #[arg(long, default_value = REPORTS)]
    pub out: PathBuf,
    /// Language of the HTML report
    #[arg(long, value_enum, default_value = "en")]
    pub lang: Lang,
}

/// `run`.
#[derive(Debug, ClapArgs)]
pub struct Run {
    /// The subject file: who is tested, where, with which partners
    #[arg(long, value_name = "FILE")]
    pub subject: PathBuf,
    /// Scenarios: an id, the beginning of one, a file or a folder; by default all of the profile
    pub scenarios: Vec<String>,
    /// Profile instead of the subject file's
    #[arg(long)]
    pub profile: Option<String>,
    /// Folder for run folders
    #[arg(long, default_value = REPORTS)]
    pub out: PathBuf,
    /// A challenge that the run answers: the file that an issuer of certificates gave you
    #[arg(long, value_name = "FILE")]
    pub challenge: Option<PathBuf>,
    /// Seed of the ids in messages; printed and recorded when it is drawn
    #[arg(long)]
    pub seed: Option<u64>,
    /// Who answers questions
    #[command(flatten)]
    pub people: PeopleArgs,
    /// Language of the HTML report
    #[arg(long, value_enum, default_value = "en")]
    pub lang: Lang,
    /// In CI
    #[command(flatten)]
    pub ci: CiArgs,
}

/// `resume`.
#[derive(Debug, ClapArgs)]
pub struct Resume {
    /// The run: its folder, its name, or `latest`
    pub run: String,
    /// Folder that holds the run folders
    #[arg(long, default_value = REPORTS)]
    pub out: PathBuf,
    /// Who answers questions
    #[command(flatten)]
    pub people: PeopleArgs,
    /// Language of the HTML report
    #[arg(long, value_enum, default_value = "en")]
    pub lang: Lang,
}

/// `inspect`.
#[derive(Debug, ClapArgs)]
pub struct Inspect {
    /// Files, folders, or `-` for standard input
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Profile by which to judge
    #[arg(long, default_value = "plo-receive-nhn")]
    pub profile: String,
    /// PEM file with a private key that opens payloads (with its certificate in the same file, or beside it as .pem)
    #[arg(long, value_name = "PEM")]
    pub key: Option<PathBuf>,
    /// Form of the output
    #[arg(long, value_enum, default_value = "human")]
    pub format: Format,
}

/// `judge`.
#[derive(Debug, ClapArgs)]
pub struct Judge {
    /// The run: its folder, its name, or `latest`
    pub run: String,
    /// Profile instead of the run's
    #[arg(long)]
    pub profile: Option<String>,
    /// Form of the output
    #[arg(long, value_enum, default_value = "human")]
    pub format: Format,
    /// Folder that holds the run folders
    #[arg(long, default_value = REPORTS)]
    pub out: PathBuf,
}

/// `diff`.
#[derive(Debug, ClapArgs)]
pub struct Diff {
    /// A run: its folder, its name, or `latest`
    pub first: String,
    /// The other
    pub second: String,
    /// Form of the output
    #[arg(long, value_enum, default_value = "human")]
    pub format: Format,
    /// Folder that holds the run folders
    #[arg(long, default_value = REPORTS)]
    pub out: PathBuf,
}

/// `report`.
#[derive(Debug, ClapArgs)]
pub struct Report {
    /// The run: its folder, its name, or `latest`
    pub run: String,
    /// Which reports
    #[arg(long, value_enum, value_delimiter = ',', default_value = "html,junit,json,markdown")]
    pub format: Vec<ReportFormat>,
    /// Language of the HTML report
    #[arg(long, value_enum, default_value = "en")]
    pub lang: Lang,
    /// Folder that holds the run folders
    #[arg(long, default_value = REPORTS)]
    pub out: PathBuf,
}

/// A report's form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// report.html
    Html,
    /// junit.xml
    Junit,
    /// result.json
    Json,
    /// summary.md
    Markdown,
}

/// `runs`.
#[derive(Debug, ClapArgs)]
pub struct Runs {
    /// Folder that holds the run folders
    #[arg(long, default_value = REPORTS)]
    pub out: PathBuf,
}

/// `show`.
#[derive(Debug, ClapArgs)]
pub struct Show {
    /// The run: its folder, its name, or `latest`
    pub run: String,
    /// One event in full
    #[arg(long, value_name = "N")]
    pub event: Option<u64>,
    /// The bytes of the event's message instead of what was read in them
    #[arg(long, requires = "event")]
    pub raw: bool,
    /// Folder that holds the run folders
    #[arg(long, default_value = REPORTS)]
    pub out: PathBuf,
}

/// `doctor`.
#[derive(Debug, ClapArgs)]
pub struct Doctor {
    /// The subject file
    #[arg(long, value_name = "FILE")]
    pub subject: PathBuf,
    /// A run to look into: whether the subject was heard, its clock and its message handler (a folder, a name, or `latest`)
    #[arg(long)]
    pub run: Option<String>,
    /// Seconds to wait for a connection or an answer, 1 to 300
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=300))]
    pub within: u64,
    /// Form of the output
    #[arg(long, value_enum, default_value = "human")]
    pub format: Format,
    /// Folder that holds the run folders
    #[arg(long, default_value = REPORTS)]
    pub out: PathBuf,
}

/// `kit`.
#[derive(Debug, ClapArgs)]
pub struct Kit {
    /// The folder; must not hold a kit yet
    pub dir: PathBuf,
    /// Where the subject reaches the harness, for the partner table
    #[arg(long, value_name = "URL", default_value = "http://localhost:8480/")]
    pub harness: String,
    /// Where it reaches the registers; stands in every certificate [default: port 8490 of the harness]
    #[arg(long, value_name = "URL")]
    pub registers: Option<String>,
    /// The same by TLS [default: port 8491 of the harness]
    #[arg(long, value_name = "URL")]
    pub registers_tls: Option<String>,
    /// A subject file: agreements are written for its party, with its certificates, instead of the cast's municipality
    #[arg(long, value_name = "FILE")]
    pub subject: Option<PathBuf>,
    /// How many days the certificates are valid
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..=825))]
    pub days: u16,
    /// Generation of organisation certificates: where the organisation number stands, and which key usages there are
    #[arg(long, value_enum, default_value = "2")]
    pub seid: Seid,
    /// Name of the issuing CA: for systems that know only the national test CAs it can be called as one of them
    #[arg(long, value_enum, default_value = "own")]
    pub issuer: IssuerName,
    /// Size of the RSA keys
    #[arg(long, default_value_t = 2048, value_parser = clap::value_parser!(u16).range(2048..=4096))]
    pub bits: u16,
}

/// What the issuing CA of a kit is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum IssuerName {
    /// Prøvestein kit issuing CA
    Own,
    /// As the test CA of Buypass
    Buypass,
    /// As the test CA of Commfides
    Commfides,
}

/// Generation of Norwegian organisation certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Seid {
    /// The number as serialNumber; keyEncipherment and dataEncipherment
    #[value(name = "1")]
    One,
    /// The number as organizationIdentifier; keyEncipherment only
    #[value(name = "2")]
    Two,
}

/// How bytes travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CarrierKind {
    /// HTTP
    Http,
    /// SMTP and POP3
    Mail,
}

/// `reference`.
#[derive(Debug, ClapArgs)]
pub struct Reference {
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:8481")]
    pub listen: SocketAddr,
    /// The kit of the harness that will talk to it
    #[arg(long, value_name = "DIR", required_unless_present = "list_defects")]
    pub kit: Option<PathBuf>,
    /// Where that harness listens
    #[arg(long, default_value = "http://127.0.0.1:8480/")]
    pub harness: String,
    /// By HTTP, or by mail: then it fetches from and posts to the harness
    #[arg(long, value_enum, default_value = "http")]
    pub carrier: CarrierKind,
    /// Over mail: the harness's SMTP server
    #[arg(long, default_value = "127.0.0.1:2525")]
    pub smtp: SocketAddr,
    /// Over mail: the harness's POP3 server
    #[arg(long, default_value = "127.0.0.1:2110")]
    pub pop3: SocketAddr,
    /// Over mail: milliseconds between two looks into the mailbox
    #[arg(long, value_name = "MS", default_value = "1000")]
    pub poll: u64,
    /// Send too: take orders here, by POST, as the triggers of a subject file give them
    #[arg(long, value_name = "ADDRESS")]
    pub orders: Option<SocketAddr>,
    /// Milliseconds until a message that is not acknowledged is sent again
    #[arg(long, value_name = "MS", default_value = "2000")]
    pub retry_interval: u64,
    /// How often it is sent again
    #[arg(long, value_name = "N", default_value = "2")]
    pub retry_count: u32,
    /// Milliseconds that the journal takes over a message before its AppRec leaves, as with manual handling
    #[arg(long, value_name = "MS", default_value = "0", hide_default_value = true)]
    pub apprec_after: u64,
    /// Be wrong in this way; can be given several times
    #[arg(long, value_name = "ID")]
    pub defect: Vec<String>,
    /// List the ways of being wrong
    #[arg(long)]
    pub list_defects: bool,
    /// Keep what came in here, so that a restart forgets nothing; without it everything is forgotten
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// Write a subject file for this system, with its certificates, into a folder
    #[arg(long, value_name = "DIR")]
    pub write_subject: Option<PathBuf>,
}

/// `scenarios`.
#[derive(Debug, ClapArgs)]
pub struct Scenarios {
    /// What to do with them
    #[command(subcommand)]
    pub what: ScenariosCommand,
}

/// What to do with scenarios.
#[derive(Debug, Subcommand)]
pub enum ScenariosCommand {
    /// List them
    List,
    /// Show one
    Show {
        /// Its id
        id: String,
    },
    /// Look for mistakes in files or folders; without any, in what ships
    Check {
        /// Files or folders
        paths: Vec<PathBuf>,
    },
    /// Write the JSON Schema of scenario files to standard output
    Schema,
}

/// `requirements`.
#[derive(Debug, ClapArgs)]
pub struct Requirements {
    /// What to do with them
    #[command(subcommand)]
    pub what: RequirementsCommand,
}

/// What to do with requirements.
#[derive(Debug, Subcommand)]
pub enum RequirementsCommand {
    /// List them
    List {
        /// Only those of a profile
        #[arg(long)]
        profile: Option<String>,
    },
}

/// `explain`.
#[derive(Debug, ClapArgs)]
pub struct Explain {
    /// A requirement, scenario, profile, `exit` or an exit code
    pub id: String,
    /// Language
    #[arg(long, value_enum, default_value = "en")]
    pub lang: Lang,
}
