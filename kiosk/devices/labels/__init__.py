"""Tare labels: one layout at the printer's dots, and one encoder a printer language."""
