"""Connected systems, each behind a process of its own: found, started, asked, restarted, ended.

No plugin is imported here. The rest of the program sees ``PluginHost`` and what it gives.
"""

from relconsole.adapters.plugin_host.discovery import Installed, installed_plugins
from relconsole.adapters.plugin_host.host import Limits, PluginHost, SystemCheck

__all__ = ["Installed", "Limits", "PluginHost", "SystemCheck", "installed_plugins"]
