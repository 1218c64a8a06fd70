"""Tests of cohorts, days, runs, seats and rosters."""
