"""What the training manager's pages show, in few statements, always within the manager's own organisations."""
