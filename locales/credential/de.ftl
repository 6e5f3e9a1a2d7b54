# Signing in with a credential of the help desk, activating it, and keeping it; letters and mails about it.
mail-issued-subject = Ihre Zugangsdaten: zweiter Teil des Codes
mail-issued-text = Der Antrag { $number } wurde genehmigt.¶Zweiter Teil des Aktivierungscodes: { $part }¶Der erste Teil steht im Brief. Der Code gilt bis { $until }. Zum Aktivieren geben Sie die Nummer des Antrags und beide Teile des Codes auf dieser Seite ein: { $activate }¶Bitte bestätigen Sie, dass diese Adresse Ihnen gehört: { $confirm }¶Sie haben nichts beantragt? Öffnen Sie diesen Link, und die Zugangsdaten werden sofort gesperrt: { $notme }
mail-notice-subject = Zugangsdaten wurden ausgestellt
mail-notice-text = Zum Antrag { $number }, in dem dieser Kontakt angegeben ist, wurden Zugangsdaten ausgestellt. Wenn Sie nichts davon wissen, melden Sie sich beim Schalter.
mail-activated-subject = Ihre Zugangsdaten sind aktiv
mail-activated-text = Die Zugangsdaten zum Antrag { $number } wurden soeben aktiviert. Wenn Sie das nicht waren, öffnen Sie den Link „Das war ich nicht“ der früheren Nachricht oder melden Sie sich sofort beim Schalter.
mail-reminder-subject = Ihre Zugangsdaten laufen bald ab
mail-reminder-text = Die Zugangsdaten zum Antrag { $number } gelten bis { $last }, noch { $days } Tage. Zum Erneuern kommen Sie mit einem gültigen Dokument an den Schalter.
