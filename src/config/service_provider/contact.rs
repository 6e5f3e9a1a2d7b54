//! The tables that say who answers for a body: `contact`, `aggregator`, `billing`,
//! `technical_contact`.
//!
//! Not which of them a role wants: `role.rs` asks for those.

use super::super::Problems;
use super::super::section::Section;
use crate::saml::metadata::service_provider::contacts::{
    Aggregator, Billing, CiePartner, CiePrivateBody, CiePublicBody, Extent, Office, Operator,
    PrivateBody, PublicBody, Seat, TaxNumbers,
};
use crate::saml::metadata::service_provider::values::{
    BodyFiscalCode, Cap, Email, HouseNumber, InvoiceLine, InvoiceName, IpaCategory, IpaCode,
    Malformed, Municipality, Nace, Province, State, Telephone, VatNumber,
};

/// One table, while it is read.
pub(super) struct Table<'s, 'a, 'p> {
    section: &'s Section<'a>,
    problems: &'p mut Problems,
}

impl<'s, 'a, 'p> Table<'s, 'a, 'p> {
    pub(super) const fn new(section: &'s Section<'a>, problems: &'p mut Problems) -> Self {
        Self { section, problems }
    }

    /// A value that may be absent.
    fn optional<T>(
        &mut self,
        key: &'static str,
        parse: fn(&str) -> Result<T, Malformed>,
    ) -> Option<T> {
        let text = self.section.optional_text(key, self.problems)?;
        let report = |fault: Malformed| {
            self.section.wrong(self.problems, key, fault.wrong, fault.remedy);
        };
        parse(text).map_err(report).ok()
    }

    /// A value that must be there. No value is an empty text, so that its remedy is what to write.
    fn required<T>(
        &mut self,
        key: &'static str,
        parse: fn(&str) -> Result<T, Malformed>,
    ) -> Option<T> {
        if self.section.has(key) {
            return self.optional(key, parse);
        }
        let remedy = parse("").err().map_or("write it", |fault| fault.remedy);
        self.section.text(key, remedy, self.problems);
        None
    }

    fn office(&mut self) -> Option<Office> {
        let email = self.required("email", Email::parse);
        let telephone = self.optional("telephone", Telephone::parse);
        Some(Office { email: email?, telephone })
    }

    fn numbers(&mut self) -> Option<TaxNumbers> {
        let vat = self.optional("vat_number", VatNumber::parse);
        let fiscal = self.optional("fiscal_code", BodyFiscalCode::parse);
        if !self.section.has("vat_number") && !self.section.has("fiscal_code") {
            let remedy = "write it, or fiscal_code, or both";
            self.section.wrong(self.problems, "vat_number", "is missing", remedy);
        }
        TaxNumbers::of(vat, fiscal)
    }

    /// A private body is not in the index of public administrations.
    fn without_ipa_code(&mut self) {
        if self.section.optional_text("ipa_code", self.problems).is_some() {
            let remedy = "remove it, or set role to that of a public body";
            self.section.wrong(self.problems, "ipa_code", "stands at a private body", remedy);
        }
    }

    pub(super) fn public(mut self) -> Option<PublicBody> {
        let ipa_code = self.required("ipa_code", IpaCode::parse);
        let vat_number = self.optional("vat_number", VatNumber::parse);
        let fiscal_code = self.optional("fiscal_code", BodyFiscalCode::parse);
        let office = self.office();
        self.section.finish(self.problems);
        Some(PublicBody { ipa_code: ipa_code?, vat_number, fiscal_code, office: office? })
    }

    pub(super) fn private(mut self) -> Option<PrivateBody> {
        self.without_ipa_code();
        let numbers = self.numbers();
        let office = self.office();
        self.section.finish(self.problems);
        Some(PrivateBody { numbers: numbers?, office: office? })
    }

    pub(super) fn aggregator(mut self, extent: Extent) -> Option<Aggregator> {
        let remedy = "write the name of the aggregator as registered";
        let company = self.section.text("company", remedy, self.problems);
        let ipa_code = self.optional("ipa_code", IpaCode::parse);
        let numbers = self.numbers();
        let office = self.office();
        self.section.finish(self.problems);
        Some(Aggregator {
            company: company?.to_owned(),
            ipa_code,
            numbers: numbers?,
            office: office?,
            extent,
        })
    }

    pub(super) fn operator(mut self, extent: Extent) -> Option<Operator> {
        let ipa_code = self.required("ipa_code", IpaCode::parse);
        let vat_number = self.required("vat_number", VatNumber::parse);
        let fiscal_code = self.required("fiscal_code", BodyFiscalCode::parse);
        let office = self.office();
        self.section.finish(self.problems);
        Some(Operator {
            ipa_code: ipa_code?,
            vat_number: vat_number?,
            fiscal_code: fiscal_code?,
            office: office?,
            extent,
        })
    }

    pub(super) fn billing(mut self) -> Option<Billing> {
        let company = self.required("company", InvoiceName::parse);
        let numbers = self.numbers();
        let street = self.required("street", InvoiceLine::parse);
        let number = self.optional("number", HouseNumber::parse);
        let cap = self.required("cap", Cap::parse);
        let town = self.required("town", InvoiceLine::parse);
        let province = self.optional("province", Province::parse);
        let state = if self.section.has("state") {
            self.optional("state", State::parse)
        } else {
            State::parse("IT").ok()
        };
        let intermediary = self.section.optional_text("intermediary", self.problems);
        let office = self.office();
        self.section.finish(self.problems);
        Some(Billing {
            company: company?,
            numbers: numbers?,
            street: street?,
            number,
            cap: cap?,
            town: town?,
            province,
            state: state?,
            intermediary: intermediary.map(str::to_owned),
            office: office?,
        })
    }

    fn seat(&mut self) -> Option<Seat> {
        let municipality = self.required("municipality", Municipality::parse);
        let province = self.optional("province", Province::parse);
        let country = self.optional("country", State::parse);
        Some(Seat { municipality: municipality?, province, country })
    }

    pub(super) fn cie_public(mut self) -> Option<CiePublicBody> {
        let ipa_code = self.required("ipa_code", IpaCode::parse);
        let ipa_category = self.optional("ipa_category", IpaCategory::parse);
        let seat = self.seat();
        let office = self.office();
        self.section.finish(self.problems);
        Some(CiePublicBody { ipa_code: ipa_code?, ipa_category, seat: seat?, office: office? })
    }

    pub(super) fn cie_private(mut self) -> Option<CiePrivateBody> {
        self.without_ipa_code();
        let vat_number = self.required("vat_number", VatNumber::parse);
        let fiscal_code = self.required("fiscal_code", BodyFiscalCode::parse);
        let trade = self.required("nace", Nace::parse);
        let seat = self.seat();
        let office = self.office();
        self.section.finish(self.problems);
        Some(CiePrivateBody {
            vat_number: vat_number?,
            fiscal_code: fiscal_code?,
            trade: trade?,
            seat: seat?,
            office: office?,
        })
    }

    pub(super) fn cie_partner(self) -> Option<CiePartner> {
        let remedy = "write the name of the company that runs the service";
        let company = self.section.text("company", remedy, self.problems);
        let body = self.cie_private();
        Some(CiePartner { company: company?.to_owned(), body: body? })
    }
}
