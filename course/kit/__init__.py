"""What is printed for a day: the facilitator's guide, cards, posters, sheets and tents, as PDF. Pure."""
