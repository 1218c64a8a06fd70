"""Organisation, person, identity, session, one-use links, throttles. No roles: those are memberships, in cohorts."""
