//! Arguments of `certify` and `verify`.

use super::{Lang, REPORTS};
use clap::{Args as ClapArgs, Subcommand};
use jiff::civil::Date;
use std::path::PathBuf;

/// `certify`.
#[derive(Debug, ClapArgs)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Certify {
    /// What else
    #[command(subcommand)]
    pub what: Option<CertifyWhat>,
    /// The runs: folders, names, or `latest`. Several are joined by the worst status of each requirement
    #[arg(required = true)]
    pub runs: Vec<String>,
    /// The issuer's private key
    #[arg(long, value_name = "FILE", required_unless_present = "cms_key")]
    pub key: Option<PathBuf>,
    /// Sign as CMS too, or instead: the organisation's private key (RSA or P-256), in encrypted PKCS#8
    #[arg(long, value_name = "FILE", requires = "cms_certificate")]
    pub cms_key: Option<PathBuf>,
    /// The organisation's certificate, PEM
    #[arg(long, value_name = "FILE", requires = "cms_key")]
    pub cms_certificate: Option<PathBuf>,
    /// File whose first line is the passphrase of that key [default: that of the other]
    #[arg(long, value_name = "FILE", requires = "cms_key")]
    pub cms_passphrase_file: Option<PathBuf>,
    /// Who stands behind the certificate
    #[arg(long, value_name = "NAME", required = true)]
    pub issuer: Option<String>,
    /// Last day on which it holds
    #[arg(long, value_name = "DATE", required = true, value_parser = super::date::day)]
    pub valid_until: Option<Date>,
    /// First day on which it holds [default: today, in Norway]
    #[arg(long, value_name = "DATE", value_parser = super::date::day)]
    pub valid_from: Option<Date>,
    /// What must be kept for it to hold: a list in YAML of `{ nb, en, messages, until }`
    #[arg(long, value_name = "FILE")]
    pub conditions: Option<PathBuf>,
    /// The challenge that each run answers: the file as you gave it to the vendor
    #[arg(long, value_name = "FILE")]
    pub challenge: Option<PathBuf>,
    /// With which certificates the system signs, from elsewhere: the address register. Others are refused
    #[arg(long, value_name = "FILE", requires = "challenge")]
    pub subject_certificate: Vec<PathBuf>,
    /// Statements of those who watched the runs, by `certify witness`
    #[arg(long, value_name = "FILE", requires = "trust")]
    pub witness: Vec<PathBuf>,
    /// Whom you believe as witnesses: files with their public keys
    #[arg(long, value_name = "FILE", requires = "witness")]
    pub trust: Vec<PathBuf>,
    /// Where the certificate goes [default: certificate-NUMBER.json]; as CMS beside it, with the ending .cms.pem
    #[arg(long, value_name = "FILE")]
    pub certificate: Option<PathBuf>,
    /// Folder that holds the run folders
    #[arg(long, default_value = REPORTS)]
    pub out: PathBuf,
    /// Where the passphrase of the key is
    #[command(flatten)]
    pub passphrase: Passphrase,
}

/// Other things that `certify` does.
#[derive(Debug, Subcommand)]
pub enum CertifyWhat {
    /// The issuer's keys
    Key {
        /// What
        #[command(subcommand)]
        what: KeyWhat,
    },
    /// Sign a certificate that somebody else has signed: the second person of two
    Sign {
        /// The certificate
        certificate: PathBuf,
        /// The private key
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// Where its passphrase is
        #[command(flatten)]
        passphrase: Passphrase,
    },
    /// Numbers that show that a run was made after they were drawn
    Challenge {
        /// What
        #[command(subcommand)]
        what: ChallengeWhat,
    },
    /// Sign for a run that you watched
    Witness(Box<Witness>),
    /// Write the certification report of a certificate, for people: as HTML, as PDF/A, or both
    Report(Box<CertificateReport>),
}

/// `certify report`.
#[derive(Debug, ClapArgs)]
#[command(group = clap::ArgGroup::new("form").required(true).multiple(true))]
pub struct CertificateReport {
    /// The certificate
    pub certificate: PathBuf,
    /// Write it as one HTML file
    #[arg(long, value_name = "FILE", group = "form")]
    pub html: Option<PathBuf>,
    /// Write it as a tagged PDF/A-2a file, for archives
    #[arg(long, value_name = "FILE", group = "form")]
    pub pdf: Option<PathBuf>,
    /// Language
    #[arg(long, value_enum, default_value = "nb")]
    pub lang: Lang,
    /// Whom you believe: files with an issuer's public key. Without one the report says that nothing was verified
    #[arg(long, value_name = "FILE")]
    pub trust: Vec<PathBuf>,
    /// How many of them must have signed
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub signatures: u32,
    /// The runs that the certificate names: its verdicts are computed again, and the report says why something is in doubt
    #[arg(long, value_name = "RUN")]
    pub run: Vec<String>,
    /// Folder of a register: what became of the certificate after it was issued
    #[arg(long, value_name = "DIR")]
    pub register: Option<PathBuf>,
    /// File with the verifier key of the register, from elsewhere than the register
    #[arg(long, value_name = "FILE", requires = "register")]
    pub register_trust: Option<PathBuf>,
    /// The day that the report is about [default: today, in Norway]
    #[arg(long, value_name = "DATE", value_parser = super::date::day)]
    pub on: Option<Date>,
    /// Folder that holds the run folders
    #[arg(long, default_value = REPORTS)]
    pub out: PathBuf,
}

/// `certify witness`.
#[derive(Debug, ClapArgs)]
pub struct Witness {
    /// The run: its folder, its name, or `latest`
    pub run: String,
    /// The witness's private key
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// The witness's name
    #[arg(long)]
    pub name: String,
    /// What was seen, in words
    #[arg(long, value_name = "TEXT")]
    pub saw: String,
    /// Where the statement goes
    #[arg(long, value_name = "FILE")]
    pub statement: PathBuf,
    /// On which day [default: today, in Norway]
    #[arg(long, value_name = "DATE", value_parser = super::date::day)]
    pub on: Option<Date>,
    /// Folder that holds the run folders
    #[arg(long, default_value = REPORTS)]
    pub out: PathBuf,
    /// Where the passphrase of the key is
    #[command(flatten)]
    pub passphrase: Passphrase,
}

/// What is done about challenges.
#[derive(Debug, Subcommand)]
pub enum ChallengeWhat {
    /// Draw a number and write it into a file for a vendor
    New {
        /// The file, which must not exist
        #[arg(long, value_name = "FILE")]
        challenge: PathBuf,
        /// Last day on which a run for it may begin
        #[arg(long, value_name = "DATE", value_parser = super::date::day)]
        until: Date,
        /// Whom it is for
        #[arg(long, value_name = "NAME")]
        vendor: Option<String>,
    },
}

/// What is done about keys.
#[derive(Debug, Subcommand)]
pub enum KeyWhat {
    /// Make a key: the private half encrypted into FILE, the public half beside it as FILE.pub
    New {
        /// The file, which must not exist
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// Where the passphrase is
        #[command(flatten)]
        passphrase: Passphrase,
    },
}

/// Where a passphrase is: never on the command line, which everybody on the machine can read.
#[derive(Debug, Clone, ClapArgs)]
pub struct Passphrase {
    /// Environment variable that holds the passphrase of the key
    #[arg(long, value_name = "NAME", default_value = "PROVESTEIN_PASSPHRASE")]
    pub passphrase_env: String,
    /// File whose first line is the passphrase of the key
    #[arg(long, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
}

/// `verify`.
#[derive(Debug, ClapArgs)]
pub struct Verify {
    /// A run: its folder, its name, or `latest`; or the file of a certificate
    pub path: String,
    /// Whom you believe: files with an issuer's public key, for a certificate. There is no default
    #[arg(long, value_name = "FILE")]
    pub trust: Vec<PathBuf>,
    /// How many of them must have signed
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub signatures: u32,
    /// The runs that a certificate names: its verdicts are computed again from their logs
    #[arg(long, value_name = "RUN")]
    pub run: Vec<String>,
    /// Whom you believe as witnesses: files with public keys. Each must have signed for a run of the certificate
    #[arg(long, value_name = "FILE")]
    pub witness: Vec<PathBuf>,
    /// The folder of a register: how the certificate stands in it
    #[arg(long, value_name = "DIR")]
    pub register: Option<PathBuf>,
    /// File with the verifier key of that register, from elsewhere than the register
    #[arg(long, value_name = "FILE", requires = "register")]
    pub register_trust: Option<PathBuf>,
    /// On which day a certificate should hold [default: today, in Norway]
    #[arg(long, value_name = "DATE", value_parser = super::date::day)]
    pub on: Option<Date>,
    /// Folder that holds the run folders
    #[arg(long, default_value = REPORTS)]
    pub out: PathBuf,
}
