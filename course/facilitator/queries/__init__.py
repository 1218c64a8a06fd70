"""What the facilitator's pages show, each read in few statements."""
