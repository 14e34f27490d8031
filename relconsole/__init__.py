"""A release-control console: plan a cutover, run the night, roll back, prove what happened.

Here stands the headless core. Nothing in it knows Qt, the window or any one plugin.
"""

from typing import Final

__version__: Final = "0.1.0"
