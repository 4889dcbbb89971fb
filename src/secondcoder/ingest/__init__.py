"""Reading: posts, codebooks and reports become models of the schema."""
