//! Single logout: there is none by OpenID Connect in these federations.
//!
//! Not the end of what a provider gave us: that goes back to it without the browser (`give_back`). The
//! provider's own single sign-on is past our reach; the next login asks for a fresh authentication.

use super::OpenId;
use super::rules::Rules;
use crate::upstream::contract::SingleLogout;

impl<R: Rules> SingleLogout for OpenId<R> {
    fn provider_name(&self, provider: &str) -> Option<String> {
        self.deployed.load().register.name_of(provider)
    }
}
