"""What the terminal remembers. One thread owns both databases."""
