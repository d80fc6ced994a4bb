"""What people see. Draws a view, posts intents, decides nothing."""
