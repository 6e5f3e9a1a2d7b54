# A person's own pages: accesses, delegations, the telephone PIN; acting on somebody's behalf.
own-sign-out = Abmelden
own-ended-title = Ihre Sitzung ist beendet
own-ended-text = Zur Sicherheit endet eine Sitzung nach einer Zeit ohne Aktivität, nach einer Höchstdauer oder wenn Sie sich abmelden.
own-ended-again = Erneut anmelden
own-typed-again = Sie haben Ihre Identität bestätigt. Prüfen Sie die Angaben und senden Sie sie erneut: bisher wurde nichts getan.
account-title = Ihr Konto
account-who = Sie sind angemeldet als
account-name = Name
account-code = Steuernummer
account-by = Angemeldet mit
account-since = Seit
account-pages = Was Sie tun können
account-nothing = Zurzeit gibt es keine Seiten für Sie.
account-masked = Zum Schutz Ihrer Daten zeigen wir nur einen Teil der Nummer.
