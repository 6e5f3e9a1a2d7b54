//! Who answers for a body: the contacts that a role demands, and how they are written.
//!
//! Not the choice of contacts: `role.rs` makes it. Avviso 29 v3, section 2.1 (`other`, `billing`);
//! Avviso 19 v4 (aggregators and operators); technical manual of CIE, federation.

use super::MD;
use super::values::{
    BodyFiscalCode, Cap, Email, HouseNumber, InvoiceLine, InvoiceName, IpaCategory, IpaCode,
    Municipality, Nace, Province, State, Telephone, VatNumber,
};
use crate::saml::names;
use crate::xml::Writer;

/// How to reach an office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Office {
    /// Its mailbox, not a person's.
    pub email: Email,
    /// Its telephone.
    pub telephone: Option<Telephone>,
}

/// A public body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicBody {
    /// Code in the index of public administrations.
    pub ipa_code: IpaCode,
    /// VAT number.
    pub vat_number: Option<VatNumber>,
    /// Fiscal code.
    pub fiscal_code: Option<BodyFiscalCode>,
    /// Its office.
    pub office: Office,
}

/// By which number a company is known: one of the two at least.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaxNumbers {
    /// VAT number alone.
    Vat(VatNumber),
    /// Fiscal code alone.
    Fiscal(BodyFiscalCode),
    /// Both.
    Both(VatNumber, BodyFiscalCode),
}

impl TaxNumbers {
    /// `None` when neither is there.
    #[must_use]
    pub fn of(vat: Option<VatNumber>, fiscal: Option<BodyFiscalCode>) -> Option<Self> {
        match (vat, fiscal) {
            (Some(vat), Some(fiscal)) => Some(Self::Both(vat, fiscal)),
            (Some(vat), None) => Some(Self::Vat(vat)),
            (None, Some(fiscal)) => Some(Self::Fiscal(fiscal)),
            (None, None) => None,
        }
    }

    /// The VAT number.
    #[must_use]
    pub const fn vat(&self) -> Option<&VatNumber> {
        match self {
            Self::Vat(vat) | Self::Both(vat, _) => Some(vat),
            Self::Fiscal(_) => None,
        }
    }

    /// The fiscal code.
    #[must_use]
    pub const fn fiscal(&self) -> Option<&BodyFiscalCode> {
        match self {
            Self::Fiscal(fiscal) | Self::Both(_, fiscal) => Some(fiscal),
            Self::Vat(_) => None,
        }
    }
}

/// A private body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivateBody {
    /// By which number it is known. A private body has no IPA code.
    pub numbers: TaxNumbers,
    /// Its office.
    pub office: Office,
}

/// How much of the service an aggregator, or an operator, does itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All of it.
    Full,
    /// Only the exchange with the providers: the body keeps the service, and verifies what is forwarded
    /// to it with the certificate in `spid:KeyDescriptor`.
    Light,
}

/// Who speaks for another body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aggregator {
    /// Its own name: that of the organization is the aggregated body's.
    pub company: String,
    /// Code in the index of public administrations, when it has one.
    pub ipa_code: Option<IpaCode>,
    /// By which number it is known.
    pub numbers: TaxNumbers,
    /// Its office.
    pub office: Office,
    /// What it does itself.
    pub extent: Extent,
}

/// Who runs a public service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// Code in the index of public administrations, which lists operators too.
    pub ipa_code: IpaCode,
    /// VAT number.
    pub vat_number: VatNumber,
    /// Fiscal code.
    pub fiscal_code: BodyFiscalCode,
    /// Its office.
    pub office: Office,
    /// What it does itself.
    pub extent: Extent,
}

/// Who pays: `CessionarioCommittente` of `FatturaPA`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Billing {
    /// Name of the company.
    pub company: InvoiceName,
    /// By which number it is known.
    pub numbers: TaxNumbers,
    /// Street.
    pub street: InvoiceLine,
    /// House number.
    pub number: Option<HouseNumber>,
    /// Postal code.
    pub cap: Cap,
    /// Town.
    pub town: InvoiceLine,
    /// Province.
    pub province: Option<Province>,
    /// State.
    pub state: State,
    /// `TerzoIntermediarioSoggettoEmittente`: who issues invoices in its name.
    pub intermediary: Option<String>,
    /// The office that receives invoices.
    pub office: Office,
}

/// Where a body sits, as CIE wants to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// Town, by its Belfiore code.
    pub municipality: Municipality,
    /// Province.
    pub province: Option<Province>,
    /// State.
    pub country: Option<State>,
}

/// A public body, as CIE wants to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CiePublicBody {
    /// Code in the index of public administrations.
    pub ipa_code: IpaCode,
    /// Category in that index.
    pub ipa_category: Option<IpaCategory>,
    /// Where it sits.
    pub seat: Seat,
    /// Its office: the address given at onboarding.
    pub office: Office,
}

/// A private body, as CIE wants to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CiePrivateBody {
    /// VAT number.
    pub vat_number: VatNumber,
    /// Fiscal code.
    pub fiscal_code: BodyFiscalCode,
    /// Its trade. CIE's schema allows several; the checkers accept one.
    pub trade: Nace,
    /// Where it sits.
    pub seat: Seat,
    /// Its office: the address given at onboarding.
    pub office: Office,
}

/// The company that runs the service for a body (`technical`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CiePartner {
    /// Its name.
    pub company: String,
    /// Who it is.
    pub body: CiePrivateBody,
}

const SPID: &[(&str, &str)] = &[("spid", names::SPID)];
const FPA: &[(&str, &str)] = &[("fpa", names::FPA)];
const CIE: &[(&str, &str)] = &[("cie", names::CIE)];

/// The contact `other`: its extensions are a sequence, and the qualifier is empty.
pub(super) struct Other<'a> {
    /// `spid:entityType`.
    pub(super) entity_type: Option<&'static str>,
    pub(super) ipa_code: Option<&'a IpaCode>,
    pub(super) vat_number: Option<&'a VatNumber>,
    pub(super) fiscal_code: Option<&'a BodyFiscalCode>,
    /// The element that says what it is: `spid:Public`.
    pub(super) qualifier: &'static str,
    /// The certificate in base64 with which forwarded messages are verified.
    pub(super) validation: Option<&'a str>,
    pub(super) company: &'a str,
    pub(super) office: &'a Office,
}

impl Other<'_> {
    pub(super) fn write(&self, out: &mut Writer) {
        match self.entity_type {
            None => out.start("md:ContactPerson", MD, &[("contactType", "other")]),
            Some(entity) => {
                let both = [MD, SPID].concat();
                let attributes = [("contactType", "other"), ("spid:entityType", entity)];
                out.start("md:ContactPerson", &both, &attributes)
            }
        };
        out.start("md:Extensions", MD, &[]);
        optional(out, SPID, "spid:IPACode", self.ipa_code.map(IpaCode::as_str));
        optional(out, SPID, "spid:VATNumber", self.vat_number.map(VatNumber::as_str));
        optional(out, SPID, "spid:FiscalCode", self.fiscal_code.map(BodyFiscalCode::as_str));
        out.start(self.qualifier, SPID, &[]).end();
        if let Some(certificate) = self.validation {
            out.start("spid:KeyDescriptor", SPID, &[("use", "spid:validation")]);
            super::publish::key_info(out, certificate);
            out.end();
        }
        out.end();
        office(out, self.company, self.office);
        out.end();
    }
}

impl Billing {
    /// The contact `billing`.
    pub(super) fn write(&self, out: &mut Writer) {
        let leaf = |out: &mut Writer, name: &str, text: &str| {
            out.leaf(name, FPA, &[], text);
        };
        out.start("md:ContactPerson", MD, &[("contactType", "billing")]);
        out.start("md:Extensions", MD, &[]).start("fpa:CessionarioCommittente", FPA, &[]);
        out.start("fpa:DatiAnagrafici", FPA, &[]);
        if let Some(code) = self.numbers.vat().and_then(|vat| vat.as_str().strip_prefix("IT")) {
            out.start("fpa:IdFiscaleIVA", FPA, &[]);
            leaf(out, "fpa:IdPaese", "IT");
            leaf(out, "fpa:IdCodice", code);
            out.end();
        }
        optional(out, FPA, "fpa:CodiceFiscale", self.numbers.fiscal().map(BodyFiscalCode::as_str));
        out.start("fpa:Anagrafica", FPA, &[]);
        leaf(out, "fpa:Denominazione", self.company.as_str());
        out.end().end().start("fpa:Sede", FPA, &[]);
        leaf(out, "fpa:Indirizzo", self.street.as_str());
        optional(out, FPA, "fpa:NumeroCivico", self.number.as_ref().map(HouseNumber::as_str));
        leaf(out, "fpa:CAP", self.cap.as_str());
        leaf(out, "fpa:Comune", self.town.as_str());
        optional(out, FPA, "fpa:Provincia", self.province.as_ref().map(Province::as_str));
        leaf(out, "fpa:Nazione", self.state.as_str());
        out.end().end();
        optional(out, FPA, "fpa:TerzoIntermediarioSoggettoEmittente", self.intermediary.as_deref());
        out.end();
        office(out, self.company.as_str(), &self.office);
        out.end();
    }
}

impl CiePublicBody {
    /// The contact `administrative`.
    pub(super) fn write(&self, out: &mut Writer, company: &str) {
        out.start("md:ContactPerson", MD, &[("contactType", "administrative")]);
        out.start("md:Extensions", MD, &[]).start("cie:Public", CIE, &[]).end();
        out.leaf("cie:IPACode", CIE, &[], self.ipa_code.as_str());
        optional(out, CIE, "cie:IPACategory", self.ipa_category.as_ref().map(IpaCategory::as_str));
        self.seat.write(out);
        out.end();
        office(out, company, &self.office);
        out.end();
    }
}

impl CiePrivateBody {
    /// The contact `administrative` of a private body, or `technical` of a partner.
    pub(super) fn write(&self, out: &mut Writer, kind: &str, company: &str) {
        out.start("md:ContactPerson", MD, &[("contactType", kind)]);
        out.start("md:Extensions", MD, &[]).start("cie:Private", CIE, &[]).end();
        out.leaf("cie:VATNumber", CIE, &[], self.vat_number.as_str());
        out.leaf("cie:FiscalCode", CIE, &[], self.fiscal_code.as_str());
        out.leaf("cie:NACE2Code", CIE, &[], self.trade.as_str());
        self.seat.write(out);
        out.end();
        office(out, company, &self.office);
        out.end();
    }
}

impl Seat {
    fn write(&self, out: &mut Writer) {
        out.leaf("cie:Municipality", CIE, &[], self.municipality.as_str());
        optional(out, CIE, "cie:Province", self.province.as_ref().map(Province::as_str));
        optional(out, CIE, "cie:Country", self.country.as_ref().map(State::as_str));
    }
}

fn office(out: &mut Writer, company: &str, office: &Office) {
    out.leaf("md:Company", MD, &[], company);
    out.leaf("md:EmailAddress", MD, &[], office.email.as_str());
    optional(out, MD, "md:TelephoneNumber", office.telephone.as_ref().map(Telephone::as_str));
}

fn optional(out: &mut Writer, namespaces: &[(&str, &str)], name: &str, text: Option<&str>) {
    if let Some(text) = text {
        out.leaf(name, namespaces, &[], text);
    }
}
