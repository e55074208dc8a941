"""The rules of the API: decoded requests in, stored collections and tiles out."""
