# A person's own pages: accesses, delegations, the telephone PIN; acting on somebody's behalf.
own-sign-out = Esci
own-ended-title = La sessione è terminata
own-ended-text = Per sicurezza la sessione si chiude dopo un periodo senza attività, dopo un tempo massimo o quando esci.
own-ended-again = Accedi di nuovo
own-typed-again = Hai confermato la tua identità. Controlla i dati e invia di nuovo: non è stato ancora fatto nulla.
account-title = Il tuo account
account-who = Hai effettuato l’accesso come
account-name = Nome e cognome
account-code = Codice fiscale
account-by = Accesso con
account-since = Dalle
account-pages = Che cosa puoi fare
account-nothing = Al momento non ci sono pagine disponibili per te.
account-masked = Per riservatezza mostriamo soltanto una parte del codice.
