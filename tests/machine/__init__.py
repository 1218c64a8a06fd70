"""What tests need of the machine: a PostgreSQL, a Chromium, a served site."""
