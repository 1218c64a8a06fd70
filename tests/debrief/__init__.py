"""What is read from finished plays."""
