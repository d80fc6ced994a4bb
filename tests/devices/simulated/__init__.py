"""The simulated hardware, held to what is known of the real one."""
