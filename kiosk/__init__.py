"""coop-kiosk: the terminal at the entrance of a cooperative supermarket."""

__version__ = "0.1.0"
