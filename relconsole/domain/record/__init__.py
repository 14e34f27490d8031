"""What makes a record a record: envelopes, canonical bytes, hash tree, signatures, effect states.

Generic over the payload: nothing here knows a fact of any concept.
"""
