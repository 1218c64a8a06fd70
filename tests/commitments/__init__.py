"""Promises: made, kept, let go, taken back, and read by nobody else."""
