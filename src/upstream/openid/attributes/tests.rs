//! From claims to the names that `identity` reads (attack row RP-ID-7).

use super::*;

fn all() -> Vec<String> {
    rows().map(|row| row.name.to_owned()).collect()
}

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn sound() -> Value {
    json!({
        "given_name": "Anna", "family_name": "Verdi", "birthdate": "1985-08-01",
        "https://attributes.eid.gov.it/fiscal_number": "TINIT-VRDNNA85M41F205G",
        "place_of_birth": {"locality": "F205", "region": "MI"},
        "gender": "female", "email": "anna@example.it", "email_verified": "true",
        "phone_number": "3331234567",
        "document_details": {"type": "cartaIdentita", "document_number": "CA00000AA",
            "issuer": {"name": "ministeroInterno"}, "date_of_issuance": "2020-01-02",
            "date_of_expiry": "2030-01-02"},
        "address": {"street_address": "Via Roma 1", "postal_code": "20100", "locality": "Milano",
            "region": "MI", "country_code": "IT"},
        "sub": "pairwise",
    })
}

#[test]
fn claims_become_the_attributes_that_were_asked() {
    let told = told(&object(&sound()), None, &all()).unwrap();
    for (name, value) in [
        ("name", "Anna"),
        ("fiscalNumber", "TINIT-VRDNNA85M41F205G"),
        ("placeOfBirth", "F205"),
        ("countyOfBirth", "MI"),
        ("gender", "F"),
        ("mobilePhone", "3331234567"),
        ("idCard", "cartaIdentita CA00000AA ministeroInterno 2020-01-02 2030-01-02"),
        ("domicileNation", "IT"),
    ] {
        assert_eq!(told.get(name).map(String::as_str), Some(value), "{name}");
    }
    assert!(!told.contains_key("address") && !told.contains_key("spidCode"));
}

#[test]
fn what_was_not_asked_is_not_taken() {
    let minimum = MINIMUM.map(str::to_owned);
    let mut smuggled = sound();
    smuggled["https://attributes.eid.gov.it/spid_code"] = "XXXX0000000000".into();
    smuggled["spidCode"] = "XXXX0000000000".into();
    let told = told(&object(&smuggled), None, &minimum).unwrap();
    let names: Vec<&str> = told.keys().map(String::as_str).collect();
    assert_eq!(names, ["dateOfBirth", "familyName", "fiscalNumber", "name"]);
}

#[test]
fn a_fiscal_number_is_one_text_with_its_mark_or_nobody_is_known() {
    let claim = "https://attributes.eid.gov.it/fiscal_number";
    for value in [
        json!(["TINIT-VRDNNA85M41F205G", "TINIT-RSSMRA80A01H501U"]),
        json!(["TINIT-VRDNNA85M41F205G"]),
        json!({"value": "TINIT-VRDNNA85M41F205G"}),
        json!(12_345_678_901_u64),
        json!(null),
        json!(""),
        json!("VRDNNA85M41F205G"),
        json!("TINDE-123456789"),
        json!("tinit-VRDNNA85M41F205G"),
    ] {
        let mut claims = object(&sound());
        claims.insert(claim.to_owned(), value.clone());
        let rejected = told(&claims, None, &all()).unwrap_err();
        assert_eq!(rejected.cause, Rejection::FiscalNumber, "{value}");
        assert!(!rejected.detail.contains("VRD"), "{}", rejected.detail);
    }
    let mut claims = object(&sound());
    claims.remove(claim);
    assert_eq!(told(&claims, None, &all()).unwrap_err().cause, Rejection::FiscalNumber);
}

#[test]
fn the_id_token_may_add_and_must_not_contradict() {
    let claim = "https://attributes.eid.gov.it/fiscal_number";
    let mut userinfo = object(&sound());
    userinfo.remove("email");
    let id_token = object(
        &json!({"email": "other@example.it", "given_name": "Another", claim: "TINIT-VRDNNA85M41F205G"}),
    );
    let found = told(&userinfo, Some(&id_token), &all()).unwrap();
    assert_eq!(found["email"], "other@example.it");
    assert_eq!(found["name"], "Anna", "the userinfo comes first");
    for other in [json!("TINIT-RSSMRA80A01H501U"), json!(["TINIT-VRDNNA85M41F205G"]), json!(null)] {
        let id_token = object(&json!({claim: other}));
        let rejected = told(&userinfo, Some(&id_token), &all()).unwrap_err();
        assert_eq!(rejected.cause, Rejection::FiscalNumber);
    }
}

#[test]
fn a_value_of_another_form_is_absent() {
    let mut claims = object(&sound());
    for (name, value) in [
        ("given_name", json!(["Anna"])),
        ("gender", json!("X")),
        ("place_of_birth", json!("Milano")),
        ("document_details", json!({"type": "passaporto"})),
        ("address", json!([])),
        ("phone_number", json!(333)),
        ("family_name", json!("  ")),
    ] {
        claims.insert(name.to_owned(), value);
    }
    let told = told(&claims, None, &all()).unwrap();
    let names: Vec<&str> = told.keys().map(String::as_str).collect();
    assert_eq!(names, ["dateOfBirth", "email", "fiscalNumber"]);
}

#[test]
fn each_claim_is_asked_once_and_the_person_is_essential() {
    let claims = asked(&all());
    assert_eq!(claims["https://attributes.eid.gov.it/fiscal_number"], json!({"essential": true}));
    assert_eq!(claims["address"], Value::Null);
    assert!(claims.get("domicileNation").is_none());
    assert_eq!(asked(&[]), json!({}));
}
