"""gestion-compte, the member software of L'Elefan and Les 400 Coop, as it is: over its pages, for want of an API."""
