"""What happens to platforms and to what is known of them."""
