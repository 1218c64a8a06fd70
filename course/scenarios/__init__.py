"""Attempts at a case and their events. The mathematics of a case lives in cases."""
