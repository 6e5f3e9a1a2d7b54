# Signing in with a credential of the help desk, activating it, and keeping it; letters and mails about it.
