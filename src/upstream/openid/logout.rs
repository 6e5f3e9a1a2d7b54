//! Single logout: there is none by OpenID Connect in these federations.
//!
//! Not the end of what a provider gave us: that goes back to it without the browser (`give_back`). The
//! provider's own single sign-on is past our reach; the next login asks for a fresh authentication.

use super::rules::Rules;
use super::{OpenId, internal};
use crate::crypto::Handle;
use crate::effects::Effects;
use crate::identity::UpstreamSession;
use crate::saml::logout::{Verified, VerifiedRequest};
use crate::upstream::contract::{Departure, LogoutInbound, Setback, SingleLogout};

impl<R: Rules> SingleLogout for OpenId<R> {
    fn logs_out_at(&self) -> Vec<String> {
        Vec::new()
    }

    fn provider_name(&self, provider: &str) -> Option<String> {
        self.register.name_of(provider)
    }

    fn ask_to_end(
        &self,
        _: &UpstreamSession,
        _: &str,
        _: &Handle,
        _: &Effects,
    ) -> Result<Departure, Setback> {
        Err(internal("the provider keeps no session that can be ended"))
    }

    fn hear(&self, _: &LogoutInbound, _: &Effects) -> Result<Verified, Setback> {
        Err(internal("the provider keeps no session that can be ended"))
    }

    fn confirm(
        &self,
        _: &VerifiedRequest,
        _: Option<&str>,
        _: &str,
        _: &Effects,
    ) -> Result<Departure, Setback> {
        Err(internal("the provider keeps no session that can be ended"))
    }
}
