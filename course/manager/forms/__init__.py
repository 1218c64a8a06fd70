"""The shape of what a training manager sends."""
