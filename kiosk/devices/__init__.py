"""What the terminal touches: a transport that blocks, a decoder that is pure."""
