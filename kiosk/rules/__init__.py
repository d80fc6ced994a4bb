"""What the coop has decided. Pure: no I/O, no clock of its own."""
