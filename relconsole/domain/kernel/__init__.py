"""Words that every concept shares: errors, ids, time, observations, refusals, JSON.

Nothing here knows what a release is.
"""
