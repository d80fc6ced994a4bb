"""What the terminal remembers."""
