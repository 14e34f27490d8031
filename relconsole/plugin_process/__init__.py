"""What runs in a plugin's process: frames, limits, the guarded HTTP client. Sees no ports."""
