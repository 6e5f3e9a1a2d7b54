//! The metadata that Varco publishes: one document for each role, from configuration to golden file.
//!
//! `UPDATE_GOLDEN=1 cargo test --test it metadata_published` writes the files anew: read the difference.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use varco::config::{CertificatePlan, Config, KeyPurpose};
use varco::crypto::certificate::{Pem, Subject, self_signed, self_signed_for_encryption};
use varco::crypto::rsa::RsaSigningKey;
use varco::effects::Effects;

use crate::configuration::Folder;

/// When certificates begin.
pub(crate) const MADE: i64 = 1_793_000_000;

const PUBLIC: &str = r#"
ipa_code = "c_h501"
vat_number = "IT12345678903"
fiscal_code = "12345678903"
email = "spid@ente.example"
telephone = "+390600000000"
"#;
const AGGREGATED: &str = r#"
ipa_code = "c_h501"
email = "ente@ente.example"
telephone = "+390600000000"
"#;
const PRIVATE: &str = r#"
vat_number = "IT12345678903"
fiscal_code = "12345678903"
email = "spid@ente.example"
telephone = "+390600000000"
"#;
const AGGREGATOR: &str = r#"
company = "Aggregatore di Prova"
vat_number = "IT12345678903"
fiscal_code = "12345678903"
email = "spid@agg.example"
telephone = "+390600000000"
"#;
const BILLING: &str = r#"
company = "Fornitore Privato S.p.A."
vat_number = "IT12345678903"
street = "Via Esempio"
number = "1"
cap = "00100"
town = "Roma"
province = "RM"
email = "fatture@ente.example"
telephone = "+390600000000"
"#;
const SEAT: &str = "municipality = \"H501\"\nprovince = \"RM\"\ncountry = \"IT\"\n";
const SPID_SET: &str = r#"title = { it = "Servizi" }
attributes = ["spidCode", "name", "familyName", "fiscalNumber", "dateOfBirth"]"#;
const CIE_SET: &str = r#"attributes = ["name", "familyName", "dateOfBirth", "fiscalNumber"]"#;

/// One case: what stands under `[upstream.<name>]` besides organization and keys.
#[derive(Clone, Copy)]
pub(crate) struct Case {
    pub(crate) golden: &'static str,
    upstream: &'static str,
    tenant: &'static str,
    role: &'static str,
    tables: &'static [(&'static str, &'static [&'static str])],
    set: &'static [&'static str],
    more: &'static str,
}

const CASE: Case = Case {
    golden: "spid-public",
    upstream: "spid",
    tenant: "",
    role: "public",
    tables: &[("contact", &[PUBLIC])],
    set: &[SPID_SET],
    more: "",
};

/// An aggregator speaks for many: each body is a tenant.
const AGGREGATE: Case = Case {
    tenant: "c_h501",
    tables: &[("contact", &[AGGREGATED]), ("aggregator", &[AGGREGATOR])],
    ..CASE
};
const PRIVATE_AGGREGATE: Case = Case {
    tenant: "fornitore",
    tables: &[("contact", &[PRIVATE]), ("aggregator", &[AGGREGATOR]), ("billing", &[BILLING])],
    ..CASE
};

pub(crate) const CASES: &[Case] = &[
    CASE,
    Case {
        golden: "spid-private",
        role: "private",
        tables: &[("contact", &[PRIVATE]), ("billing", &[BILLING])],
        ..CASE
    },
    Case { golden: "spid-ag-public-full", role: "public-aggregator-full", ..AGGREGATE },
    Case { golden: "spid-ag-public-lite", role: "public-aggregator-light", ..AGGREGATE },
    Case { golden: "spid-ag-private-full", role: "private-aggregator-full", ..PRIVATE_AGGREGATE },
    Case { golden: "spid-ag-private-lite", role: "private-aggregator-light", ..PRIVATE_AGGREGATE },
    Case { golden: "spid-op-public-full", role: "public-operator-full", ..CASE },
    Case { golden: "spid-op-public-lite", role: "public-operator-light", ..CASE },
    Case { golden: "spid-op-private-full", role: "private-operator-full", ..CASE },
    Case {
        golden: "cie-public",
        upstream: "cie-saml",
        tables: &[(
            "contact",
            &[
                "ipa_code = \"c_h501\"\nemail = \"cie@ente.example\"\ntelephone = \"+390600000000\"\n",
                SEAT,
            ],
        )],
        set: &["uuid = \"2b9e4a5c-6f0e-4a52-9f57-1d3c0f6a7b11\"\n", CIE_SET],
        ..CASE
    },
    Case {
        golden: "cie-private",
        upstream: "cie-saml",
        role: "private",
        tables: &[
            ("contact", &[PRIVATE, "nace = \"62.01\"\n", SEAT]),
            (
                "technical_contact",
                &[
                    "company = \"Partner Tecnico S.r.l.\"\n",
                    PRIVATE,
                    "nace = \"62.01\"\nmunicipality = \"H501\"\n",
                ],
            ),
        ],
        set: &["title = { it = \"Servizi\" }\n", CIE_SET],
        ..CASE
    },
    Case {
        golden: "spid-public-eidas",
        more: "[upstream.eidas.trust]\nmetadata_files = [\"providers.xml\"]\n",
        ..CASE
    },
    Case {
        golden: "spid-public-age-limit",
        more: "[[upstream.spid.consumer]]\nindex = 1\n\
               [[upstream.spid.age_limit]]\nconsumer_index = 1\nminimum = 14\n\
               parental_authorisation_until = 16\n",
        ..CASE
    },
    Case {
        golden: "spid-public-rollover",
        more: "[upstream.spid.keys]\n\
               next_key_file = \"next-key.pem\"\nnext_certificate_file = \"next.pem\"\n\
               decryption_key_file = \"decryption-key.pem\"\n\
               decryption_certificate_file = \"decryption.pem\"\n",
        ..CASE
    },
];

impl Case {
    fn configuration(&self) -> String {
        let upstream = format!("upstream.{}", self.upstream);
        let body = if self.tenant.is_empty() {
            upstream.clone()
        } else {
            format!("{upstream}.tenant.{}", self.tenant)
        };
        let name = if self.role.starts_with("private") && !self.role.contains("operator") {
            "Fornitore Privato S.p.A."
        } else {
            "Ente di Prova per il Collaudo"
        };
        let mut text = format!(
            "issuer = \"https://accesso.ente.example\"\nenvironment = \"development\"\n\
             [secrets]\nsealing = \"file:secret\"\npairwise = \"file:secret\"\n\
             [{upstream}.trust]\nmetadata_files = [\"providers.xml\"]\n\
             [{body}]\nrole = \"{}\"\n",
            self.role
        );
        for (table, lines) in self.tables {
            // One aggregator speaks for all of its bodies.
            let body = if *table == "aggregator" { &upstream } else { &body };
            write!(text, "[{body}.{table}]\n{}", lines.concat()).unwrap();
        }
        for (language, site) in [("it", "/it"), ("en", "/en")] {
            write!(
                text,
                "[{body}.organization.{language}]\nname = \"{name}\"\n\
                 url = \"https://www.ente.example{site}\"\n"
            )
            .unwrap();
        }
        write!(text, "[[{body}.attribute_set]]\nname = \"default\"\nindex = 0\n").unwrap();
        text += &self.set.concat();
        text + "\n" + self.more
    }

    /// Writes the folder, makes the certificates that are planned, and reads it.
    pub(crate) fn read(&self, folder: &Folder) -> (PathBuf, Config) {
        folder.write("secret", &"0".repeat(64));
        folder.write("providers.xml", "<x/>");
        let path = folder.write("varco.toml", &self.configuration());
        for plan in Config::read_key_plan(&path).unwrap().certificates {
            certify(&plan);
        }
        let config = Config::read(&path).unwrap_or_else(|problems| {
            panic!("{}: {problems}\n{}", self.golden, self.configuration())
        });
        (path, config)
    }
}

/// With the keys of `tests/fixtures`, so that the same document is made on every machine.
fn certify(plan: &CertificatePlan) {
    let name = match (plan.purpose, plan.key.file_name().unwrap().to_str().unwrap()) {
        (KeyPurpose::Decryption, _) => "decryption-key.pem",
        (KeyPurpose::Signing, "next-key.pem") => "next-key.pem",
        (KeyPurpose::Signing, _) => "key.pem",
    };
    let pem = fs::read_to_string(repository("tests/fixtures/service-provider").join(name)).unwrap();
    let key = RsaSigningKey::from_pkcs8(&Pem::PrivateKey.read(&pem).unwrap()).unwrap();
    let (fx, _) = Effects::scripted(MADE, name.len().try_into().unwrap());
    let subject = Subject {
        organization: &plan.organization,
        common_name: &plan.common_name,
        locality: &plan.locality,
        identifier: plan.identifier(),
        entity_id: &plan.entity_id,
    };
    let made = match plan.purpose {
        KeyPurpose::Signing => self_signed,
        KeyPurpose::Decryption => self_signed_for_encryption,
    };
    let der = made(&subject, &key, Duration::from_hours(24 * 3650), &fx).unwrap();
    for (path, text) in
        [(&plan.key, pem.as_str()), (&plan.certificate, Pem::Certificate.write(&der).as_str())]
    {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The one document of the case.
fn document(config: &Config, upstream: &str) -> String {
    let (_, saml) = config.upstreams.saml().find(|(name, _)| *name == upstream).unwrap();
    let [tenant] = saml.tenants.as_slice() else { panic!("one tenant") };
    tenant.document(saml.cbc).unwrap()
}

#[test]
fn every_role_is_published_as_its_golden_file_says() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    for case in CASES {
        let folder = Folder::new(&format!("metadata-{}", case.golden));
        let (_, config) = case.read(&folder);
        let document = document(&config, case.upstream);
        let golden = repository("tests/golden/metadata").join(format!("{}.xml", case.golden));
        if update {
            fs::write(&golden, &document).unwrap();
        }
        let stored = fs::read_to_string(&golden).unwrap_or_default();
        assert!(
            document == stored,
            "{}: run this test with UPDATE_GOLDEN=1 and read the difference: AgID would have to \
             approve it again",
            golden.display()
        );
    }
}

#[test]
fn a_document_that_is_built_twice_is_the_same_octet_for_octet() {
    for case in [CASES[0], CASES[3], CASES[9]] {
        let built = ["once", "twice"].map(|name| {
            let folder = Folder::new(&format!("metadata-{name}-{}", case.golden));
            let (_, config) = case.read(&folder);
            document(&config, case.upstream)
        });
        assert_eq!(built[0], built[1]);
    }
}
