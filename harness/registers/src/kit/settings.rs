//! Settings for systems that we know, by the names that they themselves use, and aliases of hosts.

use super::{File, Plan};
use crate::pki::NATIONAL_TEST_HOSTS;
use serde_json::json;

/// Ports of the mail server that the harness opens unless the subject file says otherwise.
const SMTP: u16 = 2525;
const POP3: u16 = 2110;

pub(super) fn files(plan: &Plan, hosts: &[String]) -> Vec<File> {
    let host = hosts.first().map_or("localhost", String::as_str);
    vec![
        File::open("settings/addresses.env", addresses(plan, host)),
        File::open("settings/helsenorge-messaging.json", helsenorge(plan)),
        File::open("settings/ks-fiks-nhn-client.properties", fiks(plan)),
        File::open("settings/nav-smtp-transport.env", smtp_transport(plan, host)),
        File::open("settings/nav-ebxml-processor.env", ebxml_processor()),
        File::open("hosts/compose.yaml", compose()),
        File::open("hosts/hosts.txt", hosts_file()),
    ]
}

/// All addresses once more, for a system that we do not know.
fn addresses(plan: &Plan, host: &str) -> String {
    let (registers, tls) = (&plan.terms.registers, &plan.registers_tls);
    let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
    format!(
        "# Every address of the harness, for scripts.\n\
         PROVESTEIN_EBXML_URL={}\n\
         PROVESTEIN_SMTP={host}:{SMTP}\n\
         PROVESTEIN_POP3={host}:{POP3}\n\
         PROVESTEIN_AR_SOAP12={registers}/v1/AR\n\
         PROVESTEIN_AR_SOAP12_TLS={tls}/v1/AR\n\
         PROVESTEIN_AR_SOAP11={registers}/v1/AR/Basic\n\
         PROVESTEIN_AR_SOAP11_TLS={tls}/v1/AR/Basic\n\
         PROVESTEIN_CRL={registers}/crl/issuing.crl\n\
         PROVESTEIN_OCSP={registers}/ocsp\n",
        plan.harness
    )
}

/// Helsenorge.Messaging: https only, and a certificate that the store of the operating system trusts.
fn helsenorge(plan: &Plan) -> String {
    let text = json!({
        "AddressRegistrySettings": {
            "CachingInterval": "00:00:05",
            "WcfConfiguration": {
                "Address": format!("{}/v1/AR/Basic", plan.registers_tls),
                "HttpBinding": "Basic",
                "UserName": "user of `registers` in the subject file",
                "Password": "its password",
                "UseDefaultWebProxy": false,
                "BypassProxyOnLocal": true
            }
        },
        "Comment": "On Linux start the program with SSL_CERT_FILE pointing at tls/ca.pem of this kit. \
                    CachingInterval is short, so that scenarios that change a certificate are seen in time."
    });
    format!("{text:#}\n")
}

/// fiks-nhn-client, and efm-nhn-adapter, which is configured by these names.
fn fiks(plan: &Plan) -> String {
    format!(
        "# AdresseregisteretService(url, credentials) of fiks-nhn-client takes plain http.\n\
         nhn.services.ar.url={}/v1/AR\n\
         nhn.services.ar.username=user of `registers` in the subject file\n\
         nhn.services.ar.password=its password\n",
        plan.terms.registers
    )
}

/// smtp-transport of NAV.
fn smtp_transport(plan: &Plan, host: &str) -> String {
    let known = plan.ours.iter().find(|member| member.is_known && !member.edi.is_empty());
    let redirect = known.map(|member| member.edi.clone()).unwrap_or_default();
    format!(
        "# The user and password are those of the mailbox in the subject file.\n\
         SMTP_HOST={host}\n\
         SMTP_PORT={SMTP}\n\
         SMTP_POP3_HOST={host}\n\
         SMTP_POP3_PORT={POP3}\n\
         SMTP_STORE_PROTOCOL=pop3\n\
         SMTP_INCOMING_USERNAME=\n\
         SMTP_PASSWORD=\n\
         SMTP_FROM_ADDRESS={}\n\
         SMTP_REDIRECT_ADDRESS={redirect}\n",
        plan.subject.member.edi
    )
}

/// cpa-repo and ebms-payload of NAV. Their lists of CAs are compiled in or YAML of their own; see the README there.
fn ebxml_processor() -> String {
    format!(
        "# Import cpa/*-mail.xml by POST /cpa. Revocation of this kit's issuer has to be added to its list of CAs.\n\
         TRUSTSTORE_PATH=partners.p12\n\
         TRUSTSTORE_PWD={}\n\
         CPAPI_ACTIVE=false\n",
        crate::pki::p12::PASSWORD
    )
}

fn compose() -> String {
    let lines: String = NATIONAL_TEST_HOSTS.iter().map(|host| format!("      - \"{host}:host-gateway\"\n")).collect();
    format!(
        "# Merge into the compose file of the system under test: names that are compiled into it lead to the harness.\n\
         # The harness answers at its own ports; names that are asked at 80 or 443 need those ports forwarded to them.\n\
         services:\n  SYSTEM_UNDER_TEST:\n    extra_hosts:\n{lines}"
    )
}

fn hosts_file() -> String {
    let lines: String = NATIONAL_TEST_HOSTS.iter().map(|host| format!("ADDRESS_OF_HARNESS\t{host}\n")).collect();
    format!("# For /etc/hosts of a container or a test machine; never of a machine that somebody works on.\n{lines}")
}
