"""The command line: one file a subject. An error is one line that says what to do."""
