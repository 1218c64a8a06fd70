"""Kill tests: a busy site is killed again and again, and nothing that it acknowledged is lost or doubled."""
