# The console of the help desk.
