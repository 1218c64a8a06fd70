"""Rosters: taken in, and taken back."""
