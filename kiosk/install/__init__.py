"""What ``scripts/install`` decides and writes (docs/install.md).

It runs on the system's own Python, before any wheel is there.
"""
