"""Measures against the floor and the budgets of the design. Nothing here is a test: tests never time."""
