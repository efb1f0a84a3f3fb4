#!/bin/bash
# guard.sh DIRECTORY COMMAND [ARGUMENT]...
#
# Runs COMMAND in a process group of its own until it ends or until standard input closes (which it does when
# the process that started the guard ends, whatever the cause). Then kills what is left of the group and removes
# DIRECTORY, which keeps the command's console output meanwhile.
directory=$1
shift
exec 3<&0
setsid "$@" </dev/null >"$directory/console" 2>&1 3<&- &
command=$!
cat <&3 >/dev/null &
reader=$!
exec 3<&-
wait -n
exec 2>/dev/null
kill -KILL -- "-$command"
kill "$reader"
wait
rm -rf -- "$directory"
