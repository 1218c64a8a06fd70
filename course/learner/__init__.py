"""The learner's pages: home, the day, the player, the page."""
