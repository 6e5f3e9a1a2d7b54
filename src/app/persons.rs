//! What of people outlives a login: matches and first logins, over one registry.
//!
//! Not asking and not matching: `login` does that. Without configuration nothing here does anything.

use std::sync::Arc;

use tokio::task::JoinHandle;

use super::Assembly;
use crate::config::{DelegationConfig, PersonsConfig};
use crate::delegation::Book;
use crate::login::{FirstLogins, Matching};
use crate::registry::Registry;
use crate::telephone::Pins;

impl Assembly {
    /// Keeps in `registry` what configuration wants kept.
    pub(super) fn keep_persons(&mut self, config: PersonsConfig, registry: &Arc<Registry>) {
        let durable = &self.broker.durable;
        if let Some(matching) = config.matching {
            durable.match_people(Matching::new(Arc::clone(registry), matching.verifier));
        }
        if config.first_logins {
            let (first_logins, writer) = FirstLogins::new(Arc::clone(registry));
            durable.record_first_logins(first_logins);
            self.first_logins = Some(writer).into();
        }
    }

    /// Lets people delegate and make telephone PINs, as configuration wants it; contact centres may ask then.
    pub(super) fn keep_acts(
        &self,
        delegation: Option<DelegationConfig>,
        telephone_pins: bool,
        registry: &Arc<Registry>,
        first_logins: bool,
    ) {
        let fx = &self.broker.fx;
        if let Some(DelegationConfig { connector, limits }) = delegation {
            let registry = Arc::clone(registry);
            let book = Book::new(registry, connector, limits, first_logins, fx.clone());
            self.broker.durable.delegate(book);
        }
        if telephone_pins {
            let pins = Arc::new(Pins::new(Arc::clone(registry), fx.clone()));
            self.web.offer_telephone_pins(Arc::clone(&pins));
            self.provider.answer_contact_centres(pins);
        }
    }

    /// Asks the verifier of the configuration as it is now. The tables themselves come and go with a
    /// restart.
    pub(super) fn replace_persons(&self, config: PersonsConfig) {
        let durable = &self.broker.durable;
        match (durable.matching(), config.matching) {
            (Some(matching), Some(config)) => matching.replace_verifier(config.verifier),
            (None, None) => {}
            (Some(_), None) | (None, Some(_)) => {
                tracing::warn!("[matching] is there or gone only after a restart");
            }
        }
        if durable.first_logins().is_some() != config.first_logins {
            tracing::warn!("[first_login] changes only with a restart");
        }
    }
}

/// Writes first logins until the handle is aborted; `None` when none are recorded.
pub(super) fn keep(assembly: &Assembly) -> Option<JoinHandle<()>> {
    let mut place = assembly.first_logins.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    Some(tokio::spawn(place.take()?.run()))
}
