"""The decoders of scales, on bytes."""
