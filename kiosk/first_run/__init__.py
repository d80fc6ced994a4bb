"""The guide of the first run on a real screen: its thread, its files, its hands (docs/install.md)."""
