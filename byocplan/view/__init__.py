"""Values in, text out: plans, outcomes, problems and discoveries as text and JSON. Prints nothing. Pure."""
