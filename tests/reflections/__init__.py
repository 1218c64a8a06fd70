"""Pages: their rules, drafts, handing in."""
