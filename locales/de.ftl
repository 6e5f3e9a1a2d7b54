# Deutsch. One message per line. Keys and values in braces are the same in every language.
# reviewed: false

## The frame of every page
skip-link = Zum Hauptinhalt
language-nav = Sprache
legal-nav = Rechtliche Hinweise
legal-notes = Impressum
privacy = Datenschutz
accessibility = Erklärung zur Barrierefreiheit

## The root address
landing-title = Anmeldung an Diensten
landing-text = Unter dieser Adresse können Sie sich nicht direkt anmelden: Öffnen Sie die Website des gewünschten Dienstes und starten Sie die Anmeldung dort.

## Choosing how to sign in
discovery-title = Anmeldung am Dienst
discovery-heading = Wählen Sie die Art der Anmeldung
discovery-level = Für diesen Dienst ist Sicherheitsstufe { $level } oder höher erforderlich.
discovery-spid = Mit SPID anmelden
discovery-cie-saml = Mit CIE anmelden
discovery-eidas = Anmelden mit europäischer digitaler Identität (eIDAS)
discovery-list-spid = Wählen Sie Ihren SPID-Anbieter
discovery-list-cie-saml = Wählen Sie den Identitätsserver der CIE
discovery-list-eidas = Wählen Sie das Land, das Ihre digitale Identität ausgestellt hat
discovery-help-more = Weitere Informationen zu SPID
discovery-help-get = Sie haben kein SPID?
discovery-help-support = Benötigen Sie Hilfe?
discovery-help-cie = Weitere Informationen zur CIE
discovery-help-eidas = Weitere Informationen zu eIDAS
discovery-cancel = Abbrechen und zum Dienst zurückkehren

## The states of eIDAS
country-AT = Österreich
country-BE = Belgien
country-BG = Bulgarien
country-CY = Zypern
country-CZ = Tschechien
country-DE = Deutschland
country-DK = Dänemark
country-EE = Estland
country-ES = Spanien
country-FI = Finnland
country-FR = Frankreich
country-GR = Griechenland
country-HR = Kroatien
country-HU = Ungarn
country-IE = Irland
country-IS = Island
country-LI = Liechtenstein
country-LT = Litauen
country-LU = Luxemburg
country-LV = Lettland
country-MT = Malta
country-NL = Niederlande
country-NO = Norwegen
country-PL = Polen
country-PT = Portugal
country-RO = Rumänien
country-SE = Schweden
country-SI = Slowenien
country-SK = Slowakei

## Leaving for the provider
autopost-title = Sie werden zu Ihrem Identitätsanbieter weitergeleitet
form-post-title = Sie kehren zum Dienst zurück
autopost-text = Wenn die Seite nicht innerhalb weniger Sekunden von selbst weiterführt, betätigen Sie die Schaltfläche.
autopost-button = Weiter

## Abmelden
logout-title = Abmelden
logout-nobody = In diesem Browser ist niemand über dieses System angemeldet.
logout-count = Dienste, bei denen sich dieser Browser angemeldet hat: { $count }.
logout-text = Mit dem Abmelden enden alle diese Anmeldungen und, wo es möglich ist, auch die Sitzung bei Ihrem Identitätsanbieter.
logout-button = Abmelden
logout-frames-title = Sie sind hier abgemeldet
logout-frames-text = Die Dienste, bei denen Sie angemeldet waren, werden benachrichtigt. Wenn die Seite nicht innerhalb weniger Sekunden von selbst weitergeht, drücken Sie die Schaltfläche.
logout-frames-frame = Ein Dienst beendet seine Sitzung
logout-leave-title = Hier sind Sie abgemeldet
logout-leave-text = Ihre Sitzung bei { $provider } ist noch offen: Wir leiten Sie dorthin weiter, um sie zu schließen. Wenn die Seite nicht innerhalb weniger Sekunden von selbst weitergeht, drücken Sie die Schaltfläche.
logout-leave-skip = Nicht warten: beenden, ohne sie zu schließen
logout-done-title = Sie sind abgemeldet
logout-done-text = Alle Anmeldungen dieses Browsers über dieses System sind beendet. Ein Dienst kann eine eigene Sitzung behalten: Melden Sie sich auch dort ab.
logout-done-closed = Auch Ihre Sitzung bei Ihrem Identitätsanbieter wurde geschlossen.
logout-done-open = Ihre Sitzung bei Ihrem Identitätsanbieter ist vielleicht noch offen: Melden Sie sich auch dort ab oder schließen Sie alle Fenster des Browsers.
logout-done-unknown = Wenn Ihr Identitätsanbieter eine Sitzung behält, ist sie vielleicht noch offen: Schließen Sie auf einem gemeinsam genutzten Computer alle Fenster des Browsers.
logout-done-back = Zurück zum Dienst

## Was einem Dienst mitgeteilt wird
information-title = Informationen über die Daten, die der Dienst erhält
information-text = Für Ihre Anmeldung werden diese Daten an { $service } übermittelt:
information-sub = Er ist bei jedem Dienst ein anderer und sagt nicht, wer Sie sind.
information-source = Diese Daten stammen von { $provider }, wo Sie Ihre Identität nachgewiesen haben. Nichts wird übermittelt, bevor Sie fortfahren.
information-why = Der Dienst verlangt sie für das, wofür Sie gekommen sind. Wie er sie verwendet, wie lange er sie aufbewahrt und welche Rechte Sie haben:
information-privacy = Datenschutzerklärung des Dienstes
information-person = Ihre Daten
information-sub-public = Er ist bei mehreren Diensten derselbe und sagt nicht, wer Sie sind.
information-sub-fiscal-code = Es ist Ihre Steuernummer.
information-reason = Warum: { $reason }
information-proof = Wie Sie nachgewiesen haben, wer Sie sind
information-proof-why = Jeder Dienst erhält diese Angaben: Sie sagen, wie sicher Ihre Anmeldung ist und wer sie geprüft hat.
proof-method = Verwendete digitale Identität
method-spid = SPID
method-cie = Elektronischer Personalausweis (CIE)
method-eidas = Europäische digitale Identität (eIDAS)
proof-provider = Wer Ihre Identität geprüft hat
proof-level = Sicherheitsstufe der Anmeldung
proof-level-value = { $level } von 3
proof-factors = Wie sie geprüft wurde
proof-one-factor = Mit nur einem Merkmal, zum Beispiel einem Passwort
proof-more-factors = Mit mehreren Merkmalen, zum Beispiel einem Passwort und einem Einmalcode
proof-time = Datum und Uhrzeit der Anmeldung
proof-sid = Ein Code dieser Anmeldung
proof-sid-value = Er wird für die Abmeldung benötigt.
consent-title = Sind Sie einverstanden, dass der Dienst diese Daten erhält?
consent-text = Wenn Sie nicht einverstanden sind, wird nichts übermittelt und Sie werden beim Dienst nicht angemeldet.
consent-button = Ich bin einverstanden
claim-sub = Ein Code, der bei diesem Dienst für Sie steht
claim-given_name = Vorname
claim-family_name = Nachname
claim-name = Vor- und Nachname
claim-birthdate = Geburtsdatum
claim-gender = Geschlecht
claim-gender-female = weiblich
claim-gender-male = männlich
claim-place_of_birth = Geburtsort
claim-birth_place_code = Code des Geburtsorts
claim-birth_place = Geburtsort
claim-birth_province = Geburtsprovinz
claim-email = E-Mail-Adresse
claim-phone_number = Telefonnummer
claim-address = Anschrift
claim-fiscal_number = Steuernummer, mit dem Staat
claim-codice_fiscale = Steuernummer
claim-eidas_person_identifier = Europäische Kennung (eIDAS)
claim-fiscal_number_match = Italienische Steuernummer: wie sicher
claim-fiscal_number_match-none = keine angegeben
claim-fiscal_number_match-self_declared = von Ihnen angegeben
claim-fiscal_number_match-verified = von einer Behörde bestätigt
claim-eidas_country = Staat, der für Ihre Identität bürgt
claim-eidas_legal_person_identifier = Europäische Kennung der Organisation
claim-company_name = Name der Organisation
claim-registered_office = Sitz der Organisation
claim-company_registered_office = Sitz der Organisation
claim-company_fiscal_number = Steuernummer der Organisation
claim-company_vat_number = Mehrwertsteuernummer der Organisation
claim-spid_code = Code Ihrer digitalen Identität
claim-document_details = Ausweis
claim-digital_address = Zertifizierte E-Mail-Adresse
claim-eid_exp_date = Ablauf Ihrer digitalen Identität
claim-placeOfBirth = Geburtsort
claim-idCard = Ausweisdokument
claim-domicileStreetAddress = Straße und Hausnummer
claim-domicilePostalCode = Postleitzahl
claim-domicileMunicipality = Gemeinde des Domizils
claim-domicileProvince = Provinz des Domizils
claim-domicileNation = Staat des Domizils

## Every fault page
error-code = Code
error-reference = Referenz
error-retry = Erneut versuchen
error-other-method = Andere Anmeldeart wählen
error-return = Zurück zum Dienst
error-restart = Beim Dienst neu beginnen
error-assistance = Hilfe des Dienstes
error-sign-out = Zur Abmeldeseite

## Faults of the service
fault-internal-title = Etwas hat nicht funktioniert
fault-internal-text = Auf unserer Seite ist ein Fehler aufgetreten: Es liegt nicht an Ihnen.
fault-internal-action = Versuchen Sie es in einigen Minuten erneut. Tritt der Fehler wieder auf, wenden Sie sich an den Support und nennen Sie den Code und die Referenz unten.
fault-unavailable-title = Anmeldung nicht verfügbar
fault-unavailable-text = Wir können Ihre Anmeldung im Moment nicht bearbeiten: Es liegt nicht an Ihnen.
fault-unavailable-action = Versuchen Sie es in einigen Minuten erneut.
fault-not-found-title = Seite nicht gefunden
fault-not-found-text = Die aufgerufene Adresse existiert nicht.
fault-not-found-action = Prüfen Sie die Adresse oder beginnen Sie auf der Website des Dienstes neu.
fault-too-many-requests-title = Zu viele Anfragen
fault-too-many-requests-text = Von Ihrem Anschluss kamen in kurzer Zeit zu viele Anfragen.
fault-too-many-requests-action = Warten Sie eine Minute und versuchen Sie es erneut.
fault-malformed-request-title = Ungültige Anfrage
fault-malformed-request-text = Der verwendete Link ist unvollständig oder fehlerhaft.
fault-malformed-request-action = Beginnen Sie auf der Website des Dienstes neu.

## Faults of the journey
fault-expired-title = Anmeldung abgelaufen
fault-expired-text = Es ist zu viel Zeit vergangen, oder diese Anmeldung wurde bereits abgeschlossen.
fault-expired-action = Kehren Sie zur Website des Dienstes zurück und melden Sie sich erneut an.
fault-other-browser-title = Anmeldung anderswo begonnen
fault-other-browser-text = Diese Anmeldung wurde in einem anderen Browser oder auf einem anderen Gerät begonnen: Zu Ihrer Sicherheit kann sie hier nicht fortgesetzt werden.
fault-other-browser-action = Beginnen Sie die Anmeldung auf der Website des Dienstes in diesem Browser neu. Falls Sie diesen Link von jemand anderem erhalten haben, verwenden Sie ihn nicht.
fault-client-gone-title = Dienst nicht mehr verbunden
fault-client-gone-text = Der Dienst, an dem Sie sich anmelden wollten, ist nicht mehr mit diesem Anmeldesystem verbunden.
fault-client-gone-action = Wenden Sie sich an den Support des Dienstes.
fault-method-unavailable-title = Anmeldeart nicht verfügbar
fault-method-unavailable-text = Die gewählte Anmeldeart oder der gewählte Anbieter steht für diesen Dienst nicht zur Verfügung.
fault-method-unavailable-action = Wählen Sie eine andere Anmeldeart oder versuchen Sie es später erneut.
fault-unanswered-title = Anmeldung nicht abgeschlossen
fault-unanswered-text = Wir haben die Antwort Ihres Identitätsanbieters noch nicht erhalten.
fault-unanswered-action = Schließen Sie die Anmeldung bei Ihrem Anbieter ab oder beginnen Sie neu.
fault-declined-title = Anmeldung abgebrochen
fault-declined-text = Sie haben sich entschieden, ohne Anmeldung zum Dienst zurückzukehren.
fault-declined-action = Sie können es jederzeit erneut versuchen.
fault-cookies-blocked-title = Cookies blockiert
fault-cookies-blocked-text = Ihr Browser hat das technische Cookie, das für eine sichere Anmeldung nötig ist, nicht gespeichert.
fault-cookies-blocked-action = Erlauben Sie Cookies für diese Website und beginnen Sie die Anmeldung auf der Website des Dienstes neu.
fault-level-too-low-title = Sicherheitsstufe nicht ausreichend
fault-level-too-low-text = Dieser Dienst erfordert Sicherheitsstufe { $level } oder höher, Sie haben sich jedoch mit einer niedrigeren Stufe angemeldet.
fault-level-too-low-action = Melden Sie sich mit Zugangsdaten der erforderlichen Stufe an; wenn Sie keine haben, fragen Sie Ihren Anbieter, wie Sie diese aktivieren.
fault-policy-switched-off-title = Diese Anmeldeart wird nicht mehr akzeptiert
fault-policy-switched-off-text = Dieser Dienst akzeptiert die von Ihnen verwendete Anmeldeart nicht mehr.
fault-policy-switched-off-action = Melden Sie sich auf andere Weise an: Die Auswahlseite zeigt, welche Anmeldearten Sie heute verwenden können und warum die anderen nicht verfügbar sind.
fault-policy-not-yet-title = Diese Anmeldeart wird noch nicht akzeptiert
fault-policy-not-yet-text = Dieser Dienst akzeptiert die von Ihnen verwendete Anmeldeart noch nicht.
fault-policy-not-yet-action = Melden Sie sich auf andere Weise an: Die Auswahlseite zeigt, welche Anmeldearten Sie heute verwenden können.
fault-policy-level-title = Sicherheitsstufe nicht ausreichend
fault-policy-level-text = Für Personen in Ihrer Situation erfordert dieser Dienst eine höhere Sicherheitsstufe als die, mit der Sie sich angemeldet haben.
fault-policy-level-action = Melden Sie sich mit Zugangsdaten einer höheren Stufe an oder wählen Sie eine andere Anmeldeart.
fault-policy-category-title = Zugang vorbehalten
fault-policy-category-text = Dieser Dienst oder die von Ihnen verwendete Anmeldeart ist anderen Personengruppen vorbehalten.
fault-policy-category-action = Wählen Sie eine andere Anmeldeart. Wenn Sie meinen, dazu berechtigt zu sein, wenden Sie sich an den Support des Dienstes und geben Sie den untenstehenden Code und die Referenz an.
fault-policy-min-age-title = Mindestalter nicht nachgewiesen
fault-policy-min-age-text = Dieser Dienst hat ein Mindestalter, und die erhaltenen Daten weisen nicht nach, dass Sie es erreicht haben.
fault-policy-min-age-action = Wenn Sie alt genug sind, wählen Sie eine andere Anmeldeart oder wenden Sie sich an den Support des Dienstes; andernfalls kann sich Ihre Vertretung für Sie anmelden.
fault-response-unsolicited-title = Unerwartete Antwort
fault-response-unsolicited-text = Es ist die Antwort eines Anbieters eingetroffen, die zu keiner laufenden Anmeldung gehört.
fault-response-unsolicited-action = Beginnen Sie die Anmeldung auf der Website des Dienstes neu.
fault-response-replayed-title = Antwort bereits verwendet
fault-response-replayed-text = Die Antwort Ihres Anbieters wurde bereits verwendet: Das kann passieren, wenn Sie die Seite neu laden oder zurückgehen.
fault-response-replayed-action = Beginnen Sie die Anmeldung auf der Website des Dienstes neu.
fault-response-refused-title = Antwort des Anbieters ungültig
fault-response-refused-text = Wir konnten die Antwort Ihres Identitätsanbieters nicht überprüfen: Zu Ihrer Sicherheit wurde die Anmeldung abgebrochen.
fault-response-refused-action = Versuchen Sie es erneut oder wählen Sie eine andere Anmeldeart. Tritt der Fehler wieder auf, wenden Sie sich an den Support und nennen Sie den Code und die Referenz unten.
fault-response-expired-title = Antwort des Anbieters abgelaufen
fault-response-expired-text = Die Antwort Ihres Identitätsanbieters ist zu spät eingetroffen.
fault-response-expired-action = Melden Sie sich erneut an.

## Faults of the service that asked
fault-service-unknown-title = Dienst nicht erkannt
fault-service-unknown-text = Die Website, von der Sie kommen, ist nicht richtig mit diesem Anmeldesystem verbunden: Es liegt nicht an Ihnen.
fault-service-unknown-action = Wenden Sie sich an den Support der Website, von der Sie kommen, und nennen Sie den Code und die Referenz unten.
fault-service-request-title = Fehlerhafte Anfrage des Dienstes
fault-service-request-text = Der Dienst hat eine fehlerhafte Anmeldeanfrage gesendet: Es liegt nicht an Ihnen.
fault-service-request-action = Versuchen Sie es später erneut oder wenden Sie sich an den Support des Dienstes.
fault-login-required-title = Anmeldung erforderlich
fault-login-required-text = Um fortzufahren, müssen Sie sich zuerst anmelden.
fault-login-required-action = Kehren Sie zum Dienst zurück und wählen Sie dort die Anmeldung.

## Faults of the person's data
fault-identity-invalid-title = Identitätsdaten nicht verwendbar
fault-identity-invalid-text = Ihr Identitätsanbieter hat unvollständige oder fehlerhafte Daten gesendet, daher können wir Sie nicht erkennen.
fault-identity-invalid-action = Wählen Sie eine andere Anmeldeart oder melden Sie das Problem Ihrem Anbieter und dem Support des Dienstes.

## SPID anomalies
fault-spid-technical-title = Technisches Problem in der Anmeldeanfrage
fault-spid-technical-text = In der Anmeldeanfrage ist ein technisches Problem aufgetreten: Es liegt nicht an Ihnen.
fault-spid-technical-action = Versuchen Sie es später erneut. Tritt der Fehler wieder auf, wenden Sie sich an den Support und nennen Sie den Code und die Referenz unten.
fault-spid-unavailable-title = SPID-Anbieter nicht verfügbar
fault-spid-unavailable-text = Der gewählte SPID-Anbieter ist derzeit nicht verfügbar.
fault-spid-unavailable-action = Versuchen Sie es später erneut oder wählen Sie eine andere Anmeldeart.
fault-spid-wrong-credentials-title = Falsche Zugangsdaten
fault-spid-wrong-credentials-text = Sie haben mehrmals falsche Zugangsdaten eingegeben.
fault-spid-wrong-credentials-action = Warten Sie und versuchen Sie es erneut, oder stellen Sie Ihre Zugangsdaten bei Ihrem Anbieter wieder her.
fault-spid-level-title = Sicherheitsstufe nicht ausreichend
fault-spid-level-text = Ihre Zugangsdaten erreichen die von diesem Dienst geforderte Stufe { $level } nicht.
fault-spid-level-action = Fragen Sie Ihren Anbieter, wie Sie Zugangsdaten der Stufe { $level } aktivieren, oder wählen Sie eine andere Anmeldeart.
fault-spid-timeout-title = Zeit abgelaufen
fault-spid-timeout-text = Die Anmeldung bei Ihrem Anbieter hat zu lange gedauert.
fault-spid-timeout-action = Beginnen Sie die Anmeldung neu.
fault-spid-consent-title = Datenübermittlung nicht genehmigt
fault-spid-consent-text = Sie haben der Übermittlung Ihrer Daten nicht zugestimmt: Ohne sie ist kein Zugang zum Dienst möglich.
fault-spid-consent-action = Wenn Sie sich anmelden möchten, versuchen Sie es erneut und stimmen Sie der Übermittlung zu.
fault-spid-suspended-title = SPID-Identität ausgesetzt oder widerrufen
fault-spid-suspended-text = Ihre SPID-Identität ist ausgesetzt oder widerrufen, oder Ihre Zugangsdaten sind gesperrt.
fault-spid-suspended-action = Wenden Sie sich an Ihren Anbieter oder wählen Sie eine andere Anmeldeart.
fault-spid-cancelled-title = Anmeldung abgebrochen
fault-spid-cancelled-text = Sie haben die Anmeldung bei Ihrem Anbieter abgebrochen.
fault-spid-cancelled-action = Sie können es jederzeit erneut versuchen oder zum Dienst zurückkehren.
fault-spid-purpose-title = Andere Art von Identität erforderlich
fault-spid-purpose-text = Dieser Dienst erfordert eine andere Art von SPID-Identität, zum Beispiel eine für die berufliche Nutzung.
fault-spid-purpose-action = Melden Sie sich mit einer Identität der geforderten Art an oder wenden Sie sich an den Support des Dienstes.

## Fehler beim Abmelden
fault-logout-refused-title = Abmeldenachricht ungültig
fault-logout-refused-text = Wir konnten die Nachricht eines Identitätsanbieters zum Abmelden nicht überprüfen: Zu Ihrer Sicherheit wurde sie ignoriert.
fault-logout-refused-action = Um Ihre Anmeldungen in diesem Browser zu beenden, gehen Sie zur Abmeldeseite. Wenn es wieder vorkommt, wenden Sie sich an die Hilfe und nennen Sie den Code und die Referenz unten.
fault-logout-gone-title = Abmeldeseite abgelaufen
fault-logout-gone-text = Diese Abmeldung ist bereits beendet, oder es ist zu viel Zeit vergangen.
fault-logout-gone-action = Um sicher zu sein, dass Sie abgemeldet sind, gehen Sie zur Abmeldeseite.
fault-logout-request-title = Fehlerhafte Abmeldeanfrage des Dienstes
fault-logout-request-text = Der Dienst hat eine fehlerhafte Abmeldeanfrage gesendet: Es liegt nicht an Ihnen. Ihre Anmeldung ist nicht beendet.
fault-logout-request-action = Um sich abzumelden, gehen Sie zur Abmeldeseite.

## Announcements, and retired addresses
announcements-title = Mitteilungen
announcements-none = Derzeit gibt es keine Mitteilungen.
announcement-warning = Achtung
announcement-information = Mitteilung
announcement-effective = Gilt ab
announcement-to-be-announced = Datum noch offen; es wird mit einer neuen Mitteilung bekannt gegeben
announcement-services = Betroffene Dienste
announcement-services-all = Alle Dienste, bei denen man sich hier anmeldet
announcement-legal = Rechtsgrundlage
announcement-link = Weitere Informationen
announcement-published = Veröffentlicht am
announcement-updated = Aktualisiert am
announcement-past = Diese Mitteilung ist nicht mehr aktuell: Sie bleibt hier für alle, die ihre Adresse aufbewahrt haben.
announcement-back = Zurück zur Wahl der Anmeldung
announcement-all = Alle Mitteilungen
announcement-feeds = Mitteilungen mit einem Programm empfangen
announcement-place = Adresse dieser Seite
announcement-moment = Stand: { $moment }
moved-since = Diese Adresse ist seit dem { $date } nicht mehr in Gebrauch.
moved-button = Zur neuen Adresse
moved-place = Neue Adresse
