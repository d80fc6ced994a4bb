"""The whole system on simulated time, from one seed, in one thread (docs/simulation.md)."""
