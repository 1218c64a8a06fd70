"""The training manager's pages: people, cohorts, days, completions."""
