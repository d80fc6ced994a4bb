"""The rules, tested without hardware, screen or clock."""
