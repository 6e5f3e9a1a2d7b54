//! Which language a page speaks: switch → choice made in this login → `ui_locales` → earlier choice
//! → `Accept-Language` → the service's default → Italian.
//!
//! Not the texts. The relying party's `ui_locales` outranks a choice from an earlier login, but not
//! one that the person made on the pages of this login.

use crate::terms::Locale;

/// Everything that has a say.
#[derive(Debug, Default)]
pub(super) struct Wishes<'a> {
    /// `?lang=`, just clicked.
    pub(super) switch: Option<Locale>,
    /// The language cookie: `de` or `de.<tx>`.
    pub(super) cookie: Option<&'a str>,
    /// The login of this page.
    pub(super) tx: Option<&'a str>,
    /// `ui_locales` of the authorization request.
    pub(super) ui_locales: Option<Locale>,
    /// The browser's own list (RFC 9110, section 12.5.4).
    pub(super) accept_language: Option<&'a str>,
    /// The service's default.
    pub(super) client: Option<Locale>,
}

/// The language of the page.
pub(super) fn choose(wishes: &Wishes<'_>) -> Locale {
    let (tag, login) = wishes.cookie.map_or((None, None), |cookie| {
        cookie.split_once('.').map_or((Some(cookie), None), |(tag, tx)| (Some(tag), Some(tx)))
    });
    let chosen = tag.and_then(Locale::from_tag);
    wishes
        .switch
        .or_else(|| chosen.filter(|_| login.is_some() && login == wishes.tx))
        .or(wishes.ui_locales)
        .or(chosen)
        .or_else(|| wishes.accept_language.and_then(accepted))
        .or(wishes.client)
        .unwrap_or(Locale::It)
}

/// The value of the language cookie.
pub(super) fn cookie_value(locale: Locale, tx: Option<&str>) -> String {
    tx.map_or_else(|| locale.tag().to_owned(), |tx| format!("{}.{tx}", locale.tag()))
}

/// The best language of the list that Varco speaks. Ties go to the earlier one.
fn accepted(list: &str) -> Option<Locale> {
    let mut best: Option<(f32, Locale)> = None;
    for range in list.split(',').take(20) {
        let mut parts = range.split(';');
        let Some(locale) = parts.next().and_then(|tag| Locale::from_tag(tag.trim())) else {
            continue;
        };
        let weight = parts
            .find_map(|part| part.trim().strip_prefix("q="))
            .map_or(1.0, |q| q.parse::<f32>().unwrap_or(0.0));
        if weight > best.map_or(0.0, |(known, _)| known) {
            best = Some((weight, locale));
        }
    }
    best.map(|(_, locale)| locale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_switch_this_login_service_earlier_choice_browser_default_italian() {
        let all = Wishes {
            switch: Some(Locale::Sl),
            cookie: Some("de.aa"),
            tx: Some("aa"),
            ui_locales: Some(Locale::Fr),
            accept_language: Some("en"),
            client: Some(Locale::De),
        };
        assert_eq!(choose(&all), Locale::Sl);
        let all = Wishes { switch: None, ..all };
        assert_eq!(choose(&all), Locale::De);
        let all = Wishes { tx: Some("bb"), ..all };
        assert_eq!(choose(&all), Locale::Fr);
        let all = Wishes { ui_locales: None, ..all };
        assert_eq!(choose(&all), Locale::De);
        let all = Wishes { cookie: None, ..all };
        assert_eq!(choose(&all), Locale::En);
        let all = Wishes { accept_language: None, client: Some(Locale::Fr), ..all };
        assert_eq!(choose(&all), Locale::Fr);
        assert_eq!(choose(&Wishes::default()), Locale::It);
    }

    #[test]
    fn the_browsers_list_is_read_by_weight() {
        assert_eq!(accepted("en;q=0.5, de-AT;q=0.9, ja"), Some(Locale::De));
        assert_eq!(accepted("fr, en"), Some(Locale::Fr));
        assert_eq!(accepted("ja, de;q=0"), None);
        assert_eq!(accepted("de;q=junk"), None);
    }
}
