"""From bytes to the main text of a page."""
