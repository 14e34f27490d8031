"""What the screens say, as frozen rows: no Qt, no clock, nobody asked."""
