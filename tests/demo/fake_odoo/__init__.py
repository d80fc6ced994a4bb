"""The fake Odoo keeps the traps of the real one."""
