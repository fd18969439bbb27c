//! The subject's certificates: in date, for what they are used for, and of the organisation that the HER-ids belong to.

use super::Look;
use crate::subject::{Subject, SubjectParty};
use jiff::Timestamp;
use wire::certificate::{Certificate, KeyUsage};

/// Looks at both certificates of each party of the subject.
pub fn looks(subject: &Subject, now: Timestamp) -> Vec<Look> {
    let ours: Vec<u32> = subject.partners.values().map(|party| party.identity.her).collect();
    subject.parties.iter().flat_map(|(role, party)| of_party(role, party, &ours, now)).collect()
}

/// Whole days from `now` to the end.
pub fn days_left(certificate: &Certificate, now: Timestamp) -> i64 {
    certificate.not_after().duration_since(now).as_hours() / 24
}

fn of_party(role: &str, party: &SubjectParty, ours: &[u32], now: Timestamp) -> Vec<Look> {
    let (sign, encrypt) = (&party.sign, &party.encrypt);
    let mut looks = Vec::new();
    if is_swapped(sign, encrypt) {
        looks.push(Look::misfit(
            format!("{role}, both certificates"),
            "swapped: `sign` is a certificate for encryption, and `encrypt` one for signing",
            "exchange the two files under `parties.…certificates` in the subject file",
        ));
    } else {
        looks.push(one(&format!("{role}, signing certificate"), sign, signs(sign), "signing", now));
        looks.push(one(&format!("{role}, encryption certificate"), encrypt, encrypts(encrypt), "encryption", now));
    }
    looks.push(organisation(role, party));
    let her = party.cast.service.her;
    let what = format!("{role}, HER-id {her}");
    looks.push(if ours.contains(&her) {
        Look::misfit(what, "is also one of ours", "give the subject's own HER-id under `parties`")
    } else {
        Look::fine(what, "is not one of ours")
    });
    looks
}

/// HIS 1037 5.5. A certificate without key usage, as in some test systems, is for everything.
fn signs(certificate: &Certificate) -> bool {
    certificate.key_usage().is_none_or(|usage| usage.non_repudiation || usage.digital_signature)
}

fn encrypts(certificate: &Certificate) -> bool {
    certificate.key_usage().is_none_or(is_for_encryption)
}

fn is_for_encryption(usage: KeyUsage) -> bool {
    usage.key_encipherment || usage.data_encipherment || usage.key_agreement
}

/// What stands as `sign` encrypts, and what stands as `encrypt` can only sign. A certificate for encryption and
/// authentication has digitalSignature too, so that `sign` alone would not tell.
fn is_swapped(sign: &Certificate, encrypt: &Certificate) -> bool {
    sign.key_usage().is_some_and(is_for_encryption) && !encrypts(encrypt) && signs(encrypt)
}

fn one(what: &str, certificate: &Certificate, fits: bool, purpose: &str, now: Timestamp) -> Look {
    let until = certificate.not_after().strftime("%Y-%m-%d");
    if now > certificate.not_after() {
        return Look::misfit(
            what,
            format!("expired {until}"),
            "get a new one, and give it to us (`parties.…certificates`) and to the address register",
        );
    }
    if now < certificate.not_before() {
        let from = certificate.not_before().strftime("%Y-%m-%d %H:%M UTC");
        return Look::misfit(
            what,
            format!("is not valid before {from}"),
            "compare the clock of this machine with the right time",
        );
    }
    if !fits {
        return Look::misfit(
            what,
            format!("has the wrong key usage: it is not for {purpose}"),
            "enterprise certificates come in pairs (HIS 1037 5.5): give the other one of the pair",
        );
    }
    Look::fine(what, format!("valid until {until} ({} days left)", days_left(certificate, now)))
}

/// No certificate holds a HER-id: that the organisation's number leads to it only the address register knows.
fn organisation(role: &str, party: &SubjectParty) -> Look {
    let what = format!("{role}, organisation number");
    let (sign, encrypt) = (number(&party.sign.subject()), number(&party.encrypt.subject()));
    let advice =
        "compare with the address register; the certificate must be of the organisation that the HER-id belongs to";
    match (sign, encrypt) {
        (Some(sign), Some(encrypt)) if sign != encrypt => Look::misfit(
            what,
            format!("the signing certificate is of {sign}, the encryption certificate of {encrypt}"),
            advice,
        ),
        (Some(number), _) | (None, Some(number)) => match party.cast.organisation.number.as_deref() {
            Some(stated) if stated != number => {
                Look::unknown(what, format!("the certificates are of {number}, the subject file says {stated}"), advice)
            }
            Some(_) => Look::fine(what, format!("{number}, in the certificates as in the subject file")),
            None => Look::unknown(
                what,
                format!("the certificates are of {number}; the subject file gives no number"),
                advice,
            ),
        },
        (None, None) => Look::unknown(what, "the certificates hold none", advice),
    }
}

/// The nine digits of organizationIdentifier (`NTRNO-…`, SEID 2) or serialNumber (SEID 1).
fn number(name: &str) -> Option<String> {
    let values = name.split(['+', ',']).filter_map(|pair| pair.split_once('='));
    let of = |key: &str, value: &str| match key {
        "organizationIdentifier" => value.strip_prefix("NTRNO-").map(str::to_owned),
        "serialNumber" => Some(value.to_owned()),
        _ => None,
    };
    values
        .filter_map(|(key, value)| of(key, value))
        .find(|number| number.len() == 9 && number.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGN: &str = include_str!("../../../../fixtures/pki/demo/municipality-sign.pem");
    const ENCRYPT: &str = include_str!("../../../../fixtures/pki/demo/municipality-encrypt.pem");

    fn pair() -> (Certificate, Certificate) {
        (Certificate::from_pem(SIGN).unwrap(), Certificate::from_pem(ENCRYPT).unwrap())
    }

    #[test]
    fn a_swapped_pair_is_told_from_one_that_is_the_wrong_one() {
        let (sign, encrypt) = pair();
        assert!(!is_swapped(&sign, &encrypt) && is_swapped(&encrypt, &sign));
        assert!(!is_swapped(&sign, &sign) && !encrypts(&sign), "twice the same is no swap");
        assert!(!is_swapped(&encrypt, &encrypt));
    }

    #[test]
    fn dates_and_days() {
        let (sign, _) = pair();
        let at = |time: &str| one("c", &sign, true, "signing", time.parse().unwrap());
        assert_eq!(at("2049-12-30T23:00:00Z").found, "valid until 2049-12-31 (1 days left)");
        assert_eq!(at("2050-01-01T00:00:00Z").found, "expired 2049-12-31");
        assert!(at("2019-01-01T00:00:00Z").found.starts_with("is not valid before 2020-01-01"));
        assert!(!one("c", &sign, false, "signing", "2026-01-01T00:00:00Z".parse().unwrap()).is_fine());
    }

    #[test]
    fn the_organisation_number_stands_in_either_place() {
        assert_eq!(number("CN=x,serialNumber=310000027,C=NO").as_deref(), Some("310000027"));
        assert_eq!(number("CN=x,organizationIdentifier=NTRNO-310000027,C=NO").as_deref(), Some("310000027"));
        assert_eq!(number("CN=x,serialNumber=1234,O=y"), None);
    }
}
