"""A gestion-compte server for the demo and the tests: its routes, its pages, its windows and its faults."""
