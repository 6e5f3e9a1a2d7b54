# Signing in with a credential of the help desk, activating it, and keeping it; letters and mails about it.
mail-issued-subject = Votre identifiant : seconde partie du code
mail-issued-text = La demande { $number } a été approuvée.¶Seconde partie du code d’activation : { $part }¶La première partie se trouve dans la lettre. Le code est valable jusqu’au { $until }. Pour activer l’identifiant, indiquez le numéro de la demande et les deux parties du code sur cette page : { $activate }¶Confirmez que cette adresse est la vôtre : { $confirm }¶Vous n’avez rien demandé ? Ouvrez ce lien et l’identifiant est bloqué aussitôt : { $notme }
mail-notice-subject = Un identifiant a été délivré
mail-notice-text = Un identifiant a été délivré pour la demande { $number }, dans laquelle ce contact est indiqué. Si vous n’en savez rien, prévenez le guichet.
mail-activated-subject = Votre identifiant est actif
mail-activated-text = L’identifiant de la demande { $number } vient d’être activé. Si ce n’était pas vous, ouvrez le lien « ce n’était pas moi » du message précédent ou prévenez aussitôt le guichet.
mail-reminder-subject = Votre identifiant expire bientôt
mail-reminder-text = L’identifiant de la demande { $number } est valable jusqu’au { $last }, encore { $days } jours. Pour le renouveler, présentez-vous au guichet avec un document valide.
