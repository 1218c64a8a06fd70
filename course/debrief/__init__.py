"""What a play shows its learner afterwards."""
