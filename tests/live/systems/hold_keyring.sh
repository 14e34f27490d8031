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
# By its own folder, so that no keyring of anybody else is meant.
for folder in /proc/[0-9]*; do
    if grep -qx gnome-keyring-d "$folder/comm" 2>/dev/null &&
        tr '\0' '\n' <"$folder/environ" 2>/dev/null | grep -qx "XDG_RUNTIME_DIR=$XDG_RUNTIME_DIR"; then
        kill "${folder#/proc/}"
    fi
done
