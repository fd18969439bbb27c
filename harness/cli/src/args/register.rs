//! Arguments of `register`.

use super::{Passphrase, REPORTS};
use clap::{Args as ClapArgs, Subcommand};
use jiff::civil::Date;
use std::path::PathBuf;

/// `register`.
#[derive(Debug, ClapArgs)]
pub struct Register {
    /// What
    #[command(subcommand)]
    pub what: RegisterWhat,
}

/// What every command needs that writes into a register.
#[derive(Debug, ClapArgs)]
pub struct Entering {
    /// The folder of the register
    pub dir: PathBuf,
    /// The register's private key
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// From which day it counts [default: today, in Norway]
    #[arg(long, value_name = "DATE", value_parser = super::date::day)]
    pub on: Option<Date>,
    /// Where the passphrase of the key is
    #[command(flatten)]
    pub passphrase: Passphrase,
}

/// An override.
#[derive(Debug, ClapArgs)]
pub struct Treatment {
    /// The certificate's number
    pub number: String,
    /// The requirement
    #[arg(long)]
    pub requirement: String,
    /// As what: verified, not-applicable, …
    #[arg(long)]
    pub status: String,
    /// Who answers for it: two names
    #[arg(long, required = true)]
    pub by: Vec<String>,
    /// Last day
    #[arg(long, value_name = "DATE", value_parser = super::date::day)]
    pub until: Date,
    /// Why
    #[arg(long)]
    pub reason: String,
}

/// An equivalent version.
#[derive(Debug, ClapArgs)]
pub struct Declared {
    /// The certificate's number
    pub number: String,
    /// Version of the system
    #[arg(long)]
    pub version: String,
    /// Version of the message handler
    #[arg(long)]
    pub handler_version: Option<String>,
    /// What was changed
    #[arg(long)]
    pub reason: String,
    /// A run of the certificate, to be compared with a run of the other version
    #[arg(long, value_name = "RUN", requires = "with")]
    pub compared: Option<String>,
    /// The run of the other version
    #[arg(long, value_name = "RUN", requires = "compared")]
    pub with: Option<String>,
    /// Folder that holds the run folders
    #[arg(long, default_value = REPORTS)]
    pub out: PathBuf,
}

/// Where a proposal goes.
#[derive(Debug, ClapArgs)]
pub struct Proposing {
    /// The folder of the register
    pub dir: PathBuf,
    /// From which day it counts [default: today, in Norway]
    #[arg(long, value_name = "DATE", value_parser = super::date::day)]
    pub on: Option<Date>,
    /// The file
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
}

/// What can be proposed.
#[derive(Debug, Subcommand)]
pub enum Proposal {
    /// Treat a requirement otherwise than it came out, for a while
    Override {
        /// Where the proposal goes
        #[command(flatten)]
        proposing: Proposing,
        /// The override
        #[command(flatten)]
        treatment: Treatment,
    },
    /// Name somebody who may issue certificates from then on
    Issuer {
        /// Where the proposal goes
        #[command(flatten)]
        proposing: Proposing,
        /// Who: NAME=FILE with the public key
        #[arg(long, value_name = "NAME=FILE")]
        issuer: String,
    },
    /// Withdraw a certificate
    Revoke {
        /// Where the proposal goes
        #[command(flatten)]
        proposing: Proposing,
        /// Its number
        number: String,
        /// Why, as anybody may read it
        #[arg(long)]
        reason: String,
    },
    /// Say that another certificate takes the place of one
    Supersede {
        /// Where the proposal goes
        #[command(flatten)]
        proposing: Proposing,
        /// Its number
        number: String,
        /// The number of the other, which is in the register
        #[arg(long)]
        by: String,
    },
    /// Say that a certificate holds for another version too
    Equivalent {
        /// Where the proposal goes
        #[command(flatten)]
        proposing: Proposing,
        /// The equivalent version
        #[command(flatten)]
        declared: Declared,
    },
}

/// What is done with a register.
#[derive(Debug, Subcommand)]
pub enum RegisterWhat {
    /// Open a register in an empty folder
    Init {
        /// What is needed to write
        #[command(flatten)]
        entering: Entering,
        /// Its name, as in an address without scheme: register.example.no/meldinger
        #[arg(long)]
        origin: String,
        /// What people call it
        #[arg(long)]
        title: String,
        /// Who may issue certificates: NAME=FILE with the public key
        #[arg(long, value_name = "NAME=FILE", required = true)]
        issuer: Vec<String>,
        /// How many issuers must have signed a certificate: 2 for two-person issue
        #[arg(long, default_value_t = 1)]
        signatures: u32,
        /// Who watches: NAME=FILE with the public key
        #[arg(long, value_name = "NAME=FILE")]
        witness: Vec<String>,
    },
    /// Add certificates
    Add {
        /// What is needed to write
        #[command(flatten)]
        entering: Entering,
        /// The files
        #[arg(required = true)]
        certificates: Vec<PathBuf>,
    },
    /// Say that somebody may not issue certificates any more, for instance because a key was lost; what they issued stays
    Retire {
        /// What is needed to write
        #[command(flatten)]
        entering: Entering,
        /// Name of the issuer, as the register has it
        name: String,
        /// Why, as anybody may read it
        #[arg(long)]
        reason: String,
    },
    /// Name somebody who watches
    NameWitness {
        /// What is needed to write
        #[command(flatten)]
        entering: Entering,
        /// NAME=FILE with the public key
        witness: String,
    },
    /// Withdraw a certificate
    Revoke {
        /// What is needed to write
        #[command(flatten)]
        entering: Entering,
        /// Its number
        number: String,
        /// Why, as anybody may read it
        #[arg(long)]
        reason: String,
    },
    /// Say that another certificate takes the place of one
    Supersede {
        /// What is needed to write
        #[command(flatten)]
        entering: Entering,
        /// Its number
        number: String,
        /// The number of the other, which is in the register
        #[arg(long)]
        by: String,
    },
    /// Say that a certificate holds for another version too
    Equivalent {
        /// What is needed to write
        #[command(flatten)]
        entering: Entering,
        /// The equivalent version
        #[command(flatten)]
        declared: Declared,
    },
    /// Write down that somebody disputes a finding
    Dispute {
        /// What is needed to write
        #[command(flatten)]
        entering: Entering,
        /// The certificate's number
        number: String,
        /// The requirement
        #[arg(long)]
        requirement: String,
        /// The run (UUID)
        #[arg(long)]
        run: String,
        /// The event in its log
        #[arg(long)]
        event: u64,
        /// Who
        #[arg(long)]
        by: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Treat a requirement otherwise than it came out, for a while; what came out stays visible
    Override {
        /// What is needed to write
        #[command(flatten)]
        entering: Entering,
        /// The override
        #[command(flatten)]
        treatment: Treatment,
    },
    /// Write an entry into a file, for the issuers to sign: where a register demands two signatures
    Propose {
        /// What
        #[command(subcommand)]
        what: Proposal,
    },
    /// Sign a proposed entry as an issuer
    Approve {
        /// The folder of the register
        dir: PathBuf,
        /// The file of the proposal
        proposal: PathBuf,
        /// The issuer's private key
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// Where its passphrase is
        #[command(flatten)]
        passphrase: Passphrase,
    },
    /// Write a proposed entry, signed by enough issuers, into the register
    Enter {
        /// The folder of the register
        dir: PathBuf,
        /// The file of the proposal
        proposal: PathBuf,
        /// The register's private key
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// Where its passphrase is
        #[command(flatten)]
        passphrase: Passphrase,
    },
    /// List the certificates and how they stand
    List {
        /// The folder of the register
        dir: PathBuf,
        /// File with the verifier key of the register, from elsewhere than the register
        #[arg(long, value_name = "FILE")]
        trust: PathBuf,
    },
    /// Examine all of it: signatures, every entry, every file, and that it continues what was seen before
    Verify {
        /// The folder of the register
        dir: PathBuf,
        /// File with the verifier key of the register, from elsewhere than the register
        #[arg(long, value_name = "FILE")]
        trust: PathBuf,
        /// A checkpoint that was seen before. It is compared, and replaced when all is well
        #[arg(long, value_name = "FILE")]
        seen: Option<PathBuf>,
    },
    /// Prove that a certificate is in the register, for whoever does not have the register
    Prove {
        /// The folder of the register
        dir: PathBuf,
        /// The certificate's number
        number: String,
        /// File with the verifier key of the register
        #[arg(long, value_name = "FILE")]
        trust: PathBuf,
        /// Where the proof goes [default: standard output]
        #[arg(long, value_name = "FILE")]
        proof: Option<PathBuf>,
    },
    /// Write a website about the register: plain pages that need neither a server nor a script, and the register beside them
    Publish(Publish),
    /// Sign the checkpoint as a witness, after having examined the register
    Witness {
        /// The folder of the register
        dir: PathBuf,
        /// The witness's private key
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// The witness's name, as the register has it
        #[arg(long)]
        name: String,
        /// File with the verifier key of the register
        #[arg(long, value_name = "FILE")]
        trust: PathBuf,
        /// The checkpoint that the witness saw last. It is compared, and replaced
        #[arg(long, value_name = "FILE")]
        seen: PathBuf,
        /// Where the passphrase of the key is
        #[command(flatten)]
        passphrase: Passphrase,
    },
}

/// `register publish`.
#[derive(Debug, ClapArgs)]
pub struct Publish {
    /// The folder of the register, or a JSON list of unsigned certificates for trying things out
    pub dir: PathBuf,
    /// The folder of the website
    pub to: PathBuf,
    /// Who has which systems in use: YAML, or CSV when the name ends so
    #[arg(long, value_name = "FILE")]
    pub roster: PathBuf,
    /// File with the verifier key of the register, from elsewhere than the register
    #[arg(long, value_name = "FILE")]
    pub trust: Option<PathBuf>,
    /// The day that every answer is about [default: today, in Norway]
    #[arg(long, value_name = "DATE", value_parser = super::date::day)]
    pub on: Option<Date>,
}
