//! What a desk asks of the broker it stands in.
//!
//! Not the broker: in tests somebody else answers.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::credential::INSTRUMENT;
use crate::fault::Fault;
use crate::login::{Broker, Event};
use crate::policy::{Calendar, Service};
use crate::terms::Day;

/// Who answers.
pub trait Surroundings: Send + Sync {
    /// The calendar, as it is now.
    fn calendar(&self) -> Arc<Calendar>;

    /// The services that take credentials of the desk on that day, by client identifier.
    fn services(&self, day: Day) -> Vec<Box<str>>;

    /// Ends everything that rests on a credential: sessions, tokens; services are told.
    fn end<'a>(
        &'a self,
        case: &'a str,
    ) -> Pin<Box<dyn Future<Output = Result<(), Fault>> + Send + 'a>>;

    /// An act, by its word and how it ended.
    fn acted(&self, act: &'static str, outcome: &'static str);

    /// Something that a supervisor has to look at, by its word.
    fn alarm(&self, alert: &'static str);
}

impl Surroundings for Broker {
    fn calendar(&self) -> Arc<Calendar> {
        self.calendar.load_full()
    }

    fn services(&self, day: Day) -> Vec<Box<str>> {
        let clients = self.clients.load();
        let all = clients.iter().map(|client| Service::of(client));
        let taking = all.filter(|service| service.instruments(day).contains(&INSTRUMENT));
        taking.map(|service| service.id.into()).collect()
    }

    fn end<'a>(
        &'a self,
        case: &'a str,
    ) -> Pin<Box<dyn Future<Output = Result<(), Fault>> + Send + 'a>> {
        Box::pin(self.end_principal(INSTRUMENT, INSTRUMENT, case))
    }

    fn acted(&self, act: &'static str, outcome: &'static str) {
        self.observer.observe(Event::Desk { act, outcome });
    }

    fn alarm(&self, alert: &'static str) {
        self.observer.observe(Event::DeskAlert { alert });
    }
}
