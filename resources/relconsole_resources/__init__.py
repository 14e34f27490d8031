"""Files the console carries along: examples, and what later windows paint with. No code."""
