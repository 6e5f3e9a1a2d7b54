# Signing in with a credential of the help desk, activating it, and keeping it; letters and mails about it.
mail-issued-subject = Your credential: second part of the code
mail-issued-text = Request { $number } was approved.¶Second part of the activation code: { $part }¶The first part is on the letter. The code counts until { $until }. To activate the credential, write the number of the request and both parts of the code on this page: { $activate }¶Please confirm that this address is yours: { $confirm }¶You asked for nothing? Open this link and the credential is blocked at once: { $notme }
mail-notice-subject = A credential was issued
mail-notice-text = A credential was issued for request { $number }, in which this contact is named. If you know nothing of it, tell the help desk.
mail-activated-subject = Your credential is active
mail-activated-text = The credential of request { $number } was activated just now. If that was not you, open the link “this was not me” of the earlier message, or tell the help desk at once.
mail-reminder-subject = Your credential expires soon
mail-reminder-text = The credential of request { $number } is valid until { $last }, for { $days } more days. To renew it, come to the help desk with a valid document.
