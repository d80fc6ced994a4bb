"""An invented coop, and the people that the demo and the tour play with."""
