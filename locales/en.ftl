# English. One message per line. Keys and values in braces are the same in every language.
# reviewed: false

## The frame of every page
skip-link = Skip to main content
language-nav = Language
legal-nav = Legal links
legal-notes = Legal notes
privacy = Privacy
accessibility = Accessibility statement

## The root address
landing-title = Signing in to services
landing-text = You cannot sign in from this address: open the site of the service you need and choose to sign in there.

## Choosing how to sign in
discovery-title = Sign in to the service
discovery-heading = Choose how to sign in
discovery-level = This service requires assurance level { $level } or higher.
discovery-spid = Sign in with SPID
discovery-cie-saml = Sign in with CIE
discovery-eidas = Login with eIDAS (European digital identity)
discovery-list-spid = Choose your SPID identity provider
discovery-list-cie-saml = Choose the CIE identity server
discovery-list-eidas = Choose the country that issued your digital identity
discovery-help-more = More information about SPID
discovery-help-get = Don’t have SPID?
discovery-help-support = Need help?
discovery-help-cie = More information about CIE
discovery-help-eidas = More information about eIDAS
discovery-cancel = Cancel and return to the service

## The states of eIDAS
country-AT = Austria
country-BE = Belgium
country-BG = Bulgaria
country-CY = Cyprus
country-CZ = Czechia
country-DE = Germany
country-DK = Denmark
country-EE = Estonia
country-ES = Spain
country-FI = Finland
country-FR = France
country-GR = Greece
country-HR = Croatia
country-HU = Hungary
country-IE = Ireland
country-IS = Iceland
country-LI = Liechtenstein
country-LT = Lithuania
country-LU = Luxembourg
country-LV = Latvia
country-MT = Malta
country-NL = Netherlands
country-NO = Norway
country-PL = Poland
country-PT = Portugal
country-RO = Romania
country-SE = Sweden
country-SI = Slovenia
country-SK = Slovakia

## Leaving for the provider
autopost-title = You are about to go to your identity provider
form-post-title = You are about to return to the service
autopost-text = If the page does not go on by itself within a few seconds, press the button.
autopost-button = Continue

## Signing out
logout-title = Sign out
logout-nobody = Nobody is signed in through this system in this browser.
logout-count = Services that this browser has signed in to: { $count }.
logout-text = Signing out ends all of these sign-ins, and where it can the session at your identity provider too.
logout-button = Sign out
logout-frames-title = You are signed out here
logout-frames-text = The services you signed in to are being told. If the page does not go on by itself within a few seconds, press the button.
logout-frames-frame = A service ends its session
logout-leave-title = You are signed out here
logout-leave-text = Your session at { $provider } is still open: we are taking you there to close it. If the page does not go on by itself within a few seconds, press the button.
logout-leave-skip = Do not wait: finish without closing it
logout-done-title = You are signed out
logout-done-text = All sign-ins of this browser through this system have ended. A service may keep a session of its own: sign out there too.
logout-done-closed = Your session at your identity provider has been closed too.
logout-done-open = Your session at your identity provider may still be open: sign out there too, or close all windows of the browser.
logout-done-unknown = If your identity provider keeps a session, it may still be open: on a shared computer close all windows of the browser.
logout-done-back = Go back to the service

## What a service is told
information-title = What the service is told about you
information-text = To sign you in, these data are passed on to { $service }:
information-sub = Every service has another one; it does not say who you are.
information-source = They come from { $provider }, where you proved your identity. Nothing is passed on until you continue.
information-why = The service asks for them to do what you came for. How it uses them, how long it keeps them and what your rights are:
information-privacy = privacy notice of the service
information-person = Your data
information-sub-public = It is the same at several services; it does not say who you are.
information-sub-fiscal-code = It is your fiscal code.
information-reason = Why: { $reason }
information-proof = How you proved who you are
information-proof-why = Every service is told this: it says how secure your sign-in is and who vouches for it.
proof-method = Digital identity used
method-spid = SPID
method-cie = Italian electronic identity card (CIE)
method-eidas = European digital identity (eIDAS)
proof-provider = Who verified your identity
proof-level = Security level of the sign-in
proof-level-value = { $level } of 3
proof-factors = How it was verified
proof-one-factor = With one thing only, such as a password
proof-more-factors = With more than one thing, such as a password and a one-time code
proof-time = Date and time of the sign-in
proof-sid = A code of this sign-in
proof-sid-value = It is needed to sign you out.
consent-title = Do you agree that the service is told this?
consent-text = If you do not agree, nothing is passed on and you are not signed in to the service.
consent-button = I agree
claim-sub = A code that stands for you at this service
claim-given_name = First name
claim-family_name = Last name
claim-name = Full name
claim-birthdate = Date of birth
claim-gender = Sex
claim-gender-female = female
claim-gender-male = male
claim-place_of_birth = Place of birth
claim-birth_place_code = Code of the place of birth
claim-birth_place = Place of birth
claim-birth_province = Province of birth
claim-email = E-mail address
claim-phone_number = Telephone number
claim-address = Address
claim-fiscal_number = Fiscal code, with its country
claim-codice_fiscale = Fiscal code
claim-eidas_person_identifier = European identifier (eIDAS)
claim-fiscal_number_match = Italian fiscal code: how sure
claim-fiscal_number_match-none = none given
claim-fiscal_number_match-self_declared = stated by you
claim-fiscal_number_match-verified = confirmed by an authority
claim-eidas_country = Country that vouches for your identity
claim-eidas_legal_person_identifier = European identifier of the organisation
claim-company_name = Name of the organisation
claim-registered_office = Registered office of the organisation
claim-company_registered_office = Registered office of the organisation
claim-company_fiscal_number = Fiscal code of the organisation
claim-company_vat_number = VAT number of the organisation
claim-spid_code = Code of your digital identity
claim-document_details = Identity document
claim-digital_address = Certified e-mail address
claim-eid_exp_date = Expiry of your digital identity
claim-placeOfBirth = Place of birth
claim-idCard = Identity document
claim-domicileStreetAddress = Street and number
claim-domicilePostalCode = Postal code
claim-domicileMunicipality = Town of domicile
claim-domicileProvince = Province of domicile
claim-domicileNation = Country of domicile

## Every fault page
error-code = Code
error-reference = Reference
error-retry = Try again
error-other-method = Choose another way to sign in
error-return = Return to the service
error-restart = Start again from the service
error-assistance = Help from the service
error-sign-out = Go to the sign-out page

## Faults of the service
fault-internal-title = Something went wrong
fault-internal-text = There was an error on our side: it is not your fault.
fault-internal-action = Try again in a few minutes. If it happens again, contact support and give the code and the reference below.
fault-unavailable-title = Sign-in is not available
fault-unavailable-text = We cannot handle your sign-in at the moment: it is not your fault.
fault-unavailable-action = Try again in a few minutes.
fault-not-found-title = Page not found
fault-not-found-text = The address you opened does not exist.
fault-not-found-action = Check the address, or start again from the site of the service.
fault-too-many-requests-title = Too many requests
fault-too-many-requests-text = Too many requests came from your connection in a short time.
fault-too-many-requests-action = Wait a minute and try again.
fault-malformed-request-title = Request not valid
fault-malformed-request-text = The link you used is incomplete or not correct.
fault-malformed-request-action = Start again from the site of the service.

## Faults of the journey
fault-expired-title = Sign-in expired
fault-expired-text = Too much time has passed, or this sign-in was already completed.
fault-expired-action = Go back to the site of the service and sign in again.
fault-other-browser-title = Sign-in started elsewhere
fault-other-browser-text = This sign-in was started in another browser or on another device: for your safety it cannot go on here.
fault-other-browser-action = Start again from the site of the service, in this browser. If somebody else sent you this link, do not use it.
fault-client-gone-title = Service no longer connected
fault-client-gone-text = The service you wanted to sign in to is no longer connected to this sign-in system.
fault-client-gone-action = Contact the support of the service.
fault-method-unavailable-title = Way to sign in not available
fault-method-unavailable-text = The way to sign in or the provider you chose is not available for this service.
fault-method-unavailable-action = Choose another way to sign in, or try again later.
fault-unanswered-title = Sign-in not completed
fault-unanswered-text = We have not yet received the answer of your identity provider.
fault-unanswered-action = Complete the sign-in at your provider, or start again.
fault-declined-title = Sign-in cancelled
fault-declined-text = You chose to return to the service without signing in.
fault-declined-action = You can try again at any time.
fault-cookies-blocked-title = Cookies blocked
fault-cookies-blocked-text = Your browser did not keep the technical cookie that is needed to sign in safely.
fault-cookies-blocked-action = Allow cookies for this site and start again from the site of the service.
fault-level-too-low-title = Assurance level too low
fault-level-too-low-text = This service requires assurance level { $level } or higher, but you signed in with a lower one.
fault-level-too-low-action = Sign in again with credentials of that level; if you have none, ask your provider how to activate them.
fault-policy-switched-off-title = This way to sign in is no longer accepted
fault-policy-switched-off-text = This service no longer accepts the way to sign in that you used.
fault-policy-switched-off-action = Choose another way to sign in: the choice page shows which ones you can use today, and why the others are not available.
fault-policy-not-yet-title = This way to sign in is not accepted yet
fault-policy-not-yet-text = This service does not accept yet the way to sign in that you used.
fault-policy-not-yet-action = Choose another way to sign in: the choice page shows which ones you can use today.
fault-policy-level-title = Assurance level too low
fault-policy-level-text = For people in your situation this service requires a higher assurance level than the one you signed in with.
fault-policy-level-action = Sign in again with credentials of a higher level, or choose another way to sign in.
fault-policy-category-title = Restricted access
fault-policy-category-text = This service, or the way to sign in that you used, is restricted to other categories of people.
fault-policy-category-action = Choose another way to sign in. If you think you are entitled, contact the assistance of the service and give the code and the reference below.
fault-policy-min-age-title = Minimum age not proven
fault-policy-min-age-text = This service has a minimum age, and the data received does not prove that you have reached it.
fault-policy-min-age-action = If you are old enough, choose another way to sign in or contact the assistance of the service; otherwise whoever represents you can sign in for you.
fault-response-unsolicited-title = Unexpected answer
fault-response-unsolicited-text = The answer of a provider arrived that belongs to no sign-in in progress.
fault-response-unsolicited-action = Start again from the site of the service.
fault-response-replayed-title = Answer already used
fault-response-replayed-text = The answer of your provider had already been used: this can happen when you reload the page or go back.
fault-response-replayed-action = Start again from the site of the service.
fault-response-refused-title = Provider’s answer not valid
fault-response-refused-text = We could not verify the answer of your identity provider: for your safety the sign-in was stopped.
fault-response-refused-action = Try again or choose another way to sign in. If it happens again, contact support and give the code and the reference below.
fault-response-expired-title = Provider’s answer expired
fault-response-expired-text = The answer of your identity provider arrived too late.
fault-response-expired-action = Sign in again.

## Faults of the service that asked
fault-service-unknown-title = Service not recognised
fault-service-unknown-text = The site you come from is not connected correctly to this sign-in system: it is not your fault.
fault-service-unknown-action = Contact the support of the site you come from and give the code and the reference below.
fault-service-request-title = Incorrect request by the service
fault-service-request-text = The service sent an incorrect sign-in request: it is not your fault.
fault-service-request-action = Try again later or contact the support of the service.
fault-login-required-title = Sign-in needed
fault-login-required-text = You have to sign in before you can go on.
fault-login-required-action = Return to the service and choose to sign in.

## Faults of the person's data
fault-identity-invalid-title = Identity data not usable
fault-identity-invalid-text = Your identity provider sent missing or incorrect data, so we cannot recognise you.
fault-identity-invalid-action = Choose another way to sign in, or report the problem to your provider and to the support of the service.

## SPID anomalies
fault-spid-technical-title = Technical problem in the sign-in request
fault-spid-technical-text = There is a technical problem in the sign-in request: it is not your fault.
fault-spid-technical-action = Try again later. If it happens again, contact support and give the code and the reference below.
fault-spid-unavailable-title = SPID provider not available
fault-spid-unavailable-text = The SPID provider you chose is not available at the moment.
fault-spid-unavailable-action = Try again later or choose another way to sign in.
fault-spid-wrong-credentials-title = Wrong credentials
fault-spid-wrong-credentials-text = Wrong credentials were entered too many times.
fault-spid-wrong-credentials-action = Wait and try again, or recover your credentials with your provider.
fault-spid-level-title = Assurance level too low
fault-spid-level-text = Your credentials do not reach level { $level }, which this service requires.
fault-spid-level-action = Ask your provider how to activate credentials of level { $level }, or choose another way to sign in.
fault-spid-timeout-title = Time has run out
fault-spid-timeout-text = The sign-in at your provider took too long.
fault-spid-timeout-action = Start the sign-in again.
fault-spid-consent-title = Sending of data not authorised
fault-spid-consent-text = You did not agree to share your data: without it the service cannot be accessed.
fault-spid-consent-action = If you want to sign in, try again and agree to share the data.
fault-spid-suspended-title = SPID identity suspended or revoked
fault-spid-suspended-text = Your SPID identity is suspended or revoked, or your credentials are blocked.
fault-spid-suspended-action = Contact your provider or choose another way to sign in.
fault-spid-cancelled-title = Sign-in cancelled
fault-spid-cancelled-text = You cancelled the sign-in at your provider.
fault-spid-cancelled-action = You can try again at any time, or return to the service.
fault-spid-purpose-title = Another kind of identity is needed
fault-spid-purpose-text = This service requires a different kind of SPID identity, for example one for professional use.
fault-spid-purpose-action = Sign in with an identity of the required kind, or contact the support of the service.

## Faults of signing out
fault-logout-refused-title = Sign-out message not valid
fault-logout-refused-text = We could not verify the message of an identity provider about signing out: for your safety it was ignored.
fault-logout-refused-action = To end your sign-ins in this browser, go to the sign-out page. If it happens again, contact support and give the code and the reference below.
fault-logout-gone-title = Sign-out page expired
fault-logout-gone-text = This sign-out has already finished, or too much time has passed.
fault-logout-gone-action = To be sure that you are signed out, go to the sign-out page.
fault-logout-request-title = Incorrect sign-out request by the service
fault-logout-request-text = The service sent an incorrect sign-out request: it is not your fault. Your sign-in has not ended.
fault-logout-request-action = To sign out, go to the sign-out page.

## Announcements, and retired addresses
announcements-title = Announcements
announcements-none = There are no announcements at the moment.
announcement-warning = Important
announcement-information = Announcement
announcement-effective = Takes effect on
announcement-to-be-announced = date to be announced; a new announcement will say it
announcement-services = Services concerned
announcement-services-all = All services that you sign in to here
announcement-legal = Legal reference
announcement-link = Read more
announcement-published = Published on
announcement-updated = Updated on
announcement-past = This announcement is no longer current: it stays here for those who kept its address.
announcement-back = Back to choosing how to sign in
announcement-all = All announcements
announcement-feeds = Get announcements with a program
announcement-place = Address of this page
announcement-moment = As of { $moment }
moved-since = This address has not been in use since { $date }.
moved-button = Go to the new address
moved-place = New address
