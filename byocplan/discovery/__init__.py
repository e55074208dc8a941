"""Where tiles come from: listings and explicit paths in, tile sets and a report out."""
