"""Preparing: notes, ticks, minutes."""
