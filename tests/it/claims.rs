//! The claims of a company, from the provider's assertion to userinfo, in every profile.
//!
//! Not the table itself: its own tests have every row.

use serde_json::json;
use varco_sandbox::federation::Prepared;
use varco_sandbox::{Federation, FederationOptions, LoginOptions, Outcome};

#[tokio::test]
async fn an_identity_for_professional_use_brings_its_company_in_every_profile() {
    let eid = |name: &str| format!("https://attributes.eid.gov.it/{name}");
    let profiles = [
        ("eid", [eid("company_name"), eid("company_fiscal_number"), eid("vat_number")], "acr"),
        (
            "flat",
            ["company_name", "company_fiscal_number", "company_vat_number"].map(str::to_owned),
            "acr",
        ),
        ("saml", ["companyName", "companyFiscalNumber", "ivaCode"].map(str::to_owned), "spidLevel"),
        (
            "header",
            ["X-Company-Name", "X-Company-Fiscal-Number", "X-Vat-Number"].map(str::to_owned),
            "X-Assurance-Level",
        ),
    ];
    for (profile, [name, code, vat], level) in profiles {
        let options =
            FederationOptions { purpose: Some("PG".to_owned()), ..FederationOptions::default() };
        let prepared = Prepared::start(&options).await.unwrap();
        let file = prepared.folder.path().join("relying-parties/durc.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        let other =
            text.replace("claims_profile = \"eid\"", &format!("claims_profile = \"{profile}\""));
        assert!(other.contains(&format!("\"{profile}\"")));
        std::fs::write(&file, other).unwrap();
        let federation = Federation::of(prepared).await.unwrap();
        let login = LoginOptions {
            portal: "durc".to_owned(),
            person: Some("gina".to_owned()),
            ..LoginOptions::default()
        };
        let outcome = federation.login(&login).await.unwrap();
        // A natural person's identity is none for this service.
        let natural = LoginOptions { person: Some("ada".to_owned()), ..login };
        let turned_away = federation.login(&natural).await.unwrap();
        federation.stop().await;
        let Outcome::Accepted(told) = outcome else { panic!("{profile}: {outcome:?}") };
        let userinfo = &told.userinfo;
        assert_eq!(userinfo[&name], "Finzione S.p.A.", "{profile}: {userinfo}");
        assert_eq!(userinfo[&code], "TINIT-12345678903");
        assert_eq!(userinfo[&vat], "VATIT-12345678903");
        assert!(userinfo.to_string().contains("via dei Modelli 2"), "the registered office");
        assert_ne!(userinfo[level], json!(null), "{profile}: {userinfo}");
        assert!(matches!(turned_away, Outcome::Refused(page) if page.slug == "spid-nr30"));
    }
}
