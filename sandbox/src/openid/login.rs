//! A login at CIE by OpenID, by the scripted browser.
//!
//! Not the provider.

use url::Url;

use super::misbehaviour::Change;
use crate::browser::html::links;
use crate::browser::{Browser, Page};
use crate::error::SandboxError;
use crate::login::{Arrived, Journey, only_form, refusal, unexpected};

/// The upstream.
pub const CIE: &str = "cie";

impl Journey<'_> {
    /// Portal → broker → provider → broker, up to what the broker shows then.
    pub(crate) async fn by_openid(&self, browser: &mut Browser) -> Result<Arrived, SandboxError> {
        let choice = self.to_choice(browser).await?;
        if let Some(refused) = refusal(&choice) {
            return Ok(Arrived::Refusal(refused));
        }
        let provider = self.federation.openid().registry.provider();
        let page = browser.follow(&choice, &link(&choice, &provider)?).await?;
        if let Some(refused) = refusal(&page) {
            return Ok(Arrived::Refusal(refused));
        }
        let case = self.login.openid;
        let told = case.filter(|case| !case.is_of_federation());
        let mut form = only_form(&page)?;
        form.set("person", self.login.person()?.id);
        form.set("misbehave", told.map_or("", |case| case.name()));
        form.set("action", "consent");
        let broker = format!("{}/", self.federation.ports().issuer());
        let left = browser.submit_until(&page, &form, &broker).await?;
        if left.status != 0 {
            return Err(unexpected("the way back to the broker", &left));
        }
        let back = left.url.as_str();
        let has = |change| case.is_some_and(|case| case.has(&change));
        let shown = if has(Change::OtherBrowser) {
            let mut other = Browser::new(self.federation.http());
            // The other browser has begun a login of its own, so it has a cookie: a wrong one.
            self.to_choice(&mut other).await?;
            other.follow(&page, back).await?
        } else {
            let shown = browser.follow(&page, back).await?;
            if has(Change::Twice) { browser.follow(&page, back).await? } else { shown }
        };
        Ok(Arrived::Page(shown))
    }
}

/// The link to the provider; or, if the broker does not offer it, the same address as a page of yesterday
/// would have it.
fn link(choice: &Page, provider: &str) -> Result<String, SandboxError> {
    let all: Vec<Url> =
        links(&choice.body).iter().filter_map(|href| choice.url.join(href).ok()).collect();
    let says = |url: &Url, name: &str, wanted: &str| {
        url.query_pairs().any(|(known, value)| known == name && value == wanted)
    };
    if let Some(url) =
        all.iter().find(|url| says(url, "upstream", CIE) && says(url, "provider", provider))
    {
        return Ok(url.to_string());
    }
    let other = all.into_iter().find(|url| url.query_pairs().any(|(name, _)| name == "upstream"));
    let mut url = other.ok_or_else(|| unexpected("a link to any provider", choice))?;
    let pairs = url.query_pairs().into_owned();
    let kept: Vec<_> = pairs.filter(|(name, _)| name != "upstream" && name != "provider").collect();
    let wanted = [("upstream", CIE), ("provider", provider)];
    url.query_pairs_mut().clear().extend_pairs(kept).extend_pairs(wanted);
    Ok(url.into())
}
