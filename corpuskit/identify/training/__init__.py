"""Train an identification model from seeds, and measure what it or another one does."""
