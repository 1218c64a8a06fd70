"""Published module versions by hash, and which one is live. Nothing here reads the authors' files."""
