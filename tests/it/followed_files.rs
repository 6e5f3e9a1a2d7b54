//! Every file that is followed while the broker runs, by the loop that looks at all of them: a bad one
//! changes nothing and is counted for as long as it stands there.
//!
//! Not each file's own rules: `calendar_file`, `relying_party_files` and `announcements` have those.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use varco::app::Assembly;
use varco::identity::FiscalCode;
use varco::oidc::client::ClientId;
use varco_sandbox::federation::Prepared;
use varco_sandbox::people::Person;
use varco_sandbox::{Federation, FederationOptions};

/// What each file says; one that is `false` says nothing that counts.
#[derive(Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "one for each of four files, and no states between"
)]
struct Good {
    calendar: bool,
    relying_party: bool,
    announcements: bool,
    roles: bool,
}

const ALL: Good = Good { calendar: true, relying_party: true, announcements: true, roles: true };

/// The second version of every file, each speaking of the one before it: a new instrument, a portal that
/// takes it, an announcement about that change and that portal.
fn write(folder: &Path, good: Good) {
    let file = |name: &str, text: &str| {
        // Under another name first: no half of it is ever read.
        fs::write(folder.join("next"), text).unwrap();
        fs::rename(folder.join("next"), folder.join(name)).unwrap();
    };
    let broken = |good: bool| if good { "" } else { "broken = \n" };
    let calendar = "[[instrument]]\nid = \"pin\"\n[[change]]\nid = \"pin-ends\"\n\
                    instruments = [\"pin\"]\nhard_end = 2021-09-30\nsource = \"law\"\n\
                    reason.it = \"Una prova\"\nlegal_ref = \"una legge\"\n";
    file("calendar.toml", &format!("{}{calendar}", broken(good.calendar)));
    let inps = fs::read_to_string(folder.join("relying-parties/inps.toml")).unwrap();
    let nuovo = inps.replace("client_id = \"inps\"", "client_id = \"nuovo\"");
    let policy = "[[policy]]\ninstruments = [\"spid\", \"eidas\", \"pin\"]\n";
    let nuovo = format!("{}{nuovo}{policy}", broken(good.relying_party));
    file("relying-parties/nuovo.toml", &nuovo);
    let announced = "[[announcement]]\nid = \"pin-ends\"\nfrom = 2021-09-01\nabout = [\"pin-ends\"]\n\
                     services = [\"nuovo\"]\ntitle.it = \"t\"\nsummary.it = \"s\"\ntext.it = \"t\"\n";
    file("announcements.toml", &format!("{}{announced}", broken(good.announcements)));
    let code = if good.roles { ada().as_str().to_owned() } else { "nobody".to_owned() };
    file("roles.csv", &format!("fiscal_code,role\n{code},Seconda\n"));
}

fn ada() -> FiscalCode {
    let ada = Person::named("ada").unwrap();
    FiscalCode::from_tax_number(ada.attribute("fiscalNumber").unwrap()).unwrap()
}

/// A federation whose broker follows a calendar too.
async fn federation() -> (Federation, PathBuf) {
    let prepared = Prepared::start(&FederationOptions::default()).await.unwrap();
    let folder = prepared.folder.path().to_owned();
    let main = prepared.folder.configuration();
    let text = fs::read_to_string(&main).unwrap();
    fs::write(&main, format!("calendar = \"calendar.toml\"\n{text}")).unwrap();
    fs::write(folder.join("calendar.toml"), "").unwrap();
    (Federation::of(prepared).await.unwrap(), folder)
}

/// Which of the four second versions are in force.
async fn in_force(assembly: &Arc<Assembly>) -> [bool; 4] {
    let broker = &assembly.broker;
    let roles = broker.entitlements.load_full();
    let roles = roles.look_up("durc", &ada(), &broker.shelves, &broker.fx).await;
    let roles = roles.entitlements.unwrap();
    [
        broker.calendar.load().instrument("pin").is_some(),
        broker.clients.load().get(&ClientId::parse("nuovo").unwrap()).is_some(),
        assembly.web.announcements.load().list.iter().any(|one| one.id == "pin-ends"),
        roles.roles().iter().any(|role| role.name.as_str() == "Seconda"),
    ]
}

/// How many of each are refused, as the metrics tell it.
async fn refused(assembly: &Arc<Assembly>) -> [u8; 4] {
    let measured = assembly.measurements().await;
    ["calendar", "relying_party_files", "announcements", "entitlement_files"].map(|name| {
        let line = format!("varco_{name}_refused ");
        let value = measured.lines().find_map(|told| told.strip_prefix(&line));
        value.unwrap_or_else(|| panic!("{name}: {measured}")).parse().unwrap()
    })
}

#[tokio::test]
async fn one_look_takes_over_every_file_in_the_order_in_which_they_name_each_other() {
    let (federation, folder) = federation().await;
    let assembly = federation.assembly();
    assembly.look_at_files().await;
    assert_eq!((in_force(assembly).await, refused(assembly).await), ([false; 4], [0; 4]));
    write(&folder, ALL);
    assembly.look_at_files().await;
    assert_eq!((in_force(assembly).await, refused(assembly).await), ([true; 4], [0; 4]));
    federation.stop().await;
}

#[tokio::test]
async fn a_bad_file_changes_nothing_and_is_counted_until_it_is_put_right() {
    let (federation, folder) = federation().await;
    let assembly = federation.assembly();
    let nothing =
        Good { calendar: false, relying_party: false, announcements: false, roles: false };
    write(&folder, nothing);
    for _ in 0..2 {
        assembly.look_at_files().await;
        assert_eq!((in_force(assembly).await, refused(assembly).await), ([false; 4], [1; 4]));
    }
    // Good in itself, each waits for the one that it speaks of: none is taken before the calendar is.
    write(&folder, Good { calendar: false, ..ALL });
    assembly.look_at_files().await;
    let (took, counted) = (in_force(assembly).await, refused(assembly).await);
    assert_eq!((took, counted), ([false, false, false, true], [1, 1, 1, 0]));
    write(&folder, ALL);
    assembly.look_at_files().await;
    assert_eq!((in_force(assembly).await, refused(assembly).await), ([true; 4], [0; 4]));

    // Whatever was in force stays so when its file breaks.
    for broken in [
        Good { calendar: false, ..ALL },
        Good { relying_party: false, ..ALL },
        Good { announcements: false, ..ALL },
        Good { roles: false, ..ALL },
        nothing,
    ] {
        write(&folder, broken);
        assembly.look_at_files().await;
        let good = [broken.calendar, broken.relying_party, broken.announcements, broken.roles];
        assert_eq!(in_force(assembly).await, [true; 4]);
        assert_eq!(refused(assembly).await, good.map(|good| u8::from(!good)));
        write(&folder, ALL);
        assembly.look_at_files().await;
        assert_eq!((in_force(assembly).await, refused(assembly).await), ([true; 4], [0; 4]));
    }
    federation.stop().await;
}

/// A row that others speak of is gone: they are told, and what they said goes on.
#[tokio::test]
async fn whoever_speaks_of_a_row_that_is_gone_is_counted_and_stays_in_force() {
    let (federation, folder) = federation().await;
    let assembly = federation.assembly();
    write(&folder, ALL);
    assembly.look_at_files().await;
    let other = "[[change]]\nid = \"other\"\ninstruments = [\"cie\"]\nhard_end = 2999-09-30\n\
                 source = \"law\"\nreason.it = \"Una prova\"\nlegal_ref = \"una legge\"\n";
    fs::write(folder.join("calendar.toml"), other).unwrap();
    assembly.look_at_files().await;
    let (took, counted) = (in_force(assembly).await, refused(assembly).await);
    assert_eq!((took, counted), ([false, true, true, true], [0, 1, 1, 0]));
    federation.stop().await;
}
