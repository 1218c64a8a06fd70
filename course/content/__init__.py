"""A module as its author wrote it: schema, loader, checks. Pure: no database, no web."""
