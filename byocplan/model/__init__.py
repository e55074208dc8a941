"""Values only: what the program speaks of. Pure; imports nothing but the standard library's value types."""
