# A person's own pages: accesses, delegations, the telephone PIN; acting on somebody's behalf.
own-sign-out = Sign out
own-ended-title = Your session has ended
own-ended-text = For safety a session closes after a time without activity, after a longest time, or when you sign out.
own-ended-again = Sign in again
own-typed-again = You have confirmed who you are. Check the data and send it again: nothing has been done yet.
account-title = Your account
account-who = You are signed in as
account-name = Name
account-code = Fiscal code
account-by = Signed in with
account-since = Since
account-pages = What you can do
account-nothing = There are no pages for you at the moment.
account-masked = For privacy we show only part of the code.
