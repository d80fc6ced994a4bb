"""One module a scale dialogue: bytes in, events out."""
