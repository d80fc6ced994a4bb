"""A small Odoo for the demo and the tests: the models, refusals and traps of food coops' modules, without Odoo."""
