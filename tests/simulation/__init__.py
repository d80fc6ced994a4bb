"""The simulation: that it is what it says, what it must notice, and every seed that found something."""
