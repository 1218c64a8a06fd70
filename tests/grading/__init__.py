"""Grades: their fold, their writes under conflict, the release of a group."""
