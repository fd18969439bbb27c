//! How a reader verifies all of it without believing this report.

use crate::document::{Block, Item, Text};
use crate::stated::{Signature, Stated};

pub(super) fn blocks(stated: &Stated<'_>) -> Vec<Block> {
    let lang = stated.lang;
    let ending =
        if matches!(stated.signature, Signature::By { organisation: Some(_), .. }) { "cms.pem" } else { "json" };
    let file = format!("{}.{ending}", stated.digest);
    let runs: Vec<&str> = stated.certificate.runs.iter().map(|run| run.id.as_str()).collect();
    let mut again = format!("provestein verify {file} --trust ISSUER.pub");
    for run in &runs {
        again.push_str(&format!(" --run {}", if is_id(run) { run } else { "RUN" }));
    }
    let item = |nb: &str, en: &str, commands: &[String]| Item {
        text: Text::plain(lang.pick(nb, en)),
        commands: commands.to_vec(),
    };
    let mut first = item(
        "Hent den signerte filen hos utstederen eller i registeret, og regn ut fingeravtrykket. Det skal være ",
        "Get the signed file from the issuer or the register, and compute its digest. It should be ",
        &[format!("sha256sum {file}")],
    );
    first.text = first.text.and_code(stated.digest).and(".");
    let mut items = vec![
        first,
        item(
            "Kontroller underskriften, uten nett. Utstederens offentlige nøkkel henter du hos utstederen, ikke sammen med filen.",
            "Verify the signature, offline. Get the issuer's public key from the issuer, not together with the file.",
            &[format!("provestein verify {file} --trust ISSUER.pub")],
        ),
        item(
            "Regn ut resultatene på nytt av loggene. Kjøringene får du av leverandøren eller utstederen.",
            "Compute the verdicts again from the logs. The runs are to be had from the supplier or the issuer.",
            &[again.clone()],
        ),
        item(
            "Kontroller registeret, og at sertifikatet ikke er trukket tilbake.",
            "Verify the register, and that the certificate was not withdrawn.",
            &[
                "provestein register verify REGISTER --trust REGISTER.vkey".to_owned(),
                "provestein register list REGISTER --trust REGISTER.vkey".to_owned(),
            ],
        ),
        item(
            "Lag denne rapporten selv.",
            "Make this report yourself.",
            &[format!("{} --lang {} --html report.html", again.replacen("verify", "certify report", 1), lang.code())],
        ),
    ];
    if let Signature::By { organisation: Some(_), .. } = stated.signature {
        // The other form can be checked by a program that has nothing to do with this one.
        items.insert(
            2,
            item(
                "Eller uten dette verktøyet, med sertifikatet til den som har utstedt virksomhetssertifikatet.",
                "Or without this tool, with the certificate of whoever issued the organisation certificate.",
                &[format!("openssl cms -verify -inform PEM -in {file} -CAfile CA.pem -out statement.json")],
            ),
        );
    }
    vec![
        Block::says(lang.pick(
            "Tro ikke på en rapport: den som har skrevet den, kan ha skrevet hva som helst. Alt i den kan regnes ut på nytt.",
            "Do not believe a report: whoever wrote it may have written anything. All of it can be computed again.",
        )),
        Block::List { is_ordered: true, items },
    ]
}

/// Whether a run id is one: a command that somebody copies must not hold what a stranger wrote.
fn is_id(id: &str) -> bool {
    id.len() <= 64
        && id.starts_with(|c: char| c.is_ascii_hexdigit())
        && id.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}
