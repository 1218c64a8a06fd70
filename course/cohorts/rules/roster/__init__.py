"""A CSV roster: read from bytes, and compared with who is there. Pure."""
