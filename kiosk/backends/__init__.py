"""Who the members are: one module a membership system."""
