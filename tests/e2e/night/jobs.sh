#!/bin/sh
# jobs.sh FLEET deploy SERVICE VERSION | save NAME | prove NAME
#
# The deployments of a tiny fleet: a folder in which each service is a file that holds its version.
# Everything that is done stands in the fleet's log. A file hold-SERVICE-VERSION keeps a deployment
# waiting, fail-SERVICE-VERSION makes it fail, lie-SERVICE-VERSION makes it change nothing.
set -eu
fleet=$1
verb=$2
case $verb in
deploy)
    if [ -e "$fleet/kill" ]; then
        kill -9 "$(/bin/cat "$fleet/kill")"
        /bin/rm "$fleet/kill"
    fi
    echo "begin $3 $4 $RELCONSOLE_EFFECT_ID $RELCONSOLE_PERSON ${RELCONSOLE_SECOND_PERSON:--}" >> "$fleet/log"
    while [ -e "$fleet/hold-$3-$4" ]; do /bin/sleep 0.05; done
    if [ -e "$fleet/fail-$3-$4" ]; then
        echo "no room for $3 $4"
        exit 1
    fi
    if [ ! -e "$fleet/lie-$3-$4" ]; then echo "$4" > "$fleet/$3.version"; fi
    echo "$3 runs $4"
    echo "end $3 $4 $RELCONSOLE_EFFECT_ID" >> "$fleet/log"
    ;;
save)
    /bin/cp "$fleet/rows" "$fleet/$3.saved"
    echo "save $3" >> "$fleet/log"
    ;;
prove)
    /usr/bin/cmp "$fleet/rows" "$fleet/$3.saved"
    echo "prove $3" >> "$fleet/log"
    ;;
esac
