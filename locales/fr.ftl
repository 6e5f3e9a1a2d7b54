# Français. One message per line. Keys and values in braces are the same in every language.
# reviewed: false

## The frame of every page
skip-link = Aller au contenu principal
language-nav = Langue
legal-nav = Liens juridiques
legal-notes = Mentions légales
privacy = Protection des données
accessibility = Déclaration d’accessibilité

## The root address
landing-title = Connexion aux services
landing-text = Il n’est pas possible de se connecter directement à cette adresse : ouvrez le site du service souhaité et choisissez de vous y connecter.

## Choosing how to sign in
discovery-title = Se connecter au service
discovery-heading = Choisissez comment vous connecter
discovery-level = Ce service exige un niveau de sécurité { $level } ou supérieur.
discovery-spid = Se connecter avec SPID
discovery-cie-saml = Se connecter avec CIE
discovery-eidas = Se connecter avec une identité numérique européenne (eIDAS)
discovery-list-spid = Choisissez votre fournisseur d’identité SPID
discovery-list-cie-saml = Choisissez le serveur d’identité de la CIE
discovery-list-eidas = Choisissez le pays qui a délivré votre identité numérique
discovery-help-more = En savoir plus sur SPID
discovery-help-get = Vous n’avez pas SPID ?
discovery-help-support = Besoin d’aide ?
discovery-help-cie = En savoir plus sur la CIE
discovery-help-eidas = En savoir plus sur eIDAS
discovery-cancel = Annuler et revenir au service

## The states of eIDAS
country-AT = Autriche
country-BE = Belgique
country-BG = Bulgarie
country-CY = Chypre
country-CZ = Tchéquie
country-DE = Allemagne
country-DK = Danemark
country-EE = Estonie
country-ES = Espagne
country-FI = Finlande
country-FR = France
country-GR = Grèce
country-HR = Croatie
country-HU = Hongrie
country-IE = Irlande
country-IS = Islande
country-LI = Liechtenstein
country-LT = Lituanie
country-LU = Luxembourg
country-LV = Lettonie
country-MT = Malte
country-NL = Pays-Bas
country-NO = Norvège
country-PL = Pologne
country-PT = Portugal
country-RO = Roumanie
country-SE = Suède
country-SI = Slovénie
country-SK = Slovaquie

## Leaving for the provider
autopost-title = Vous allez être dirigé vers votre fournisseur d’identité
form-post-title = Vous allez revenir au service
autopost-text = Si la page ne continue pas d’elle-même dans quelques secondes, appuyez sur le bouton.
autopost-button = Continuer

## Déconnexion
logout-title = Se déconnecter
logout-nobody = Dans ce navigateur, personne n’est connecté par ce système.
logout-count = Services auxquels ce navigateur s’est connecté : { $count }.
logout-text = La déconnexion met fin à toutes ces connexions et, lorsque c’est possible, à la session chez votre fournisseur d’identité.
logout-button = Se déconnecter
logout-frames-title = Vous êtes déconnecté ici
logout-frames-text = Nous prévenons les services auxquels vous vous êtes connecté. Si la page ne continue pas d’elle-même en quelques secondes, appuyez sur le bouton.
logout-frames-frame = Un service ferme sa session
logout-leave-title = Vous êtes déconnecté ici
logout-leave-text = Votre session chez { $provider } est encore ouverte : nous vous y conduisons pour la fermer. Si la page ne continue pas d’elle-même en quelques secondes, appuyez sur le bouton.
logout-leave-skip = Ne pas attendre : terminer sans la fermer
logout-done-title = Vous êtes déconnecté
logout-done-text = Toutes les connexions de ce navigateur par ce système sont terminées. Un service peut garder sa propre session : déconnectez-vous aussi là.
logout-done-closed = Votre session chez votre fournisseur d’identité a été fermée aussi.
logout-done-open = Votre session chez votre fournisseur d’identité est peut-être encore ouverte : déconnectez-vous aussi là, ou fermez toutes les fenêtres du navigateur.
logout-done-unknown = Si votre fournisseur d’identité garde une session, elle est peut-être encore ouverte : sur un ordinateur partagé, fermez toutes les fenêtres du navigateur.
logout-done-back = Revenir au service

## Ce qui est communiqué à un service
information-title = Informations sur les données communiquées au service
information-text = Pour vous connecter, ces données sont communiquées à { $service } :
information-sub = Il est différent pour chaque service et ne dit pas qui vous êtes.
information-source = Elles proviennent de { $provider }, auprès de qui vous avez prouvé votre identité. Rien n’est communiqué tant que vous ne continuez pas.
information-why = Le service les demande pour accomplir ce pour quoi vous êtes venu. L’usage qu’il en fait, la durée de leur conservation et vos droits :
information-privacy = politique de confidentialité du service
information-person = Vos données
information-sub-public = Il est le même pour plusieurs services et ne dit pas qui vous êtes.
information-sub-fiscal-code = C’est votre code fiscal.
information-reason = Pourquoi : { $reason }
information-proof = Comment vous avez prouvé qui vous êtes
information-proof-why = Chaque service reçoit ces données : elles indiquent le degré de sécurité de votre connexion et qui l’a vérifiée.
proof-method = Identité numérique utilisée
method-spid = SPID
method-cie = Carte d’identité électronique italienne (CIE)
method-eidas = Identité numérique européenne (eIDAS)
proof-provider = Qui a vérifié votre identité
proof-level = Niveau de sécurité de la connexion
proof-level-value = { $level } sur 3
proof-factors = Comment elle a été vérifiée
proof-one-factor = Avec un seul élément, par exemple un mot de passe
proof-more-factors = Avec plusieurs éléments, par exemple un mot de passe et un code à usage unique
proof-time = Date et heure de la connexion
proof-sid = Un code de cette connexion
proof-sid-value = Il sert à vous déconnecter.
consent-title = Acceptez-vous que le service reçoive ces données ?
consent-text = Si vous n’acceptez pas, rien n’est communiqué et vous n’êtes pas connecté au service.
consent-button = J’accepte
claim-sub = Un code qui vous représente auprès de ce service
claim-given_name = Prénom
claim-family_name = Nom
claim-name = Prénom et nom
claim-birthdate = Date de naissance
claim-gender = Sexe
claim-gender-female = féminin
claim-gender-male = masculin
claim-place_of_birth = Lieu de naissance
claim-birth_place_code = Code du lieu de naissance
claim-birth_place = Lieu de naissance
claim-birth_province = Province de naissance
claim-email = Adresse électronique
claim-phone_number = Numéro de téléphone
claim-address = Adresse
claim-fiscal_number = Code fiscal, avec le pays
claim-codice_fiscale = Code fiscal
claim-eidas_person_identifier = Identifiant européen (eIDAS)
claim-fiscal_number_match = Code fiscal italien : degré de certitude
claim-fiscal_number_match-none = non indiqué
claim-fiscal_number_match-self_declared = déclaré par vous
claim-fiscal_number_match-verified = confirmé par une autorité
claim-eidas_country = Pays qui garantit votre identité
claim-eidas_legal_person_identifier = Identifiant européen de l’organisation
claim-company_name = Nom de l’organisation
claim-registered_office = Siège de l’organisation
claim-company_registered_office = Siège de l’organisation
claim-company_fiscal_number = Code fiscal de l’organisation
claim-company_vat_number = Numéro de TVA de l’organisation
claim-spid_code = Code de votre identité numérique
claim-document_details = Pièce d’identité
claim-digital_address = Adresse électronique certifiée
claim-eid_exp_date = Expiration de votre identité numérique
claim-placeOfBirth = Lieu de naissance
claim-idCard = Document d’identité
claim-domicileStreetAddress = Rue et numéro
claim-domicilePostalCode = Code postal
claim-domicileMunicipality = Commune du domicile
claim-domicileProvince = Province du domicile
claim-domicileNation = Pays du domicile

## Every fault page
error-code = Code
error-reference = Référence
error-retry = Réessayer
error-other-method = Choisir une autre façon de se connecter
error-return = Revenir au service
error-restart = Recommencer depuis le service
error-assistance = Assistance du service
error-sign-out = Aller à la page de déconnexion

## Faults of the service
fault-internal-title = Un problème est survenu
fault-internal-text = Une erreur s’est produite de notre côté : vous n’y êtes pour rien.
fault-internal-action = Réessayez dans quelques minutes. Si le problème persiste, contactez l’assistance en indiquant le code et la référence ci-dessous.
fault-unavailable-title = Connexion indisponible
fault-unavailable-text = Nous ne pouvons pas traiter votre connexion pour le moment : vous n’y êtes pour rien.
fault-unavailable-action = Réessayez dans quelques minutes.
fault-not-found-title = Page introuvable
fault-not-found-text = L’adresse que vous avez ouverte n’existe pas.
fault-not-found-action = Vérifiez l’adresse ou repartez du site du service.
fault-too-many-requests-title = Trop de demandes
fault-too-many-requests-text = Votre connexion a envoyé trop de demandes en peu de temps.
fault-too-many-requests-action = Attendez une minute et réessayez.
fault-malformed-request-title = Demande non valide
fault-malformed-request-text = Le lien que vous avez utilisé est incomplet ou incorrect.
fault-malformed-request-action = Repartez du site du service.

## Faults of the journey
fault-expired-title = Connexion expirée
fault-expired-text = Trop de temps s’est écoulé ou cette connexion a déjà été menée à terme.
fault-expired-action = Revenez au site du service et reconnectez-vous.
fault-other-browser-title = Connexion commencée ailleurs
fault-other-browser-text = Cette connexion a été commencée dans un autre navigateur ou sur un autre appareil : pour votre sécurité, elle ne peut pas continuer ici.
fault-other-browser-action = Recommencez depuis le site du service, dans ce navigateur. Si quelqu’un d’autre vous a envoyé ce lien, ne l’utilisez pas.
fault-client-gone-title = Service déconnecté
fault-client-gone-text = Le service auquel vous vouliez accéder n’est plus relié à ce système de connexion.
fault-client-gone-action = Contactez l’assistance du service.
fault-method-unavailable-title = Mode de connexion indisponible
fault-method-unavailable-text = Le mode de connexion ou le fournisseur choisi n’est pas disponible pour ce service.
fault-method-unavailable-action = Choisissez une autre façon de vous connecter ou réessayez plus tard.
fault-unanswered-title = Connexion inachevée
fault-unanswered-text = Nous n’avons pas encore reçu la réponse de votre fournisseur d’identité.
fault-unanswered-action = Terminez la connexion chez votre fournisseur ou recommencez.
fault-declined-title = Connexion annulée
fault-declined-text = Vous avez choisi de revenir au service sans vous connecter.
fault-declined-action = Vous pouvez réessayer à tout moment.
fault-cookies-blocked-title = Cookies bloqués
fault-cookies-blocked-text = Votre navigateur n’a pas conservé le cookie technique nécessaire à une connexion sûre.
fault-cookies-blocked-action = Autorisez les cookies pour ce site et recommencez depuis le site du service.
fault-level-too-low-title = Niveau de sécurité insuffisant
fault-level-too-low-text = Ce service exige le niveau de sécurité { $level } ou supérieur, mais vous vous êtes connecté avec un niveau inférieur.
fault-level-too-low-action = Reconnectez-vous avec des identifiants du niveau requis ; si vous n’en avez pas, demandez à votre fournisseur comment les activer.
fault-policy-switched-off-title = Ce mode de connexion n’est plus accepté
fault-policy-switched-off-text = Ce service n’accepte plus le mode de connexion que vous avez utilisé.
fault-policy-switched-off-action = Connectez-vous autrement : la page de choix montre les modes que vous pouvez utiliser aujourd’hui et pourquoi les autres ne sont pas disponibles.
fault-policy-not-yet-title = Ce mode de connexion n’est pas encore accepté
fault-policy-not-yet-text = Ce service n’accepte pas encore le mode de connexion que vous avez utilisé.
fault-policy-not-yet-action = Connectez-vous autrement : la page de choix montre les modes que vous pouvez utiliser aujourd’hui.
fault-policy-level-title = Niveau de sécurité insuffisant
fault-policy-level-text = Pour les personnes dans votre situation, ce service exige un niveau de sécurité plus élevé que celui de votre connexion.
fault-policy-level-action = Reconnectez-vous avec des identifiants d’un niveau plus élevé ou choisissez un autre mode de connexion.
fault-policy-category-title = Accès réservé
fault-policy-category-text = Ce service, ou le mode de connexion que vous avez utilisé, est réservé à d’autres catégories de personnes.
fault-policy-category-action = Choisissez un autre mode de connexion. Si vous pensez y avoir droit, contactez l’assistance du service en indiquant le code et la référence ci-dessous.
fault-policy-min-age-title = Âge minimum non prouvé
fault-policy-min-age-text = Ce service exige un âge minimum, et les données reçues ne prouvent pas que vous l’avez atteint.
fault-policy-min-age-action = Si vous avez l’âge requis, choisissez un autre mode de connexion ou contactez l’assistance du service ; sinon, la personne qui vous représente peut se connecter pour vous.
fault-response-unsolicited-title = Réponse inattendue
fault-response-unsolicited-text = La réponse d’un fournisseur est arrivée sans correspondre à aucune connexion en cours.
fault-response-unsolicited-action = Recommencez depuis le site du service.
fault-response-replayed-title = Réponse déjà utilisée
fault-response-replayed-text = La réponse de votre fournisseur avait déjà été utilisée : cela peut arriver si vous rechargez la page ou revenez en arrière.
fault-response-replayed-action = Recommencez depuis le site du service.
fault-response-refused-title = Réponse du fournisseur non valide
fault-response-refused-text = Nous n’avons pas pu vérifier la réponse de votre fournisseur d’identité : pour votre sécurité, la connexion a été interrompue.
fault-response-refused-action = Réessayez ou choisissez une autre façon de vous connecter. Si le problème persiste, contactez l’assistance en indiquant le code et la référence ci-dessous.
fault-response-expired-title = Réponse du fournisseur expirée
fault-response-expired-text = La réponse de votre fournisseur d’identité est arrivée trop tard.
fault-response-expired-action = Reconnectez-vous.

## Faults of the service that asked
fault-service-unknown-title = Service non reconnu
fault-service-unknown-text = Le site d’où vous venez n’est pas correctement relié à ce système de connexion : vous n’y êtes pour rien.
fault-service-unknown-action = Contactez l’assistance du site d’où vous venez en indiquant le code et la référence ci-dessous.
fault-service-request-title = Demande incorrecte du service
fault-service-request-text = Le service a envoyé une demande de connexion incorrecte : vous n’y êtes pour rien.
fault-service-request-action = Réessayez plus tard ou contactez l’assistance du service.
fault-login-required-title = Connexion nécessaire
fault-login-required-text = Pour continuer, vous devez d’abord vous connecter.
fault-login-required-action = Revenez au service et choisissez de vous connecter.

## Faults of the person's data
fault-identity-invalid-title = Données d’identité inutilisables
fault-identity-invalid-text = Votre fournisseur d’identité a envoyé des données manquantes ou incorrectes : nous ne pouvons donc pas vous reconnaître.
fault-identity-invalid-action = Choisissez une autre façon de vous connecter, ou signalez le problème à votre fournisseur et à l’assistance du service.

## SPID anomalies
fault-spid-technical-title = Problème technique dans la demande de connexion
fault-spid-technical-text = La demande de connexion présente un problème technique : vous n’y êtes pour rien.
fault-spid-technical-action = Réessayez plus tard. Si le problème persiste, contactez l’assistance en indiquant le code et la référence ci-dessous.
fault-spid-unavailable-title = Fournisseur SPID indisponible
fault-spid-unavailable-text = Le fournisseur SPID choisi n’est pas disponible pour le moment.
fault-spid-unavailable-action = Réessayez plus tard ou choisissez une autre façon de vous connecter.
fault-spid-wrong-credentials-title = Identifiants erronés
fault-spid-wrong-credentials-text = Vous avez saisi plusieurs fois des identifiants erronés.
fault-spid-wrong-credentials-action = Attendez et réessayez, ou récupérez vos identifiants auprès de votre fournisseur.
fault-spid-level-title = Niveau de sécurité insuffisant
fault-spid-level-text = Vos identifiants n’atteignent pas le niveau { $level } exigé par ce service.
fault-spid-level-action = Demandez à votre fournisseur comment activer des identifiants de niveau { $level }, ou choisissez une autre façon de vous connecter.
fault-spid-timeout-title = Délai dépassé
fault-spid-timeout-text = La connexion chez votre fournisseur a pris trop de temps.
fault-spid-timeout-action = Recommencez la connexion.
fault-spid-consent-title = Envoi des données non autorisé
fault-spid-consent-text = Vous n’avez pas autorisé l’envoi de vos données : sans elles, il n’est pas possible d’accéder au service.
fault-spid-consent-action = Si vous souhaitez vous connecter, réessayez et autorisez l’envoi des données.
fault-spid-suspended-title = Identité SPID suspendue ou révoquée
fault-spid-suspended-text = Votre identité SPID est suspendue ou révoquée, ou vos identifiants sont bloqués.
fault-spid-suspended-action = Contactez votre fournisseur ou choisissez une autre façon de vous connecter.
fault-spid-cancelled-title = Connexion annulée
fault-spid-cancelled-text = Vous avez annulé la connexion chez votre fournisseur.
fault-spid-cancelled-action = Vous pouvez réessayer à tout moment ou revenir au service.
fault-spid-purpose-title = Un autre type d’identité est nécessaire
fault-spid-purpose-text = Ce service exige un autre type d’identité SPID, par exemple à usage professionnel.
fault-spid-purpose-action = Connectez-vous avec une identité du type requis ou contactez l’assistance du service.

## Erreurs de la déconnexion
fault-logout-refused-title = Message de déconnexion non valable
fault-logout-refused-text = Nous n’avons pas pu vérifier le message d’un fournisseur d’identité sur la déconnexion : pour votre sécurité, il a été ignoré.
fault-logout-refused-action = Pour mettre fin à vos connexions dans ce navigateur, allez à la page de déconnexion. Si cela se reproduit, contactez l’assistance en indiquant le code et la référence ci-dessous.
fault-logout-gone-title = Page de déconnexion expirée
fault-logout-gone-text = Cette déconnexion est déjà terminée, ou trop de temps a passé.
fault-logout-gone-action = Pour être sûr d’être déconnecté, allez à la page de déconnexion.
fault-logout-request-title = Demande de déconnexion incorrecte du service
fault-logout-request-text = Le service a envoyé une demande de déconnexion incorrecte : ce n’est pas de votre faute. Votre connexion n’est pas terminée.
fault-logout-request-action = Pour vous déconnecter, allez à la page de déconnexion.

## Announcements, and retired addresses
announcements-title = Avis
announcements-none = Il n’y a pas d’avis en ce moment.
announcement-warning = Attention
announcement-information = Avis
announcement-effective = Prend effet le
announcement-to-be-announced = date à définir ; elle sera communiquée par un nouvel avis
announcement-services = Services concernés
announcement-services-all = Tous les services auxquels on accède ici
announcement-legal = Référence juridique
announcement-link = En savoir plus
announcement-published = Publié le
announcement-updated = Mis à jour le
announcement-past = Cet avis n’est plus d’actualité : il reste ici pour ceux qui en ont conservé l’adresse.
announcement-back = Revenir au choix du mode de connexion
announcement-all = Tous les avis
announcement-feeds = Recevoir les avis avec un logiciel
announcement-place = Adresse de cette page
announcement-moment = Situation au { $moment }
moved-since = Cette adresse n’est plus utilisée depuis le { $date }.
moved-button = Aller à la nouvelle adresse
moved-place = Nouvelle adresse
