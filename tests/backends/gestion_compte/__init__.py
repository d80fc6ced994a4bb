"""Tests of the gestion-compte backend."""
