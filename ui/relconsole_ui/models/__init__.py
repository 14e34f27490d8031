"""Qt item models over rows; the smallest difference is applied."""
