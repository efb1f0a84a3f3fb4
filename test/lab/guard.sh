#!/bin/bash
# guard.sh DIRECTORY COMMAND [ARGUMENT]...
#
# Runs COMMAND in a process group of its own until it ends or until descriptor 3 closes (which it does when the
# process that started the guard ends, whatever the cause). Then kills what is left of the group and removes
# DIRECTORY.
directory=$1
shift
exec 4<&0
setsid "$@" <&4 3<&- 4<&- &
command=$!
exec 4<&- >/dev/null
cat <&3 &
reader=$!
exec 3<&-
wait -n
exec 2>/dev/null
kill -KILL -- "-$command"
kill "$reader"
wait
rm -rf -- "$directory"
