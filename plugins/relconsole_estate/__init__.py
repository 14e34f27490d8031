"""A small living company of real processes on loopback: for demonstration, training and tests.

Services that call one another, seeded traffic, a collector that measures them, jobs that really
replace processes, and people who answer signing requests. Nothing here knows the console: it is
run and observed from outside, like any other estate.
"""
