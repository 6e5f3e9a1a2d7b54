# A person's own pages: accesses, delegations, the telephone PIN; acting on somebody's behalf.
own-sign-out = Odjava
own-ended-title = Vaša seja je končana
own-ended-text = Zaradi varnosti se seja zapre po času brez dejavnosti, po najdaljšem času ali ko se odjavite.
own-ended-again = Znova se prijavite
own-typed-again = Potrdili ste svojo identiteto. Preverite podatke in jih znova pošljite: doslej ni bilo nič storjeno.
account-title = Vaš račun
account-who = Prijavljeni ste kot
account-name = Ime in priimek
account-code = Davčna številka
account-by = Prijava z
account-since = Od
account-pages = Kaj lahko storite
account-nothing = Trenutno za vas ni strani.
account-masked = Zaradi zasebnosti prikažemo le del številke.
