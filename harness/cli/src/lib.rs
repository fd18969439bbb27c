//! Prøvestein: conformance test harness for Norwegian health messaging.
//!
//! This facade re-exports the floors for programs that embed the harness, and holds what the binary adds: the command
//! line, the embedded suite, and the order of work of each command. It decides nothing about messages.

pub mod answers;
pub mod args;
pub mod command;
pub mod embedded;
pub mod failure;
pub mod issuer;
pub mod journal;
pub mod recompute;
pub mod register_folder;
pub mod run_folder;
pub mod stand_ins;
pub mod standings;
pub mod stated;

pub use {carrier, certify, checks, evidence, exchange, msh, readiness, reference, registers, report, wire};

use checks::exit::Exit;

/// The tool and its version, as logs and reports name it.
pub const TOOL: &str = concat!("provestein ", env!("CARGO_PKG_VERSION"));

/// Runs a parsed command line.
///
/// # Errors
/// [`failure::Failure`], which knows its exit code.
pub fn run(args: args::Args) -> Result<Exit, failure::Failure> {
    let exit = dispatch(args.command)?;
    command::terminal::all_printed()?;
    Ok(exit)
}

fn dispatch(command: args::Command) -> Result<Exit, failure::Failure> {
    use args::Command;
    match command {
        Command::Demo(demo) => command::demo::run(&demo),
        Command::Run(run) => command::run::run(&run),
        Command::Resume(resume) => command::resume::run(&resume),
        Command::Answer(answer) => command::answer::run(&answer),
        Command::Collect(collect) => command::collect::run(&collect),
        Command::Inspect(inspect) => command::inspect::run(&inspect),
        Command::Judge(judge) => command::judge::run(&judge),
        Command::Diff(diff) => command::diff::run(&diff),
        Command::Report(report) => command::report::run(&report),
        Command::Runs(runs) => command::runs::run(&runs),
        Command::Show(show) => command::show::run(&show),
        Command::Verify(verify) => command::verify::run(&verify),
        Command::Certify(certify) => command::certify::run(&certify),
        Command::Register(register) => command::register::run(&register),
        Command::Rejudge(rejudge) => command::rejudge::run(&rejudge),
        Command::Ready(ready) => command::ready::run(&ready),
        Command::Doctor(doctor) => command::doctor::run(&doctor),
        Command::Init(init) => command::init::run(&init),
        Command::Kit(kit) => command::kit::run(&kit),
        Command::Reference(reference) => command::reference::run(&reference),
        Command::Scenarios(scenarios) => command::scenarios::run(&scenarios),
        Command::Requirements(requirements) => command::requirements::run(&requirements),
        Command::Explain(explain) => command::explain::run(&explain),
        Command::Completions { shell } => Ok(command::generated::completions(shell)),
        Command::Man { dir } => command::generated::man(&dir),
    }
}
