"""Memberships and roles, cohorts, days, runs, seats, presence, and the door of a room."""
