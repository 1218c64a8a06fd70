"""Plays: beginning, steps, races, replays."""
