# Signing in with a credential of the help desk, activating it, and keeping it; letters and mails about it.
mail-issued-subject = Credenziale di accesso: seconda parte del codice
mail-issued-text = La richiesta { $number } è stata approvata.¶Seconda parte del codice di attivazione: { $part }¶La prima parte è nella lettera. Il codice vale fino al { $until }. Per attivare la credenziale scriva il numero della richiesta e le due parti del codice in questa pagina: { $activate }¶Confermi che questo indirizzo è suo: { $confirm }¶Non ha chiesto nulla? Apra questo collegamento e la credenziale è bloccata subito: { $notme }
mail-notice-subject = È stata emessa una credenziale di accesso
mail-notice-text = Per la richiesta { $number }, in cui è indicato questo contatto, è stata emessa una credenziale di accesso. Se non ne sa nulla, avvisi lo sportello.
mail-activated-subject = La credenziale di accesso è attiva
mail-activated-text = La credenziale della richiesta { $number } è stata attivata ora. Se non è stato lei, apra il collegamento «non sono stato io» del messaggio precedente oppure avvisi subito lo sportello.
mail-reminder-subject = La credenziale di accesso sta per scadere
mail-reminder-text = La credenziale della richiesta { $number } vale fino al { $last }, ancora { $days } giorni. Per rinnovarla si rivolga allo sportello con un documento valido.
