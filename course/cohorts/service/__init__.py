"""What happens to memberships, cohorts, days, runs, seats, presence and doors."""
