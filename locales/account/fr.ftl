# A person's own pages: accesses, delegations, the telephone PIN; acting on somebody's behalf.
own-sign-out = Se déconnecter
own-ended-title = Votre session est terminée
own-ended-text = Par sécurité, une session se ferme après un temps sans activité, après une durée maximale ou lorsque vous vous déconnectez.
own-ended-again = Se connecter de nouveau
own-typed-again = Vous avez confirmé votre identité. Vérifiez les données et envoyez-les de nouveau : rien n’a encore été fait.
account-title = Votre compte
account-who = Vous êtes connecté en tant que
account-name = Nom et prénom
account-code = Code fiscal
account-by = Connecté avec
account-since = Depuis
account-pages = Ce que vous pouvez faire
account-nothing = Il n’y a pas de page pour vous pour le moment.
account-masked = Par confidentialité, nous n’affichons qu’une partie du code.
