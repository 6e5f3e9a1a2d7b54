# A person's own pages: accesses, delegations, the telephone PIN; acting on somebody's behalf.
