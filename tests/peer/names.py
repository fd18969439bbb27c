"""Namespaces, algorithm identifiers and constants of the wire (HIS 1037, HITS 1171, HITS 1172)."""

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
EB = "http://www.oasis-open.org/committees/ebxml-msg/schema/msg-header-2_0.xsd"
XLINK = "http://www.w3.org/1999/xlink"
DS = "http://www.w3.org/2000/09/xmldsig#"
MSGHEAD = "http://www.kith.no/xmlstds/msghead/2006-05-24"
APPREC_10 = "http://www.kith.no/xmlstds/apprec/2004-11-21"
APPREC_11 = "http://www.kith.no/xmlstds/apprec/2012-02-15"

SIGNAL_SERVICE = "urn:oasis:names:tc:ebxml-msg:service"
ACTOR_NEXT_MSH = "urn:oasis:names:tc:ebxml-msg:actor:nextMSH"
ACTOR_TO_PARTY = "urn:oasis:names:tc:ebxml-msg:actor:toPartyMSH"
ACTOR_NEXT = "http://schemas.xmlsoap.org/soap/actor/next"

ENVELOPED = DS + "enveloped-signature"
XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"

SIGNATURE_METHODS = {
    DS + "rsa-sha1": "sha1",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256": "sha256",
}
DIGEST_METHODS = {DS + "sha1": "sha1", "http://www.w3.org/2001/04/xmlenc#sha256": "sha256"}

# HISD 1209 (15.10.2018): Service is "S-" and one of these, Action is the same code or APPREC.
ACTIONS = frozenset(
    """EPIKRISE HENVISNING HENVISNING_NYTILSTAND HENVISNING_VIDERE REQ_CYT REQ_HIST REQ_KKL REQ_MBIO REQ_LAB REQ_RTG
    SVAR_CYT SVAR_HIST SVAR_KKL SVAR_MBIO SVAR_LAB SVAR_RTG TILBAKEMELD INNLEGGELSESRAPPORT LOG_INNLAGT LOG_AVMELDING
    LOG_DOD LOG_UTSKREVET LOG_UTSKRIVNINGSKLAR HELSEOPPL_SOKNAD HELSEOPPLYSNINGER_LEGE MEDISINSKE_OPPLYSNINGER
    ORIENTERING_TJENESTETILBUD UTSKRIVNINGSRAPPORT EPJ-EKSTRAKT DIALOG_FORESPORSEL DIALOG_AVVIK DIALOG_NOTAT
    DIALOG_SVAR DIALOG_STATUS_HENVISNING DIALOG_HELSEFAGLIG""".split()
)

# Who answers with which AppRec (HITS 1168 8.3), by namespace of the first document of the Hodemelding.
_PLO = "http://www.kith.no/xmlstds/po/"
_PLO_ROOTS = ("HelseopplysningerTilLege Konsultasjon HelseopplysningerVedSoknad Innleggelsesrapport "
              "MedisinskeOpplysninger OverforingMedisinskeOpplysninger OrienteringOmTjenestetilbud Pasientlogistikk "
              "TverrfagligEpikrise MeldingFravar").split()
APPREC_FOR = {f"{_PLO}{root}/2012-04-01": "1.1" for root in _PLO_ROOTS}
APPREC_FOR.update({f"{_PLO}{root}/2009-06-30": "1.0" for root in _PLO_ROOTS})
APPREC_FOR.update({
    "http://www.kith.no/xmlstds/dialog/2006-10-11": "1.0",
    "http://www.kith.no/xmlstds/dialog/2013-01-23": "1.1",
    "http://ehelse.no/xmlstds/henvisning/2017-11-30": "1.1",
})
