# Italiano. One message per line. Keys and values in braces are the same in every language.
# fault-<person>-title / -text / -action: what happened in a few words, in one sentence, what to do.
# reviewed: false

## The frame of every page
skip-link = Vai al contenuto principale
language-nav = Lingua
legal-nav = Link legali
legal-notes = Note legali
privacy = Privacy
accessibility = Dichiarazione di accessibilità

## The root address
landing-title = Accesso ai servizi
landing-text = Da questo indirizzo non si accede direttamente: apri il sito del servizio che ti serve e scegli di accedere da lì.

## Choosing how to sign in
discovery-title = Accedi al servizio
discovery-heading = Scegli come accedere
discovery-level = Per questo servizio serve un livello di sicurezza { $level } o superiore.
discovery-spid = Entra con SPID
discovery-cie-saml = Entra con CIE
discovery-eidas = Accedi con identità digitale europea (eIDAS)
discovery-list-spid = Scegli il tuo gestore di identità SPID
discovery-list-cie-saml = Scegli il server di identità della CIE
discovery-list-eidas = Scegli il Paese che ha rilasciato la tua identità digitale
discovery-help-more = Maggiori informazioni su SPID
discovery-help-get = Non hai SPID?
discovery-help-support = Serve aiuto?
discovery-help-cie = Maggiori informazioni sulla CIE
discovery-help-eidas = Maggiori informazioni su eIDAS
discovery-cancel = Annulla e torna al servizio

## The states of eIDAS
country-AT = Austria
country-BE = Belgio
country-BG = Bulgaria
country-CY = Cipro
country-CZ = Cechia
country-DE = Germania
country-DK = Danimarca
country-EE = Estonia
country-ES = Spagna
country-FI = Finlandia
country-FR = Francia
country-GR = Grecia
country-HR = Croazia
country-HU = Ungheria
country-IE = Irlanda
country-IS = Islanda
country-LI = Liechtenstein
country-LT = Lituania
country-LU = Lussemburgo
country-LV = Lettonia
country-MT = Malta
country-NL = Paesi Bassi
country-NO = Norvegia
country-PL = Polonia
country-PT = Portogallo
country-RO = Romania
country-SE = Svezia
country-SI = Slovenia
country-SK = Slovacchia

## Leaving for the provider
autopost-title = Stai per passare al tuo gestore di identità
form-post-title = Stai per tornare al servizio
autopost-text = Se la pagina non prosegue da sola entro pochi secondi, premi il pulsante.
autopost-button = Continua

## Uscita
logout-title = Esci
logout-nobody = In questo browser nessuno ha effettuato l’accesso con questo sistema.
logout-count = Servizi a cui questo browser ha effettuato l’accesso: { $count }.
logout-text = Uscendo termini tutti questi accessi e, quando è possibile, anche la sessione presso il tuo gestore di identità.
logout-button = Esci
logout-frames-title = Qui l’accesso è terminato
logout-frames-text = Stiamo avvisando i servizi ai quali hai effettuato l’accesso. Se la pagina non prosegue da sola entro pochi secondi, premi il pulsante.
logout-frames-frame = Un servizio chiude la propria sessione
logout-leave-title = Qui sei uscito
logout-leave-text = La tua sessione presso { $provider } è ancora aperta: ti portiamo lì per chiuderla. Se la pagina non prosegue da sola entro pochi secondi, premi il pulsante.
logout-leave-skip = Non aspettare: termina senza chiuderla
logout-done-title = Uscita completata
logout-done-text = Tutti gli accessi di questo browser con questo sistema sono terminati. Un servizio può mantenere una propria sessione: esci anche da lì.
logout-done-closed = Anche la tua sessione presso il gestore di identità è stata chiusa.
logout-done-open = La tua sessione presso il gestore di identità potrebbe essere ancora aperta: esci anche da lì, oppure chiudi tutte le finestre del browser.
logout-done-unknown = Se il tuo gestore di identità mantiene una sessione, potrebbe essere ancora aperta: su un computer condiviso chiudi tutte le finestre del browser.
logout-done-back = Torna al servizio

## Che cosa viene comunicato a un servizio
information-title = Informazioni sui dati comunicati al servizio
information-text = Per farti accedere, questi dati vengono comunicati a { $service }:
information-sub = È diverso per ogni servizio e non dice chi sei.
information-source = Provengono da { $provider }, presso cui hai dimostrato la tua identità. Nulla viene comunicato finché non prosegui.
information-why = Il servizio li chiede per svolgere ciò per cui sei qui. Come li usa, per quanto tempo li conserva e quali diritti hai:
information-privacy = informativa sulla privacy del servizio
information-person = I tuoi dati
information-sub-public = È lo stesso per più servizi e non dice chi sei.
information-sub-fiscal-code = È il tuo codice fiscale.
information-reason = Perché: { $reason }
information-proof = Come hai dimostrato chi sei
information-proof-why = Ogni servizio riceve questi dati: gli dicono quanto è sicuro il tuo accesso e chi lo ha verificato.
proof-method = Identità digitale usata
method-spid = SPID
method-cie = Carta d’identità elettronica (CIE)
method-eidas = Identità digitale europea (eIDAS)
proof-provider = Chi ha verificato la tua identità
proof-level = Livello di sicurezza dell’accesso
proof-level-value = { $level } su 3
proof-factors = Come è stata verificata
proof-one-factor = Con un solo elemento, per esempio una password
proof-more-factors = Con più elementi, per esempio una password e un codice temporaneo
proof-time = Data e ora dell’accesso
proof-sid = Un codice di questo accesso
proof-sid-value = Serve per uscire dal servizio.
consent-title = Acconsenti a comunicare questi dati al servizio?
consent-text = Se non acconsenti, nulla viene comunicato e non accedi al servizio.
consent-button = Acconsento
claim-sub = Un codice che ti rappresenta presso questo servizio
claim-given_name = Nome
claim-family_name = Cognome
claim-name = Nome e cognome
claim-birthdate = Data di nascita
claim-gender = Sesso
claim-gender-female = femmina
claim-gender-male = maschio
claim-place_of_birth = Luogo di nascita
claim-birth_place_code = Codice del luogo di nascita
claim-birth_place = Luogo di nascita
claim-birth_province = Provincia di nascita
claim-email = Indirizzo e-mail
claim-phone_number = Numero di telefono
claim-address = Indirizzo
claim-fiscal_number = Codice fiscale, con il Paese
claim-codice_fiscale = Codice fiscale
claim-eidas_person_identifier = Identificativo europeo (eIDAS)
claim-fiscal_number_match = Codice fiscale italiano: quanto è certo
claim-fiscal_number_match-none = non indicato
claim-fiscal_number_match-self_declared = dichiarato da te
claim-fiscal_number_match-verified = confermato da un’autorità
claim-eidas_country = Paese che garantisce la tua identità
claim-eidas_legal_person_identifier = Identificativo europeo dell’organizzazione
claim-company_name = Denominazione dell’organizzazione
claim-registered_office = Sede legale dell’organizzazione
claim-company_registered_office = Sede legale dell’organizzazione
claim-company_fiscal_number = Codice fiscale dell’organizzazione
claim-company_vat_number = Partita IVA dell’organizzazione
claim-spid_code = Codice della tua identità digitale
claim-document_details = Documento d’identità
claim-digital_address = Domicilio digitale (PEC)
claim-eid_exp_date = Scadenza della tua identità digitale
claim-placeOfBirth = Luogo di nascita
claim-idCard = Documento di identità
claim-domicileStreetAddress = Via e numero civico
claim-domicilePostalCode = CAP
claim-domicileMunicipality = Comune di domicilio
claim-domicileProvince = Provincia di domicilio
claim-domicileNation = Nazione di domicilio

## Every fault page
error-code = Codice
error-reference = Riferimento
error-retry = Riprova
error-other-method = Scegli un altro modo per accedere
error-return = Torna al servizio
error-restart = Ricomincia dal servizio
error-assistance = Assistenza del servizio
error-sign-out = Vai alla pagina di uscita

## Faults of the service
fault-internal-title = Qualcosa non ha funzionato
fault-internal-text = C’è stato un errore da parte nostra: non dipende da te.
fault-internal-action = Riprova tra qualche minuto. Se succede ancora, contatta l’assistenza e comunica il codice e il riferimento qui sotto.
fault-unavailable-title = Servizio di accesso non disponibile
fault-unavailable-text = In questo momento non riusciamo a gestire il tuo accesso: non dipende da te.
fault-unavailable-action = Riprova tra qualche minuto.
fault-not-found-title = Pagina non trovata
fault-not-found-text = L’indirizzo che hai aperto non esiste.
fault-not-found-action = Controlla l’indirizzo oppure riparti dal sito del servizio.
fault-too-many-requests-title = Troppe richieste
fault-too-many-requests-text = Dal tuo collegamento sono arrivate troppe richieste in poco tempo.
fault-too-many-requests-action = Attendi un minuto e riprova.
fault-malformed-request-title = Richiesta non valida
fault-malformed-request-text = Il collegamento che hai usato è incompleto o non è corretto.
fault-malformed-request-action = Riparti dal sito del servizio.

## Faults of the journey
fault-expired-title = Accesso scaduto
fault-expired-text = È passato troppo tempo oppure questo accesso è già stato concluso.
fault-expired-action = Torna al sito del servizio e ricomincia l’accesso.
fault-other-browser-title = Accesso iniziato altrove
fault-other-browser-text = Questo accesso è stato iniziato in un altro browser o su un altro dispositivo: per la tua sicurezza non può continuare qui.
fault-other-browser-action = Ricomincia l’accesso dal sito del servizio, in questo browser. Se hai ricevuto questo link da altri, non usarlo.
fault-client-gone-title = Servizio non più collegato
fault-client-gone-text = Il servizio a cui volevi accedere non è più collegato a questo sistema di accesso.
fault-client-gone-action = Contatta l’assistenza del servizio.
fault-method-unavailable-title = Modo di accesso non disponibile
fault-method-unavailable-text = Il modo di accesso o il gestore scelto non è disponibile per questo servizio.
fault-method-unavailable-action = Scegli un altro modo per accedere oppure riprova più tardi.
fault-unanswered-title = Accesso non completato
fault-unanswered-text = Non abbiamo ancora ricevuto la risposta del tuo gestore di identità.
fault-unanswered-action = Completa l’accesso presso il tuo gestore oppure ricomincia.
fault-declined-title = Accesso annullato
fault-declined-text = Hai scelto di tornare al servizio senza accedere.
fault-declined-action = Puoi riprovare quando vuoi.
fault-cookies-blocked-title = Cookie bloccati
fault-cookies-blocked-text = Il tuo browser non ha conservato il cookie tecnico necessario per accedere in sicurezza.
fault-cookies-blocked-action = Consenti i cookie per questo sito e ricomincia l’accesso dal sito del servizio.
fault-level-too-low-title = Livello di sicurezza non sufficiente
fault-level-too-low-text = Questo servizio richiede il livello di sicurezza { $level } o superiore, ma il tuo accesso è avvenuto con un livello più basso.
fault-level-too-low-action = Ripeti l’accesso con credenziali di livello adeguato; se non le hai, chiedi al tuo gestore come attivarle.
fault-policy-switched-off-title = Questo modo di accesso non è più accettato
fault-policy-switched-off-text = Questo servizio non accetta più il modo di accesso che hai usato.
fault-policy-switched-off-action = Accedi in un altro modo: la pagina di scelta mostra quali puoi usare oggi e perché gli altri non sono disponibili.
fault-policy-not-yet-title = Questo modo di accesso non è ancora accettato
fault-policy-not-yet-text = Questo servizio non accetta ancora il modo di accesso che hai usato.
fault-policy-not-yet-action = Accedi in un altro modo: la pagina di scelta mostra quali puoi usare oggi.
fault-policy-level-title = Livello di sicurezza non sufficiente
fault-policy-level-text = Per persone nella tua situazione questo servizio richiede un livello di sicurezza più alto di quello con cui hai effettuato l’accesso.
fault-policy-level-action = Ripeti l’accesso con credenziali di livello più alto oppure scegli un altro modo per accedere.
fault-policy-category-title = Accesso riservato
fault-policy-category-text = Questo servizio, oppure il modo di accesso che hai usato, è riservato ad altre categorie di persone.
fault-policy-category-action = Scegli un altro modo per accedere. Se pensi di averne diritto, contatta l’assistenza del servizio e comunica il codice e il riferimento qui sotto.
fault-policy-min-age-title = Età minima non dimostrata
fault-policy-min-age-text = Questo servizio richiede un’età minima, e i dati ricevuti non dimostrano che tu l’abbia raggiunta.
fault-policy-min-age-action = Se hai l’età richiesta, scegli un altro modo per accedere oppure contatta l’assistenza del servizio; altrimenti può accedere per te chi ti rappresenta.
fault-response-unsolicited-title = Risposta non attesa
fault-response-unsolicited-text = È arrivata la risposta di un gestore che non corrisponde a nessun accesso in corso.
fault-response-unsolicited-action = Ricomincia l’accesso dal sito del servizio.
fault-response-replayed-title = Risposta già usata
fault-response-replayed-text = La risposta del tuo gestore era già stata usata: può succedere se ricarichi la pagina o torni indietro.
fault-response-replayed-action = Ricomincia l’accesso dal sito del servizio.
fault-response-refused-title = Risposta del gestore non valida
fault-response-refused-text = Non abbiamo potuto verificare la risposta del tuo gestore di identità: per la tua sicurezza l’accesso è stato fermato.
fault-response-refused-action = Riprova o scegli un altro modo per accedere. Se succede ancora, contatta l’assistenza e comunica il codice e il riferimento qui sotto.
fault-response-expired-title = Risposta del gestore scaduta
fault-response-expired-text = La risposta del tuo gestore di identità è arrivata troppo tardi.
fault-response-expired-action = Ripeti l’accesso.

## Faults of the service that asked
fault-service-unknown-title = Servizio non riconosciuto
fault-service-unknown-text = Il sito da cui arrivi non è collegato correttamente a questo sistema di accesso: non dipende da te.
fault-service-unknown-action = Contatta l’assistenza del sito da cui arrivi e comunica il codice e il riferimento qui sotto.
fault-service-request-title = Richiesta del servizio non corretta
fault-service-request-text = Il servizio ha inviato una richiesta di accesso non corretta: non dipende da te.
fault-service-request-action = Riprova più tardi o contatta l’assistenza del servizio.
fault-login-required-title = Accesso necessario
fault-login-required-text = Per continuare devi prima accedere.
fault-login-required-action = Torna al servizio e scegli di accedere.

## Faults of the person's data
fault-identity-invalid-title = Dati di identità non utilizzabili
fault-identity-invalid-text = Il tuo gestore di identità ha inviato dati mancanti o non corretti, perciò non possiamo riconoscerti.
fault-identity-invalid-action = Scegli un altro modo per accedere oppure segnala il problema al tuo gestore e all’assistenza del servizio.

## SPID anomalies
fault-spid-technical-title = Problema tecnico nella richiesta di accesso
fault-spid-technical-text = C’è un problema tecnico nella richiesta di accesso: non dipende da te.
fault-spid-technical-action = Riprova più tardi. Se succede ancora, contatta l’assistenza e comunica il codice e il riferimento qui sotto.
fault-spid-unavailable-title = Gestore SPID non disponibile
fault-spid-unavailable-text = Il gestore SPID scelto non è al momento disponibile.
fault-spid-unavailable-action = Riprova più tardi o scegli un altro modo per accedere.
fault-spid-wrong-credentials-title = Credenziali errate
fault-spid-wrong-credentials-text = Hai inserito più volte credenziali errate.
fault-spid-wrong-credentials-action = Attendi e riprova, oppure recupera le credenziali presso il tuo gestore.
fault-spid-level-title = Livello di sicurezza non sufficiente
fault-spid-level-text = Le tue credenziali non raggiungono il livello { $level } richiesto da questo servizio.
fault-spid-level-action = Chiedi al tuo gestore come attivare credenziali di livello { $level }, oppure scegli un altro modo per accedere.
fault-spid-timeout-title = Tempo scaduto
fault-spid-timeout-text = È passato troppo tempo durante l’accesso presso il tuo gestore.
fault-spid-timeout-action = Ricomincia l’accesso.
fault-spid-consent-title = Invio dei dati non autorizzato
fault-spid-consent-text = Non hai autorizzato l’invio dei tuoi dati: senza, non è possibile accedere al servizio.
fault-spid-consent-action = Se vuoi accedere, riprova e autorizza l’invio dei dati.
fault-spid-suspended-title = Identità SPID sospesa o revocata
fault-spid-suspended-text = La tua identità SPID è sospesa o revocata, oppure le tue credenziali sono bloccate.
fault-spid-suspended-action = Contatta il tuo gestore oppure scegli un altro modo per accedere.
fault-spid-cancelled-title = Accesso annullato
fault-spid-cancelled-text = Hai annullato l’accesso presso il tuo gestore.
fault-spid-cancelled-action = Puoi riprovare quando vuoi oppure tornare al servizio.
fault-spid-purpose-title = Serve un altro tipo di identità
fault-spid-purpose-text = Questo servizio richiede un’identità SPID di tipo diverso, per esempio a uso professionale.
fault-spid-purpose-action = Accedi con un’identità del tipo richiesto oppure contatta l’assistenza del servizio.

## Errori dell’uscita
fault-logout-refused-title = Messaggio di uscita non valido
fault-logout-refused-text = Non abbiamo potuto verificare il messaggio di un gestore di identità sull’uscita: per la tua sicurezza è stato ignorato.
fault-logout-refused-action = Per terminare gli accessi in questo browser vai alla pagina di uscita. Se succede ancora, contatta l’assistenza e comunica il codice e il riferimento indicati sotto.
fault-logout-gone-title = Pagina di uscita scaduta
fault-logout-gone-text = Questa uscita è già terminata, oppure è passato troppo tempo.
fault-logout-gone-action = Per essere sicuro di essere uscito vai alla pagina di uscita.
fault-logout-request-title = Richiesta di uscita errata da parte del servizio
fault-logout-request-text = Il servizio ha inviato una richiesta di uscita errata: non dipende da te. Il tuo accesso non è terminato.
fault-logout-request-action = Per uscire vai alla pagina di uscita.

## Announcements, and retired addresses
announcements-title = Avvisi
announcements-none = In questo momento non ci sono avvisi.
announcement-warning = Attenzione
announcement-information = Avviso
announcement-effective = Decorrenza
announcement-to-be-announced = data da definire; sarà comunicata con un nuovo avviso
announcement-services = Servizi interessati
announcement-services-all = Tutti i servizi a cui si accede con questo sistema
announcement-legal = Riferimento normativo
announcement-link = Per saperne di più
announcement-published = Pubblicato il
announcement-updated = Aggiornato il
announcement-past = Questo avviso non è più attuale: resta qui per chi ne ha conservato l’indirizzo.
announcement-back = Torna alla scelta di come accedere
announcement-all = Tutti gli avvisi
announcement-feeds = Ricevi gli avvisi con un programma
announcement-place = Indirizzo di questa pagina
announcement-moment = Situazione al { $moment }
moved-since = Questo indirizzo non è più in uso dal giorno { $date }.
moved-button = Vai al nuovo indirizzo
moved-place = Nuovo indirizzo
