"""The public contract of plugins: a stranger imports this and ``relconsole.domain`` only."""
