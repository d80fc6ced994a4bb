"""How the terminal is seen from elsewhere: figures for Prometheus, and alarms told to an address (docs/afar.md).

Nothing here says anything about people, and nothing of the terminal waits for any of it.
"""
