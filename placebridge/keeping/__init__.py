"""What ops do with an installation: back it up, restore, upgrade and move it, and ask for help with it."""
