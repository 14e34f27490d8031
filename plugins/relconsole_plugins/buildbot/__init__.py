"""Jobs that are builds of a Buildbot, started by its force schedulers."""
