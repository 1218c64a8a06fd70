"""The mathematics of a branching case: guards, engine, checker, scoring. Pure: no database, no web."""
