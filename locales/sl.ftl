# Slovenščina. One message per line. Keys and values in braces are the same in every language.
# reviewed: false

## The frame of every page
skip-link = Pojdi na glavno vsebino
language-nav = Jezik
legal-nav = Pravne povezave
legal-notes = Pravno obvestilo
privacy = Varstvo osebnih podatkov
accessibility = Izjava o dostopnosti

## The root address
landing-title = Prijava v storitve
landing-text = Na tem naslovu se ni mogoče prijaviti neposredno: odprite spletno mesto želene storitve in se prijavite tam.

## Choosing how to sign in
discovery-title = Prijava v storitev
discovery-heading = Izberite način prijave
discovery-level = Za to storitev je potrebna raven zanesljivosti { $level } ali višja.
discovery-spid = Prijava s SPID
discovery-cie-saml = Prijava s CIE
discovery-eidas = Prijava z evropsko digitalno identiteto (eIDAS)
discovery-list-spid = Izberite svojega ponudnika identitete SPID
discovery-list-cie-saml = Izberite strežnik identitete CIE
discovery-list-eidas = Izberite državo, ki je izdala vašo digitalno identiteto
discovery-help-more = Več informacij o SPID
discovery-help-get = Nimate SPID?
discovery-help-support = Potrebujete pomoč?
discovery-help-cie = Več informacij o CIE
discovery-help-eidas = Več informacij o eIDAS
discovery-cancel = Prekliči in se vrni v storitev

## The states of eIDAS
country-AT = Avstrija
country-BE = Belgija
country-BG = Bolgarija
country-CY = Ciper
country-CZ = Češka
country-DE = Nemčija
country-DK = Danska
country-EE = Estonija
country-ES = Španija
country-FI = Finska
country-FR = Francija
country-GR = Grčija
country-HR = Hrvaška
country-HU = Madžarska
country-IE = Irska
country-IS = Islandija
country-LI = Lihtenštajn
country-LT = Litva
country-LU = Luksemburg
country-LV = Latvija
country-MT = Malta
country-NL = Nizozemska
country-NO = Norveška
country-PL = Poljska
country-PT = Portugalska
country-RO = Romunija
country-SE = Švedska
country-SI = Slovenija
country-SK = Slovaška

## Leaving for the provider
autopost-title = Preusmerjeni boste k svojemu ponudniku identitete
form-post-title = Vračate se k storitvi
autopost-text = Če se stran v nekaj sekundah ne nadaljuje sama, pritisnite gumb.
autopost-button = Nadaljuj

## Odjava
logout-title = Odjava
logout-nobody = V tem brskalniku ni nihče prijavljen prek tega sistema.
logout-count = Storitve, v katere se je prijavil ta brskalnik: { $count }.
logout-text = Z odjavo se končajo vse te prijave in, kjer je mogoče, tudi seja pri vašem ponudniku identitete.
logout-button = Odjava
logout-frames-title = Tukaj ste odjavljeni
logout-frames-text = Obveščamo storitve, v katere ste se prijavili. Če se stran v nekaj sekundah ne nadaljuje sama, pritisnite gumb.
logout-frames-frame = Storitev zaključuje svojo sejo
logout-leave-title = Tukaj ste odjavljeni
logout-leave-text = Vaša seja pri ponudniku { $provider } je še odprta: peljemo vas tja, da se zapre. Če se stran v nekaj sekundah ne nadaljuje sama, pritisnite gumb.
logout-leave-skip = Ne čakaj: končaj, ne da bi se zaprla
logout-done-title = Odjavljeni ste
logout-done-text = Vse prijave tega brskalnika prek tega sistema so končane. Storitev lahko ohrani svojo sejo: odjavite se tudi tam.
logout-done-closed = Tudi vaša seja pri ponudniku identitete je zaprta.
logout-done-open = Vaša seja pri ponudniku identitete je morda še odprta: odjavite se tudi tam ali zaprite vsa okna brskalnika.
logout-done-unknown = Če vaš ponudnik identitete ohranja sejo, je morda še odprta: na skupnem računalniku zaprite vsa okna brskalnika.
logout-done-back = Nazaj na storitev

## Kaj izve storitev
information-title = Informacije o podatkih, ki jih prejme storitev
information-text = Za vašo prijavo se ti podatki posredujejo storitvi { $service }:
information-sub = Pri vsaki storitvi je drugačna in ne pove, kdo ste.
information-source = Prihajajo od ponudnika { $provider }, pri katerem ste dokazali svojo identiteto. Dokler ne nadaljujete, se ne posreduje nič.
information-why = Storitev jih potrebuje za to, po kar ste prišli. Kako jih uporablja, koliko časa jih hrani in kakšne so vaše pravice:
information-privacy = obvestilo storitve o zasebnosti
information-person = Vaši podatki
information-sub-public = Pri več storitvah je ista in ne pove, kdo ste.
information-sub-fiscal-code = To je vaša davčna številka.
information-reason = Zakaj: { $reason }
information-proof = Kako ste dokazali, kdo ste
information-proof-why = Te podatke prejme vsaka storitev: povedo, kako varna je vaša prijava in kdo jo je preveril.
proof-method = Uporabljena digitalna identiteta
method-spid = SPID
method-cie = Italijanska elektronska osebna izkaznica (CIE)
method-eidas = Evropska digitalna identiteta (eIDAS)
proof-provider = Kdo je preveril vašo identiteto
proof-level = Raven varnosti prijave
proof-level-value = { $level } od 3
proof-factors = Kako je bila preverjena
proof-one-factor = Z enim samim elementom, na primer z geslom
proof-more-factors = Z več elementi, na primer z geslom in enkratno kodo
proof-time = Datum in ura prijave
proof-sid = Oznaka te prijave
proof-sid-value = Potrebna je za odjavo.
consent-title = Ali soglašate, da storitev prejme te podatke?
consent-text = Če ne soglašate, se ne posreduje nič in v storitev ne boste prijavljeni.
consent-button = Soglašam
claim-sub = Oznaka, ki vas predstavlja pri tej storitvi
claim-given_name = Ime
claim-family_name = Priimek
claim-name = Ime in priimek
claim-birthdate = Datum rojstva
claim-gender = Spol
claim-gender-female = ženski
claim-gender-male = moški
claim-place_of_birth = Kraj rojstva
claim-birth_place_code = Oznaka kraja rojstva
claim-birth_place = Kraj rojstva
claim-birth_province = Pokrajina rojstva
claim-email = Elektronski naslov
claim-phone_number = Telefonska številka
claim-address = Naslov
claim-fiscal_number = Davčna številka, z državo
claim-codice_fiscale = Davčna številka
claim-eidas_person_identifier = Evropska oznaka (eIDAS)
claim-fiscal_number_match = Italijanska davčna številka: kako zanesljiva
claim-fiscal_number_match-none = ni navedena
claim-fiscal_number_match-self_declared = navedli ste jo sami
claim-fiscal_number_match-verified = potrdil jo je organ
claim-eidas_country = Država, ki jamči za vašo identiteto
claim-eidas_legal_person_identifier = Evropska oznaka organizacije
claim-company_name = Ime organizacije
claim-registered_office = Sedež organizacije
claim-company_registered_office = Sedež organizacije
claim-company_fiscal_number = Davčna številka organizacije
claim-company_vat_number = Identifikacijska številka organizacije za DDV
claim-spid_code = Oznaka vaše digitalne identitete
claim-document_details = Osebni dokument
claim-digital_address = Overjeni elektronski naslov
claim-eid_exp_date = Potek vaše digitalne identitete
claim-placeOfBirth = Kraj rojstva
claim-idCard = Osebni dokument
claim-domicileStreetAddress = Ulica in hišna številka
claim-domicilePostalCode = Poštna številka
claim-domicileMunicipality = Občina prebivališča
claim-domicileProvince = Pokrajina prebivališča
claim-domicileNation = Država prebivališča

## Every fault page
error-code = Koda
error-reference = Sklic
error-retry = Poskusi znova
error-other-method = Izberi drug način prijave
error-return = Nazaj v storitev
error-restart = Začni znova v storitvi
error-assistance = Pomoč storitve
error-sign-out = Na stran za odjavo

## Faults of the service
fault-internal-title = Nekaj je šlo narobe
fault-internal-text = Na naši strani je prišlo do napake: za to niste krivi vi.
fault-internal-action = Poskusite znova čez nekaj minut. Če se napaka ponovi, se obrnite na pomoč uporabnikom ter navedite spodnjo kodo in sklic.
fault-unavailable-title = Prijava ni na voljo
fault-unavailable-text = Vaše prijave trenutno ne moremo obdelati: za to niste krivi vi.
fault-unavailable-action = Poskusite znova čez nekaj minut.
fault-not-found-title = Strani ni mogoče najti
fault-not-found-text = Naslov, ki ste ga odprli, ne obstaja.
fault-not-found-action = Preverite naslov ali začnite znova na spletnem mestu storitve.
fault-too-many-requests-title = Preveč zahtev
fault-too-many-requests-text = Z vaše povezave je v kratkem času prišlo preveč zahtev.
fault-too-many-requests-action = Počakajte minuto in poskusite znova.
fault-malformed-request-title = Neveljavna zahteva
fault-malformed-request-text = Povezava, ki ste jo uporabili, je nepopolna ali napačna.
fault-malformed-request-action = Začnite znova na spletnem mestu storitve.

## Faults of the journey
fault-expired-title = Prijava je potekla
fault-expired-text = Preteklo je preveč časa ali pa je bila ta prijava že zaključena.
fault-expired-action = Vrnite se na spletno mesto storitve in se prijavite znova.
fault-other-browser-title = Prijava se je začela drugje
fault-other-browser-text = Ta prijava se je začela v drugem brskalniku ali na drugi napravi: zaradi vaše varnosti se tukaj ne more nadaljevati.
fault-other-browser-action = Začnite znova na spletnem mestu storitve v tem brskalniku. Če vam je to povezavo poslal kdo drug, je ne uporabite.
fault-client-gone-title = Storitev ni več povezana
fault-client-gone-text = Storitev, v katero ste se želeli prijaviti, ni več povezana s tem sistemom za prijavo.
fault-client-gone-action = Obrnite se na pomoč uporabnikom storitve.
fault-method-unavailable-title = Način prijave ni na voljo
fault-method-unavailable-text = Izbrani način prijave ali ponudnik za to storitev ni na voljo.
fault-method-unavailable-action = Izberite drug način prijave ali poskusite pozneje.
fault-unanswered-title = Prijava ni zaključena
fault-unanswered-text = Odgovora vašega ponudnika identitete še nismo prejeli.
fault-unanswered-action = Dokončajte prijavo pri svojem ponudniku ali začnite znova.
fault-declined-title = Prijava preklicana
fault-declined-text = Odločili ste se, da se vrnete v storitev brez prijave.
fault-declined-action = Kadar koli lahko poskusite znova.
fault-cookies-blocked-title = Piškotki so blokirani
fault-cookies-blocked-text = Vaš brskalnik ni shranil tehničnega piškotka, ki je potreben za varno prijavo.
fault-cookies-blocked-action = Dovolite piškotke za to spletno mesto in začnite znova na spletnem mestu storitve.
fault-level-too-low-title = Prenizka raven zanesljivosti
fault-level-too-low-text = Ta storitev zahteva raven zanesljivosti { $level } ali višjo, prijavili pa ste se z nižjo.
fault-level-too-low-action = Prijavite se znova s poverilnicami ustrezne ravni; če jih nimate, vprašajte svojega ponudnika, kako jih aktivirate.
fault-policy-switched-off-title = Ta način prijave ni več sprejet
fault-policy-switched-off-text = Ta storitev ne sprejema več načina prijave, ki ste ga uporabili.
fault-policy-switched-off-action = Prijavite se na drug način: stran za izbiro pokaže, katere načine lahko uporabite danes in zakaj drugi niso na voljo.
fault-policy-not-yet-title = Ta način prijave še ni sprejet
fault-policy-not-yet-text = Ta storitev še ne sprejema načina prijave, ki ste ga uporabili.
fault-policy-not-yet-action = Prijavite se na drug način: stran za izbiro pokaže, katere načine lahko uporabite danes.
fault-policy-level-title = Raven zanesljivosti ni zadostna
fault-policy-level-text = Za osebe v vašem položaju ta storitev zahteva višjo raven zanesljivosti od tiste, s katero ste se prijavili.
fault-policy-level-action = Prijavite se s poverilnicami višje ravni ali izberite drug način prijave.
fault-policy-category-title = Omejen dostop
fault-policy-category-text = Ta storitev ali način prijave, ki ste ga uporabili, je namenjen drugim skupinam oseb.
fault-policy-category-action = Izberite drug način prijave. Če menite, da ste upravičeni, se obrnite na podporo storitve ter navedite spodnjo kodo in sklic.
fault-policy-min-age-title = Najnižja starost ni dokazana
fault-policy-min-age-text = Ta storitev zahteva najnižjo starost, prejeti podatki pa ne dokazujejo, da ste jo dosegli.
fault-policy-min-age-action = Če ste dovolj stari, izberite drug način prijave ali se obrnite na podporo storitve; sicer se lahko namesto vas prijavi vaš zastopnik.
fault-response-unsolicited-title = Nepričakovan odgovor
fault-response-unsolicited-text = Prispel je odgovor ponudnika, ki ne pripada nobeni prijavi v teku.
fault-response-unsolicited-action = Začnite znova na spletnem mestu storitve.
fault-response-replayed-title = Odgovor je bil že uporabljen
fault-response-replayed-text = Odgovor vašega ponudnika je bil že uporabljen: to se lahko zgodi, če stran znova naložite ali greste nazaj.
fault-response-replayed-action = Začnite znova na spletnem mestu storitve.
fault-response-refused-title = Neveljaven odgovor ponudnika
fault-response-refused-text = Odgovora vašega ponudnika identitete nismo mogli preveriti: zaradi vaše varnosti je bila prijava ustavljena.
fault-response-refused-action = Poskusite znova ali izberite drug način prijave. Če se napaka ponovi, se obrnite na pomoč uporabnikom ter navedite spodnjo kodo in sklic.
fault-response-expired-title = Odgovor ponudnika je potekel
fault-response-expired-text = Odgovor vašega ponudnika identitete je prispel prepozno.
fault-response-expired-action = Prijavite se znova.

## Faults of the service that asked
fault-service-unknown-title = Storitev ni prepoznana
fault-service-unknown-text = Spletno mesto, s katerega prihajate, ni pravilno povezano s tem sistemom za prijavo: za to niste krivi vi.
fault-service-unknown-action = Obrnite se na pomoč uporabnikom spletnega mesta, s katerega prihajate, ter navedite spodnjo kodo in sklic.
fault-service-request-title = Nepravilna zahteva storitve
fault-service-request-text = Storitev je poslala nepravilno zahtevo za prijavo: za to niste krivi vi.
fault-service-request-action = Poskusite pozneje ali se obrnite na pomoč uporabnikom storitve.
fault-login-required-title = Potrebna je prijava
fault-login-required-text = Za nadaljevanje se morate najprej prijaviti.
fault-login-required-action = Vrnite se v storitev in izberite prijavo.

## Faults of the person's data
fault-identity-invalid-title = Podatki o identiteti niso uporabni
fault-identity-invalid-text = Vaš ponudnik identitete je poslal pomanjkljive ali napačne podatke, zato vas ne moremo prepoznati.
fault-identity-invalid-action = Izberite drug način prijave ali sporočite težavo svojemu ponudniku in pomoči uporabnikom storitve.

## SPID anomalies
fault-spid-technical-title = Tehnična težava v zahtevi za prijavo
fault-spid-technical-text = V zahtevi za prijavo je prišlo do tehnične težave: za to niste krivi vi.
fault-spid-technical-action = Poskusite pozneje. Če se napaka ponovi, se obrnite na pomoč uporabnikom ter navedite spodnjo kodo in sklic.
fault-spid-unavailable-title = Ponudnik SPID ni na voljo
fault-spid-unavailable-text = Izbrani ponudnik SPID trenutno ni na voljo.
fault-spid-unavailable-action = Poskusite pozneje ali izberite drug način prijave.
fault-spid-wrong-credentials-title = Napačne poverilnice
fault-spid-wrong-credentials-text = Večkrat ste vnesli napačne poverilnice.
fault-spid-wrong-credentials-action = Počakajte in poskusite znova ali obnovite poverilnice pri svojem ponudniku.
fault-spid-level-title = Prenizka raven zanesljivosti
fault-spid-level-text = Vaše poverilnice ne dosegajo ravni { $level }, ki jo zahteva ta storitev.
fault-spid-level-action = Vprašajte svojega ponudnika, kako aktivirate poverilnice ravni { $level }, ali izberite drug način prijave.
fault-spid-timeout-title = Čas je potekel
fault-spid-timeout-text = Prijava pri vašem ponudniku je trajala predolgo.
fault-spid-timeout-action = Začnite prijavo znova.
fault-spid-consent-title = Pošiljanje podatkov ni dovoljeno
fault-spid-consent-text = Niste dovolili pošiljanja svojih podatkov: brez njih dostop do storitve ni mogoč.
fault-spid-consent-action = Če se želite prijaviti, poskusite znova in dovolite pošiljanje podatkov.
fault-spid-suspended-title = Identiteta SPID je začasno ukinjena ali preklicana
fault-spid-suspended-text = Vaša identiteta SPID je začasno ukinjena ali preklicana ali pa so vaše poverilnice blokirane.
fault-spid-suspended-action = Obrnite se na svojega ponudnika ali izberite drug način prijave.
fault-spid-cancelled-title = Prijava preklicana
fault-spid-cancelled-text = Prijavo pri svojem ponudniku ste preklicali.
fault-spid-cancelled-action = Kadar koli lahko poskusite znova ali se vrnete v storitev.
fault-spid-purpose-title = Potrebna je druga vrsta identitete
fault-spid-purpose-text = Ta storitev zahteva drugo vrsto identitete SPID, na primer za poslovno rabo.
fault-spid-purpose-action = Prijavite se z identiteto zahtevane vrste ali se obrnite na pomoč uporabnikom storitve.

## Napake pri odjavi
fault-logout-refused-title = Sporočilo o odjavi ni veljavno
fault-logout-refused-text = Sporočila ponudnika identitete o odjavi nismo mogli preveriti: zaradi vaše varnosti smo ga prezrli.
fault-logout-refused-action = Če želite končati prijave v tem brskalniku, pojdite na stran za odjavo. Če se ponovi, se obrnite na pomoč ter navedite spodnjo kodo in sklic.
fault-logout-gone-title = Stran za odjavo je potekla
fault-logout-gone-text = Ta odjava je že končana ali pa je minilo preveč časa.
fault-logout-gone-action = Da se prepričate, da ste odjavljeni, pojdite na stran za odjavo.
fault-logout-request-title = Napačna zahteva storitve za odjavo
fault-logout-request-text = Storitev je poslala napačno zahtevo za odjavo: za to niste krivi vi. Vaša prijava ni končana.
fault-logout-request-action = Če se želite odjaviti, pojdite na stran za odjavo.

## Announcements, and retired addresses
announcements-title = Obvestila
announcements-none = Trenutno ni obvestil.
announcement-warning = Pozor
announcement-information = Obvestilo
announcement-effective = Velja od
announcement-to-be-announced = datum še ni določen; sporočen bo z novim obvestilom
announcement-services = Storitve, na katere se nanaša
announcement-services-all = Vse storitve, v katere se prijavite tukaj
announcement-legal = Pravna podlaga
announcement-link = Več informacij
announcement-published = Objavljeno
announcement-updated = Posodobljeno
announcement-past = To obvestilo ni več aktualno: tukaj ostaja za tiste, ki so shranili njegov naslov.
announcement-back = Nazaj na izbiro načina prijave
announcement-all = Vsa obvestila
announcement-feeds = Prejemajte obvestila s programom
announcement-place = Naslov te strani
announcement-moment = Stanje: { $moment }
moved-since = Ta naslov se ne uporablja več od { $date }.
moved-button = Pojdi na novi naslov
moved-place = Novi naslov
