"""The hardware below the drivers, as far as bytes, registers and pins go."""
