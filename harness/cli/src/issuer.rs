//! Keys and trust on disk: who signs, whom somebody believes, and which day it is.

use crate::args::Passphrase;
use crate::command::ready::norwegian_day;
use crate::command::run::random;
use crate::failure::Failure;
use certify::key::{KeyError, PublicKey, SecretKey};
use certify::organisation::{Organisation, OrganisationKey, SystemRandom};
use certify::register::entry::Issuer;
use certify::trust::{Trust, is_certificate};
use checks::exit::Exit;
use jiff::Timestamp;
use jiff::civil::Date;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Today, in Norway.
pub fn today() -> Date {
    norwegian_day(Timestamp::now())
}

/// Where the public half of a key lies.
pub fn public_path(key: &Path) -> PathBuf {
    let mut name = key.as_os_str().to_owned();
    name.push(".pub");
    PathBuf::from(name)
}

/// The passphrase.
///
/// # Errors
/// 20 when there is none.
pub fn passphrase(from: &Passphrase) -> Result<String, Failure> {
    if let Some(file) = &from.passphrase_file {
        let text = fs::read_to_string(file).map_err(|e| {
            Failure::new(Exit::USAGE, format!("failed to read the passphrase in {}: {e}", file.display()))
        })?;
        return Ok(text.lines().next().unwrap_or_default().to_owned());
    }
    std::env::var(&from.passphrase_env).map_err(|_| {
        Failure::new(Exit::USAGE, format!("there is no passphrase: {} is not set", from.passphrase_env))
            .hint("set it, or name a file with --passphrase-file; it never stands on the command line")
    })
}

/// Makes a key. The private half can be read by its owner only.
///
/// # Errors
/// 20 when the file exists or cannot be written.
pub fn new_key(path: &Path, passphrase: &str) -> Result<PublicKey, Failure> {
    let key = SecretKey::of_seed(random());
    let pem = key.to_pem(passphrase, random(), random()).map_err(|e| of_key(path, &e))?;
    let refused =
        |path: &Path, e: &std::io::Error| Failure::new(Exit::USAGE, format!("failed to make {}: {e}", path.display()));
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|e| refused(path, &e))?;
    file.write_all(pem.as_bytes()).and_then(|()| file.sync_all()).map_err(|e| refused(path, &e))?;
    let public = public_path(path);
    fs::write(&public, key.public_key().to_pem()).map_err(|e| refused(&public, &e))?;
    Ok(key.public_key())
}

/// Opens a private key.
///
/// # Errors
/// 20 when it cannot be read or opened.
pub fn secret_key(path: &Path, from: &Passphrase) -> Result<SecretKey, Failure> {
    let pem = fs::read_to_string(path)
        .map_err(|e| Failure::new(Exit::USAGE, format!("failed to read the key {}: {e}", path.display())))?;
    SecretKey::from_pem(&pem, &passphrase(from)?).map_err(|e| of_key(path, &e))
}

/// An issuer from a file with a public key.
///
/// # Errors
/// 20 when it cannot be read, or is something else.
pub fn issuer(name: &str, path: &Path) -> Result<Issuer, Failure> {
    let key = fs::read_to_string(path)
        .map_err(|e| Failure::new(Exit::USAGE, format!("failed to read the key {}: {e}", path.display())))?;
    if is_certificate(&key) {
        organisation(path)?;
    } else {
        PublicKey::from_pem(&key).map_err(|e| of_key(path, &e))?;
    }
    Ok(Issuer { name: name.to_owned(), key })
}

/// Reads an organisation's certificate, or a CA's.
///
/// # Errors
/// 20 when it cannot be read, or is something else.
pub fn organisation(path: &Path) -> Result<Organisation, Failure> {
    let pem = fs::read_to_string(path)
        .map_err(|e| Failure::new(Exit::USAGE, format!("failed to read the certificate {}: {e}", path.display())))?;
    Organisation::from_pem(&pem).map_err(|e| {
        Failure::new(Exit::USAGE, format!("the organisation certificate {} cannot be used: {e}", path.display()))
    })
}

/// Opens an organisation's private key, which must be that of its certificate.
///
/// # Errors
/// 20 when it cannot be read or opened, or is another's.
pub fn organisation_key(path: &Path, of: &Organisation, from: &Passphrase) -> Result<OrganisationKey, Failure> {
    let pem = fs::read_to_string(path)
        .map_err(|e| Failure::new(Exit::USAGE, format!("failed to read the key {}: {e}", path.display())))?;
    let unusable = |what: &dyn std::fmt::Display| {
        Failure::new(Exit::USAGE, format!("the key {} cannot be used: {what}", path.display()))
    };
    let hint = "`openssl pkcs8 -topk8 -v2 aes-256-cbc -in KEY -out FILE` writes one behind a passphrase";
    let key = OrganisationKey::from_pem(&pem, &passphrase(from)?, &SystemRandom::new());
    let key = key.map_err(|error| unusable(&error).hint(hint))?;
    if key.belongs_to(of) {
        Ok(key)
    } else {
        Err(unusable(&format!("it is not the key of the certificate of {}", of.subject())))
    }
}

/// `NAME=FILE`.
///
/// # Errors
/// 20 when it is something else.
pub fn named_key(argument: &str) -> Result<Issuer, Failure> {
    let (name, path) = argument
        .split_once('=')
        .filter(|(name, path)| !name.is_empty() && !path.is_empty())
        .ok_or_else(|| Failure::new(Exit::USAGE, format!("`{argument}` is not NAME=FILE")))?;
    let issuer = issuer(name, Path::new(path))?;
    // In a register it stands for one issuer.
    if is_certificate(&issuer.key) && organisation(Path::new(path))?.is_authority() {
        return Err(Failure::new(
            Exit::USAGE,
            format!("{path} is the certificate of a CA: whoever it certifies would be {name}"),
        )
        .hint("name the organisation's own certificate"));
    }
    Ok(issuer)
}

/// Whom somebody believes: a file a key, named as the file is.
///
/// # Errors
/// 20.
pub fn trust(files: &[PathBuf], signatures: u32) -> Result<Trust, Failure> {
    let name = |path: &PathBuf| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let issuers = files.iter().map(|path| issuer(&name(path), path)).collect::<Result<Vec<_>, _>>()?;
    Trust::of(&issuers, signatures).map_err(|(name, error)| of_key(Path::new(&name), &error))
}

fn of_key(path: &Path, error: &KeyError) -> Failure {
    let failure = Failure::new(Exit::USAGE, format!("the key {} cannot be used: {error}", path.display()));
    match error {
        KeyError::Format(_) => failure.hint("`provestein certify key new --key FILE` makes a pair: FILE and FILE.pub"),
        _ => failure,
    }
}
