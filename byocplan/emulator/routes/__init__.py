"""HTTP in, HTTP out: the flask blueprints of the emulator."""
