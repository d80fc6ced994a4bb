"""The Odoo backend, on the fake server and on recorded exchanges."""
