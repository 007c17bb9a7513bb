"""Language models, embedded and remote, behind one client."""
