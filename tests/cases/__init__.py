"""Playing and proving cases."""
