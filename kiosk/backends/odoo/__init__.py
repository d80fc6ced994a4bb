"""Odoo, as food coops run it: the modules of La Louve's family, those of BEES coop's family, or Odoo alone."""
