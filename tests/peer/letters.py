#!/usr/bin/env python3
"""What the record system writes: Hodemelding 1.2 (HIS 80601) around three bodies, from the structure of the schemas.

`letters.py [DEFECT …] < ORDER.json` prints the message that an order asks for, as nobody has sent it.
"""

import json
import sys
import uuid
from datetime import datetime, timedelta, timezone
from xml.sax.saxutils import escape, quoteattr

from names import MSGHEAD

PLO = "http://www.kith.no/xmlstds/po/"
DIALOG = "http://www.kith.no/xmlstds/dialog/2006-10-11"
PREFIXES = {
    "mh": MSGHEAD,
    "po": PLO + "poKomponent/2012-04-01",
    "fk": "http://www.kith.no/xmlstds/felleskomponent1",
    "jn": "http://www.kith.no/xmlstds/epj/epj2/2008-02-20",
    "me": "http://www.kith.no/xmlstds/epj/meta/2008-02-20",
    "ir": PLO + "Innleggelsesrapport/2012-04-01",
    "hl": PLO + "HelseopplysningerTilLege/2012-04-01",
    "dm": DIALOG,
}
LISTS = "2.16.578.1.12.4.1.1."
NAMES = {"HER": "HER-id", "ENH": "Organisasjonsnummeret i Enhetsregister", "HPR": "HPR-nummer", "FNR": "Fødselsnummer",
         "DNR": "D-nummer", "FHN": "Felles hjelpenummer"}
SEXES = {"0": "Ikke kjent", "1": "Mann", "2": "Kvinne", "9": "Ikke spesifisert"}
MUNICIPALITY = {"name": "Nordvik kommune (syntetisk)", "number": "310000027"}
SERVICE = {"name": "Pleie- og omsorgstjeneste"}


class Unknown(Exception):
    """The order asks for what is not written here, or lacks something."""


class Written:
    def __init__(self, function, namespace, version, octets):
        self.function, self.namespace, self.version, self.octets = function, namespace, version, octets


def tag(name, *inside, **attributes):
    """An element; what is inside is written already."""
    shown = "".join(f" {key.replace('__', ':')}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{name}{shown}>{''.join(inside)}</{name}>" if inside else f"<{name}{shown}/>"


def text(name, value):
    return tag(name, escape(value))


def cs(name, code, shown):
    return tag(name, V=code, DN=shown)


def cv(name, code, number, shown):
    return tag(name, V=code, S=LISTS + number, DN=shown)


def ident(prefix, value, kind, number="9051", within=None):
    """`within` is the prefix of what is in it, where the schema has taken it from elsewhere."""
    inner = within or prefix
    return tag(f"{prefix}:Ident", text(f"{inner}:Id", value), cv(f"{inner}:TypeId", kind, number, NAMES[kind]))


def phone(prefix, number, within=None):
    inner = within or prefix
    return tag(f"{prefix}:TeleCom", cs(f"{inner}:TypeTelecom", "WP", "Arbeidsplass"),
               tag(f"{inner}:TeleAddress", V=f"tel:{number}"))


def _address(name, organisation, service, second=True):
    """Two levels with the HER-id of each (HIS 1153)."""
    within = tag("mh:Organisation", text("mh:OrganisationName", service["name"]),
                 ident("mh", str(service["her"]), "HER")) if second else ""
    return tag(f"mh:{name}", tag("mh:Organisation", text("mh:OrganisationName", organisation["name"]),
                                 ident("mh", organisation["number"], "ENH"),
                                 ident("mh", str(organisation["her"]), "HER"), within))


def _patient(patient, defects):
    sex = patient["sex"]
    inside = [text("mh:FamilyName", patient["family_name"]), text("mh:GivenName", patient["given_name"]),
              text("mh:DateOfBirth", patient["date_of_birth"]),
              tag("mh:Sex", V=sex) if "cs-without-dn" in defects else cs("mh:Sex", sex, SEXES[sex]),
              ident("mh", patient["id"], patient["kind"], "8116")]
    if "empty-elements" in defects:
        inside.append(tag("mh:TeleCom", tag("mh:TeleAddress", V="")))
    return tag("mh:Patient", *inside)


def _nurse(prefix):
    """Who answers for what is written: name, profession, role and telephone (HITS 1174)."""
    return (cs(f"{prefix}:TypeHealthcareProfessional", "SP", "Sykepleier")
            + cv(f"{prefix}:RoleToPatient", "21", "9034", "Helsefaglig kontakt")
            + text(f"{prefix}:FamilyName", "Østby") + text(f"{prefix}:GivenName", "Åse")
            + ident(prefix, "9876543", "HPR", "8116", "fk") + phone(prefix, "00000021", "fk"))


def _beginning():
    return tag("po:InformasjonOmForsendelsen", cs("po:Forsendelsesstatus", "N", "Ny"))


def _responsible(today):
    return tag("po:AnsvarForRapport", tag("po:AnsvarligRapport", _nurse("fk")), text("po:GodkjentDato", today))


def _unit():
    return tag("po:TilknyttetEnhet", tag("po:Kontaktenhet", text("fk:OrganisationName", "Hjemmetjenesten, sone sør"),
                                         ident("fk", MUNICIPALITY["number"], "ENH"), phone("fk", "00000022")))


def _note(list_, code, shown, said):
    note = tag("jn:Journaltekst", cv("jn:Overskriftskode", code, list_, shown), text("jn:Notat", said))
    return tag("jn:GenereltJournalnotat", note, me__basiskomponenttype="EPJ dokument",
               me__komponenttype="2.16.578.1.12.4.1.6.13.11009.0", komponentID=str(uuid.uuid4()))


def admission(today):
    return tag("ir:Innleggelsesrapport", _beginning(),
               tag("po:TilleggsopplysningPasient", text("po:BorAlene", "true")), _unit(), _responsible(today),
               tag("po:InfoMedisinskDiagnose", tag("po:MedisinskDiagnose", text("po:Hoveddiagnose", "true"),
                                                   cv("po:Diagnosekode", "R55", "7110", "Synkope og kollaps"))),
               tag("po:MedisinskfagligeOpplysninger",
                   _note("9142", "AAI", "Årsak til innleggelse", "Funnet på gulvet < 1 time etter fallet.")),
               tag("po:EksisterendeTjeneste", cv("po:IPLOStjenestetype", "15", "9151", "Helsetjenester i hjemmet"),
                   text("po:PrivatTjeneste", "false")))


def consultation(today):
    return tag("hl:Konsultasjon", _beginning(), _unit(), _responsible(today),
               tag("po:InnholdKonsultasjon", cs("po:TypeInnholdKonsultasjon", "3", "Ønske om legevurdering"),
                   text("po:Merknad", "Svimmel når hun reiser seg; kan blodtrykksmedisinen vurderes?")))


def reply(today):
    return tag("dm:Dialogmelding", tag("dm:Notat", cv("dm:TemaKodet", "5", "9069", "Svar på forespørsel"),
                                       text("dm:TekstNotatInnhold", "Sår på venstre legg er tørt og grodd."),
                                       text("dm:DatoNotat", today),
                                       tag("dm:RollerRelatertNotat", tag("dm:HealthcareProfessional", _nurse("dm")))))


# Message: Type with its name, namespace and version of the body, and who writes it.
KINDS = {
    "INNLEGGELSESRAPPORT@1.6": ("Innleggelsesrapport", PREFIXES["ir"], admission),
    "HELSEOPPLYSNINGER_LEGE@1.6": ("Helseopplysninger til lege", PREFIXES["hl"], consultation),
    "DIALOG_SVAR@1.0": ("Svar på forespørsel", DIALOG, reply),
}


def write(order, own, msg_id, defects=frozenset()):
    """The message that `order` asks for. `own` are the HER-ids of organisation and service."""
    try:
        return _write(order, own, msg_id, defects)
    except (KeyError, TypeError, AttributeError) as fault:
        raise Unknown(f"the order lacks something or asks for something else: {fault!r}") from fault


def _write(order, own, msg_id, defects):
    name, namespace, body = KINDS[order["message"]]
    function, _, version = order["message"].partition("@")
    here = datetime.now(timezone(timedelta(hours=1)))
    today, to = here.date().isoformat(), order["to"]
    told = "MEDISINSKE_OPPLYSNINGER" if "type-differs" in defects else function
    inside = [cs("mh:Type", told, name), text("mh:MIGversion", "v1.2 2006-05-24"),
              text("mh:GenDate", today if "gendate-without-time" in defects else here.isoformat(timespec="seconds")),
              text("mh:MsgId", msg_id), cs("mh:Ack", "J", "Ja")]
    if order.get("answers"):
        # The question begins the conversation (HIS 80601 chapter 5).
        parent = order["answers"]["msg_id"]
        inside.append(tag("mh:ConversationRef", text("mh:RefToParent", parent), text("mh:RefToConversation", parent)))
    inside += [_address("Sender", {**MUNICIPALITY, "her": own[0]}, {**SERVICE, "her": own[1]}),
               _address("Receiver", to["organisation"], to["service"], "level-two-missing" not in defects),
               _patient(order["patient"], defects)]
    document = tag("mh:Document", cv("mh:Consent", "1", "9064", "Ja, samtykke er innhentet"),
                   tag("mh:RefDoc", cs("mh:MsgType", "XML", "XML-instans"), tag("mh:Content", body(today))))
    inner = tag("mh:MsgInfo", *inside) + document
    used = [prefix for prefix in PREFIXES if prefix == "mh" or f"<{prefix}:" in inner or f" {prefix}:" in inner]
    declared = {f"xmlns__{prefix}": PREFIXES[prefix] for prefix in used}
    octets = ("<?xml version='1.0' encoding='UTF-8'?>\n" + tag("mh:MsgHead", inner, **declared) + "\n").encode("utf-8")
    return Written(function, namespace, version, octets)


if __name__ == "__main__":
    asked = write(json.load(sys.stdin), (990000020, 990000021), str(uuid.uuid4()), frozenset(sys.argv[1:]))
    sys.stdout.buffer.write(asked.octets)
