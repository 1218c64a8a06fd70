"""The page a learner writes: its drafts, and what was handed in."""
