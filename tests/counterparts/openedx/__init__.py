"""Open edX's own platform code, installed and run as a process of its own; never imported."""
