"""The use cases. Each reads like a table of contents; what they need from outside is handed to them."""
