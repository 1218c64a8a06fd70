"""What learners promise to do, with whom and by when."""
