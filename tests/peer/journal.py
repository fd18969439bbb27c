"""What the peer remembers and tells: the receipt log, the imported messages, and one line an event.

The receipt log keeps for each eb:MessageId the digest of what came and the signal that was sent, so that a true
repeat gets the same octets again (HITS 1171 5.2.1.11, 9.6; HITS 1172 5.8.2).
"""

import hashlib
import json
import os
import pickle
import sys
import threading


class Receipt:
    def __init__(self, fingerprint, signal, accepted):
        self.fingerprint, self.signal, self.accepted = fingerprint, signal, accepted


def fingerprint(envelope):
    """Of the envelope octets and every part: a repeat is only true when nothing differs."""
    digest = hashlib.sha256(envelope.octets)
    for part in envelope.attachments:
        digest.update(hashlib.sha256(part.content).digest())
    return digest.hexdigest()


class Journal:
    def __init__(self, path=None, state=None):
        self.receipts, self.imported, self.sent, self.unsent = {}, set(), set(), []
        self._state = state
        if state and os.path.exists(state):
            with open(state, "rb") as handle:
                self.receipts, self.imported, self.sent, self.unsent = pickle.load(handle)
        self._lock = threading.RLock()
        self._file = open(path, "a", encoding="utf-8") if path else None

    def keep(self, new=(), done=None):
        """All of it is on disk before a message is answered, so that a restart forgets nothing."""
        with self._lock:
            self.unsent.extend(new)
            if done in self.unsent:
                self.unsent.remove(done)
            if self._state:
                with open(self._state + ".part", "wb") as handle:
                    pickle.dump((self.receipts, self.imported, self.sent, self.unsent), handle)
                    handle.flush()
                    os.fsync(handle.fileno())
                os.replace(self._state + ".part", self._state)

    def event(self, what, **facts):
        """One line on standard output, and as JSON in the journal file when there is one."""
        with self._lock:
            shown = " ".join(f"{key}={value}" for key, value in facts.items())
            print(f"peer: {what} {shown}".rstrip(), flush=True)
            if self._file:
                self._file.write(json.dumps({"event": what, **facts}, ensure_ascii=False) + "\n")
                self._file.flush()

    def first_import(self, msg_id):
        """True the first time a MsgId is seen; letters compare without case (HITS 1168 5.4)."""
        key = msg_id.lower()
        if key in self.imported:
            return False
        self.imported.add(key)
        return True


def complain(text):
    print(f"peer: {text}", file=sys.stderr, flush=True)
