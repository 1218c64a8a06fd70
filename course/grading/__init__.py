"""Grades of submissions of any kind with a rubric, and their release. No pages: those are the facilitator's."""
