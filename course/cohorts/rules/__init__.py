"""What holds for days, doors, presence and rosters, without a database."""
