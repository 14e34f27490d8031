"""Pure rules of release control: no input or output, no clock, no window.

Each folder is a concept; a concept imports only those below it (see the import contracts).
"""
