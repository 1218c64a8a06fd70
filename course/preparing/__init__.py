"""What facilitators make ready for a day: their own notes on a module, and how far they have prepared a run."""
