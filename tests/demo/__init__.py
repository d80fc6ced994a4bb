"""Tests of the demo: the whole terminal on simulated hardware."""
