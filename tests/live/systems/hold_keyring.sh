#!/bin/sh
# Opens a keyring on the session bus that this runs under, prints the address of the bus, and keeps
# both until standard input ends. The keyring's password is the first line of standard input.
set -eu
IFS= read -r password
# Forks and returns once the login keyring is open. In the background it would come too late: the bus
# would start a second one by itself, and that one is locked.
eval "$(printf '%s' "$password" | gnome-keyring-daemon --unlock --components=secrets 2>/dev/null)"
echo "$DBUS_SESSION_BUS_ADDRESS"
cat >/dev/null
for pid in $(pgrep -x gnome-keyring-d); do
    if tr '\0' '\n' <"/proc/$pid/environ" 2>/dev/null | grep -qx "XDG_RUNTIME_DIR=$XDG_RUNTIME_DIR"; then
        kill "$pid"
    fi
done
