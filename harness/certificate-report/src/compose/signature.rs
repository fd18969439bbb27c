//! Who signed, as far as that was verified.

use crate::Lang;
use crate::document::{Block, Text, Tone};
use crate::stated::{Signature, Stated};

/// Whether the signature was verified.
pub(super) fn block(stated: &Stated<'_>) -> Block {
    let lang = stated.lang;
    let anybody = lang.pick(
        "Hvem som helst kan ha skrevet filen. Bruk ikke rapporten til å avgjøre noe før underskriften er kontrollert.",
        "Anybody may have written the file. Decide nothing by this report before the signature is verified.",
    );
    if stated.is_verified_by_register() {
        return Block::notice(
            Tone::Good,
            lang.pick("Kontrollert gjennom registeret", "Verified through the register"),
            [Text::plain(lang.pick(
                "Registeret er kontrollert med nøkkelen du oppga. Det sier at filen er underskrevet av dem som har lov til å utstede.",
                "The register was verified with the key that you named. It says that the file is signed by those who may issue.",
            ))],
        );
    }
    match stated.signature {
        Signature::By { signers, organisation } => signed(lang, signers, organisation.as_ref()),
        Signature::NotFit(why) => Block::notice(
            Tone::Bad,
            lang.pick(
                "Virksomhetssertifikatet kan ikke stå for underskriften",
                "The organisation certificate may not stand for the signature",
            ),
            [Text::plain(why).in_language((lang == Lang::Nb).then_some(Lang::En)), Text::plain(anybody)],
        ),
        Signature::NobodyNamed => Block::notice(
            Tone::Open,
            lang.pick(
                "Underskriften er ikke kontrollert: du oppga ingen du stoler på",
                "The signature was not verified: you named nobody",
            ),
            [
                Text::plain(anybody),
                Text::plain(
                    lang.pick("Oppgi utstederens offentlige nøkkel med ", "Name the issuer's public key with "),
                )
                .and_code("--trust FILE")
                .and(lang.pick(
                    ". Hent den hos utstederen, ikke sammen med filen.",
                    ". Get it from the issuer, not together with the file.",
                )),
            ],
        ),
        Signature::TooFew { found, demanded } => Block::notice(
            Tone::Bad,
            lang.pick("For få av dem du stoler på, har underskrevet", "Too few of those you trust have signed"),
            [
                Text::plain(lang.pick(
                    format!("{found} av dem du oppga, har underskrevet; {demanded} må ha gjort det."),
                    format!("{found} of those you named have signed it, and {demanded} must have."),
                )),
                Text::plain(anybody),
            ],
        ),
    }
}

fn signed(lang: Lang, signers: &[String], organisation: Option<&(String, String)>) -> Block {
    let signed = Text::plain(lang.pick("Underskrevet av ", "Signed by ")).and_strong(lang.row(signers)).and(lang.pick(
        ", som du har sagt at du stoler på. Ingenting i filen er endret siden.",
        ", whom you said you trust. Nothing in the file was changed since.",
    ));
    let organisation = organisation.map(|(name, digest)| {
        Text::plain(lang.pick("Virksomhetssertifikat: ", "Organisation certificate: "))
            .and(name)
            .and(", ")
            .and_code(digest)
            .and(
                lang.pick(". Om det er tilbakekalt, er ikke undersøkt.", ". Whether it was revoked was not looked up."),
            )
    });
    Block::notice(
        Tone::Good,
        lang.pick("Underskriften er kontrollert", "The signature was verified"),
        std::iter::once(signed).chain(organisation),
    )
}
