"""Credentials in the keyring of the operating system, or in memory where there is none.

The only place that knows the keyring library; it is imported when a keyring is first looked for.
"""
