"""The devices, tested on real bytes and simulated hardware."""
