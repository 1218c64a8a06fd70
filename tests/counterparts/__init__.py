"""Other people's side of LTI: a strict platform double of ours, and Open edX's own platform code in its own process."""
