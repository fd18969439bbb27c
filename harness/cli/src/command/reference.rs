//! `reference`: the built-in system as a process of its own.

use super::demo::own_party;
use super::run::algorithms;
use super::terminal::{runtime, say};
use crate::args::{CarrierKind, Reference};
use crate::embedded;
use crate::failure::Failure;
use crate::journal::CastJournal;
use ::reference::defect::Defect;
use ::reference::mailed::{self, MailWiring};
use ::reference::memory::Memory;
use ::reference::serve::{self, Wiring};
use ::reference::system::System;
use carrier::mail::{Password, Route, Security};
use checks::exit::Exit;
use exchange::cast::Cast;
use exchange::subject::PARTNER_TABLE;
use msh::identity::{Identity, Peer};
use msh::state::RetryPolicy;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;
use wire::certificate::Certificate;
use wire::key::PrivateKey;
use wire::mime::TransferEncoding;

/// The profile whose algorithms the reference signs with.
const PROFILE: &str = "plo-receive-nhn";
/// Where a kit keeps the keys of a subject that has none of its own.
const SUBJECT: &str = "subject";
/// The profile of a reference that sends too.
const BOTH_ROLES: &str = "plo-nhn";
/// Looking more often than this would only burn the processor.
const POLL_MIN_MS: u64 = 20;

/// Serves until it is ended.
///
/// # Errors
/// [`Failure`].
pub fn run(args: &Reference) -> Result<Exit, Failure> {
    if args.list_defects {
        for defect in Defect::ALL {
            say(format!("{:<32} {}", defect.id(), defect.description()));
        }
        return Ok(Exit::MET);
    }
    let defects: Vec<Defect> = args
        .defect
        .iter()
        .map(|id| id.parse())
        .collect::<Result<_, _>>()
        .map_err(|error| Failure::of(Exit::USAGE, &error))?;
    let kit = args.kit.as_deref().unwrap_or(Path::new("kit"));
    let peers = peers(kit)?;
    let algorithms = algorithms(&embedded::profile(PROFILE)?);
    let mut identity = own_identity(kit, own_party("municipality", algorithms)?.identity)?;
    identity.software.msh = "Prøvestein reference".to_owned();
    if let Some(folder) = &args.write_subject {
        write_subject(folder, kit, args)?;
    }
    if args.carrier == CarrierKind::Mail {
        return by_mail(args, kit, identity, peers, defects);
    }
    let url: carrier::http::Url = args.harness.parse().map_err(|error| Failure::of(Exit::USAGE, &error))?;
    let wiring = Wiring {
        partners: peers.iter().map(|peer| (peer.her, url.clone())).collect(),
        apprec_after: Duration::from_millis(args.apprec_after),
        tick: Some(Duration::from_millis((args.retry_interval / 4).clamp(POLL_MIN_MS, 1000))),
        ..Wiring::default()
    };
    let mut system = sender(args, kit, identity, peers, defects.clone())?;
    let memory = match &args.state {
        Some(path) => Memory::recall(path, &mut system)
            .map_err(|error| Failure::of(Exit::USAGE, &error).hint(format!("--state {}", path.display())))?,
        None => Memory::default(),
    };
    runtime()?.block_on(async {
        let chance = Box::new(rsa::rand_core::UnwrapErr(getrandom::SysRng));
        let served = serve::serve(system, args.listen, wiring, memory, chance).await.map_err(|error| {
            Failure::new(Exit::CONFIGURATION, format!("failed to listen at {}: {error}", args.listen))
        })?;
        let _orders = ordered(served.orders_inside(), args.orders).await?;
        let wrong: Vec<&str> = defects.iter().map(|d| d.id()).collect();
        let how = if wrong.is_empty() { "conforming".to_owned() } else { format!("with {}", wrong.join(", ")) };
        say(format!("reference listening at http://{}/, {how}; end it with Ctrl-C", served.address()));
        // Ends by signal; what the wait itself returns does not matter then.
        let _ = tokio::signal::ctrl_c().await;
        Ok(Exit::MET)
    })
}

/// The system with its journal: it knows who is in the kit.
fn sender(
    args: &Reference,
    kit: &Path,
    identity: Identity,
    peers: Vec<Peer>,
    defects: Vec<Defect>,
) -> Result<System, Failure> {
    let retry = RetryPolicy { retries: args.retry_count, interval_ms: args.retry_interval };
    let journal = CastJournal::of("municipality", partner_table(kit)?)?;
    Ok(System::with_retry(identity, peers, defects, retry).writing(Box::new(journal)))
}

async fn ordered(orders: serve::Orders, address: Option<SocketAddr>) -> Result<Option<serve::OrderDesk>, Failure> {
    let Some(address) = address else { return Ok(None) };
    let taken = orders.at(address).await.map_err(|error| {
        Failure::new(Exit::CONFIGURATION, format!("failed to take orders at {address}: {error}"))
            .hint("`--orders` names another address")
    })?;
    say(format!("orders to send are taken at http://{}/", taken.address()));
    Ok(Some(taken))
}

/// Fetches from the harness's mailbox and posts to its SMTP server until it is ended.
fn by_mail(
    args: &Reference,
    kit: &Path,
    mut identity: Identity,
    peers: Vec<Peer>,
    defects: Vec<Defect>,
) -> Result<Exit, Failure> {
    let table = partner_table(kit)?;
    let own = embedded::cast()?.parties.get("municipality").map(|party| party.edi.clone()).unwrap_or_default();
    let route = |at: SocketAddr| Route {
        host: at.ip().to_string(),
        port: at.port(),
        security: Security::Plain,
        login: Some((own.clone(), Password::new("reference"))),
    };
    let wiring = MailWiring {
        smtp: route(args.smtp),
        pop3: route(args.pop3),
        address: own.clone(),
        partners: table.parties.values().map(|party| (party.service.her, party.edi.clone())).collect(),
        poll: Duration::from_millis(args.poll.max(POLL_MIN_MS)),
    };
    identity.envelope_encoding = TransferEncoding::Base64;
    let system = sender(args, kit, identity, peers, defects)?;
    runtime()?.block_on(async {
        let chance = Box::new(rsa::rand_core::UnwrapErr(getrandom::SysRng));
        let served = mailed::serve(system, wiring, chance);
        let _orders = ordered(served.orders_inside(), args.orders).await?;
        say(format!("reference fetching from {} and posting to {}; end it with Ctrl-C", args.pop3, args.smtp));
        // Ends by signal; what the wait itself returns does not matter then.
        let _ = tokio::signal::ctrl_c().await;
        Ok(Exit::MET)
    })
}

fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| {
        Failure::new(Exit::USAGE, format!("failed to read {}: {error}", path.display()))
            .hint("`provestein kit DIR` writes a kit")
    })
}

/// The municipality's keys: those that the kit has for a subject, so that whatever names the kit's certificates fits. A kit of an
/// earlier version has none; then the built-in ones.
fn own_identity(kit: &Path, built_in: Identity) -> Result<Identity, Failure> {
    let path = |name: &str| kit.join(SUBJECT).join(format!("municipality-{name}.pem"));
    if !path("sign.key").exists() {
        return Ok(built_in);
    }
    let wrong = |name: &str, error: &dyn std::fmt::Display| {
        Failure::new(Exit::INPUT_INVALID, format!("failed to read {}: {error}", path(name).display()))
            .hint("`provestein kit DIR` writes a kit")
    };
    let certificate = |name: &str| Certificate::from_pem(&read(&path(name))?).map_err(|error| wrong(name, &error));
    let key = |name: &str| PrivateKey::from_pem(&read(&path(name))?).map_err(|error| wrong(name, &error));
    Ok(Identity {
        sign_certificate: certificate("sign")?,
        sign_key: key("sign.key")?,
        encrypt_certificate: certificate("encrypt")?,
        encrypt_key: key("encrypt.key")?,
        ..built_in
    })
}

fn partner_table(kit: &Path) -> Result<Cast, Failure> {
    let path = kit.join(PARTNER_TABLE);
    Cast::parse(&path.display().to_string(), &read(&path)?)
        .map_err(|mistakes| Failure::of(Exit::INPUT_INVALID, &mistakes))
}

fn peers(kit: &Path) -> Result<Vec<Peer>, Failure> {
    let cast = partner_table(kit)?;
    let mut peers = Vec::new();
    for (role, party) in cast.parties.iter().filter(|(role, _)| *role != "stranger") {
        let file = party.certificates.as_ref().map(|c| c.encrypt.clone()).unwrap_or_default();
        let certificate = Certificate::from_pem(&read(&kit.join(&file))?).map_err(|error| {
            Failure::of(Exit::INPUT_INVALID, &error).hint(format!("encryption certificate of `{role}`"))
        })?;
        peers.push(Peer { her: party.service.her, encrypt_certificate: certificate });
    }
    Ok(peers)
}

/// A subject file for this very system, so that `run --subject` can be tried at once.
fn write_subject(folder: &Path, kit: &Path, args: &Reference) -> Result<(), Failure> {
    let wrong = |error: std::io::Error| {
        Failure::new(Exit::USAGE, format!("failed to write into {}: {error}", folder.display()))
    };
    fs::create_dir_all(folder).map_err(wrong)?;
    for kind in ["sign", "encrypt"] {
        let name = format!("municipality-{kind}.pem");
        let of_kit = fs::read_to_string(kit.join(SUBJECT).join(&name)).ok();
        let certificate = of_kit.as_deref().or_else(|| embedded::demo_pki(&name)).unwrap_or_default();
        fs::write(folder.join(&name), certificate).map_err(wrong)?;
    }
    let cast = embedded::cast()?;
    let Some(party) = cast.parties.get("municipality") else { return Ok(()) };
    let kit = fs::canonicalize(kit).unwrap_or_else(|_| kit.to_owned());
    let port = args.harness.trim_end_matches('/').rsplit(':').next().unwrap_or("8480");
    let profile = if args.orders.is_some() { BOTH_ROLES } else { PROFILE };
    let claims = embedded::profile(profile)?.messages;
    let messages: String =
        claims.iter().map(|(message, roles)| format!("    {message}: [{}]\n", roles.join(", "))).collect();
    let sending = args.orders.map_or_else(String::new, |orders| {
        format!(
            "triggers: {{ default: {{ post: \"http://{orders}/\" }} }}\n\
             retry: {{ interval: {} ms, count: {} }}\n",
            args.retry_interval, args.retry_count
        )
    });
    let (carrier, poll) = match args.carrier {
        CarrierKind::Http => (
            format!("carrier: {{ http: {{ url: \"http://{}/\" }} }}\ninbox: {{ http: {port} }}\n", args.listen),
            String::new(),
        ),
        CarrierKind::Mail => {
            let (smtp, pop3) = (args.smtp.port(), args.pop3.port());
            (format!("carrier: mail\ninbox: {{ smtp: {smtp}, pop3: {pop3} }}\n"), format!(", poll: {} ms", args.poll))
        }
    };
    let text = format!(
        "# A subject file for the built-in reference. A vendor's looks the same, with its own certificates.\n\
         subject: {{ supplier: Prøvestein, system: built-in reference, version: {:?} }}\n\
         purpose: test\n\
         profile: {profile}\n\
         claims:\n  messages:\n{messages}\
         {carrier}\
         parties:\n  municipality:\n    organisation: {{ her: {}, name: {:?}, number: {:?} }}\n    service: {{ her: {}, name: {:?}, edi: {:?} }}\n    certificates: {{ sign: municipality-sign.pem, encrypt: municipality-encrypt.pem }}\n\
         partners: {:?}\n\
         patience: {{ transport: 10 s, apprec: 10 s, quiet: 1 s, message: 10 s{poll} }}\n{sending}",
        env!("CARGO_PKG_VERSION"),
        party.organisation.her,
        party.organisation.name,
        party.organisation.number.clone().unwrap_or_default(),
        party.service.her,
        party.service.name,
        party.edi,
        kit.display().to_string(),
    );
    fs::write(folder.join("subject.yaml"), text).map_err(wrong)?;
    say(format!("subject file written: {}", folder.join("subject.yaml").display()));
    Ok(())
}
