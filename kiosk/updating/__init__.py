"""A new version laid beside the old one, tried, and gone back from by itself where it does not do (docs/update.md)."""
