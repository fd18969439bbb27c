"""A defect that needs a message of its own: an AppRec that answers an AppRec (HITS 1168 8.3 forbids it)."""

import apprec
import xmltree


class _Level:
    """One level of an address of an AppRec, as apprec.py wants it."""

    def __init__(self, element):
        ns = element.ns
        self.name, self.idents = element.text_at(ns, "Name"), []
        for holder, kind in [(element, "TypeId"), *((one, "Type") for one in element.all(ns, "AdditionalId"))]:
            code = holder.first(ns, kind)
            if code is not None:
                self.idents.append((holder.text_at(ns, "Id"), code.get(None, "V"), code.get(None, "DN")))


class _Side:
    def __init__(self, party):
        institution = party.first(party.ns, "HCP", "Inst")
        self.organisation, self.person = _Level(institution), None
        self.departments = [_Level(dept) for dept in institution.all(party.ns, "Dept")]


class _Kind:
    v, dn = "APPREC", "Applikasjonskvittering"


class _Message:
    def __init__(self, root):
        self.sender, self.kind = _Side(root.first(root.ns, "Sender")), _Kind
        self.gen_date, self.msg_id = root.text_at(root.ns, "GenDate"), root.text_at(root.ns, "Id")


def receipt(octets):
    """The octets of an AppRec for the AppRec in `octets`, and its version."""
    root = xmltree.parse(octets).root
    version = next(version for version, namespace in apprec.NAMESPACE.items() if namespace == root.ns)
    us = _Side(root.first(root.ns, "Receiver"))
    return apprec.build(_Message(root), version, "PRIM", us, []), version
