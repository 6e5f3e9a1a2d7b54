use super::*;
use crate::crypto::Handle;
use crate::effects::Effects;

const NOW: Timestamp = Timestamp::from_unix_seconds(1_795_000_000);

fn family(first: &RefreshToken) -> Family {
    Family::of(first, None, NOW.plus(Duration::from_hours(1)))
}

#[test]
fn a_family_knows_its_live_token_its_old_ones_and_those_of_others() {
    let (fx, _) = Effects::scripted(NOW.unix_seconds(), 1);
    let grant = Handle::fresh(&fx);
    let first = RefreshToken::first(&grant, &fx);
    let mut family = family(&first);
    assert_eq!(family.shown(&first), Shown::Current);
    let second = first.successor(&fx);
    assert_eq!(family.shown(&second), Shown::Replayed, "of the family, and never issued");
    let guessed = RefreshToken::first(&grant, &fx);
    assert_eq!(family.shown(&guessed), Shown::Foreign, "the name of the grant is no secret");
    family.current = second.digest();
    family.replaced = Some(Replaced { secret: first.digest(), access: [1; 32], used: false });
    assert_eq!(family.shown(&first), Shown::Again);
    assert_eq!(family.shown(&second), Shown::Current);
    let used = Replaced { secret: first.digest(), access: [1; 32], used: true };
    family.replaced = Some(used);
    assert_eq!(family.shown(&first), Shown::Replayed);
}

#[test]
fn a_token_shows_neither_its_text_nor_its_grant() {
    let (fx, _) = Effects::scripted(NOW.unix_seconds(), 1);
    let grant = Handle::fresh(&fx);
    let refresh = RefreshToken::first(&grant, &fx);
    let access = AccessToken::opaque(&grant, &fx);
    let shown = format!("{refresh:?} {access:?}");
    assert_eq!(shown, "RefreshToken(…) AccessToken(…)");
    let text = refresh.reveal();
    let read = RefreshToken::parse(&text).unwrap();
    assert_eq!((read.reveal(), text.len()), (text.clone(), 120));
    assert!(AccessToken::parse(&text).is_none(), "one is never taken for the other");
    assert!(RefreshToken::parse(access.reveal()).is_none());
}
