// Checks a signed certificate in the reader's own browser: fingerprint, signature (DSSE v1 with Ed25519), and whether it is
// the one that the page is about. Nothing is sent anywhere. The key must come from elsewhere than this site.
"use strict";
const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const bytesOf = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
const sha256 = async (bytes) => hex(await crypto.subtle.digest("SHA-256", bytes));

/** What is true of a file: { digest, number, issuer, keyid, signed }; signed: "yes", "other-key" or "broken". */
async function checkCertificate(file, pem) {
  const envelope = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(file));
  const type = envelope.payloadType;
  if (type !== "application/vnd.in-toto+json") throw new Error(`payloadType ${type}`);
  const payload = bytesOf(envelope.payload);
  const text = new TextEncoder();
  const head = text.encode(`DSSEv1 ${text.encode(type).length} ${type} ${payload.length} `);
  const signedBytes = new Uint8Array([...head, ...payload]);
  const spki = bytesOf(pem.replace(/-----[^-]+-----/g, "").replace(/\s+/g, ""));
  const key = await crypto.subtle.importKey("spki", spki, { name: "Ed25519" }, false, ["verify"]);
  const keyid = await sha256(spki);
  const own = envelope.signatures.filter((signature) => signature.keyid === keyid);
  let signed = own.length ? "broken" : "other-key";
  for (const signature of own) {
    if (await crypto.subtle.verify("Ed25519", key, bytesOf(signature.sig), signedBytes)) signed = "yes";
  }
  const { number, issuer } = JSON.parse(new TextDecoder().decode(payload)).predicate;
  return { digest: await sha256(file), number, issuer, keyid, signed };
}

const panel = document.getElementById("kontroll");
if (panel && globalThis.crypto && crypto.subtle) {
  panel.hidden = false;
  const [file, key] = ["kontroll-fil", "kontroll-nokkel"].map((id) => document.getElementById(id));
  const result = document.getElementById("kontroll-svar");
  const tell = (ok, text) => {
    result.className = ok ? "verdict good" : "verdict bad";
    result.textContent = text;
  };
  document.getElementById("kontroll-knapp").addEventListener("click", async () => {
    if (!file.files.length || !key.value.trim()) return tell(false, "Velg den signerte filen, og lim inn nøkkelen.");
    try {
      const found = await checkCertificate(new Uint8Array(await file.files[0].arrayBuffer()), key.value);
      if (found.signed === "other-key") tell(false, "Nei. Denne nøkkelen har ikke signert filen.");
      else if (found.signed === "broken") tell(false, "Nei. Underskriften passer ikke til innholdet: filen er endret.");
      else if (found.digest !== panel.dataset.digest) tell(false, `Filen er signert, men det er en annen enn denne siden handler om: nummer ${found.number} fra ${found.issuer}.`);
      else tell(true, `Ja. Nummer ${found.number} er signert med nøkkelen ${found.keyid}, og er filen som denne siden handler om. Forsikre deg om at nøkkelen er utstederens.`);
    } catch (error) {
      tell(false, `Kunne ikke kontrollere. Filen eller nøkkelen har feil form, eller nettleseren kan ikke Ed25519 (${error.name}). Bruk kommandoen.`);
    }
  });
}
