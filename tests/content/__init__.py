"""Reading modules: files, lines, findings, bytes."""
