#!/bin/bash
# The demo inside the lab: NAT balancing, typed command by command, with traffic from a client.
# Ends with 1 when the requests are not shared out 3:1, with 2 when the saved rules are not those that were typed.
#
# DEMO_BIN   folder with our ipvsadm

here=$(dirname "$0")
. "$here/network.sh"

say() { printf '\n# %s\n' "$*"; }

# type_on NAME COMMAND LINE: prints a command line and runs it on a machine.
type_on() {
  printf '%s# %s\n' "$1" "$2"
  ip netns exec "$1" env PATH="$DEMO_BIN:$PATH" bash -c "$2"
}

say "A client, a director and two real servers, each in a network namespace of its own:"
cat <<'END'
#   client 203.0.113.1 ---- 203.0.113.10 director 10.0.2.1 ---- 10.0.2.51 server1
#                                                          \--- 10.0.2.52 server2
END
build_network || exit

say "The director gets a virtual service at 203.0.113.10:80 and shares it out by NAT, 3 to 1:"
type_on director 'sysctl -w net.ipv4.ip_forward=1'
type_on director 'ipvsadm -C'
type_on director 'ipvsadm -A -t 203.0.113.10:80 -s wrr'
type_on director 'ipvsadm -a -t 203.0.113.10:80 -r 10.0.2.51:80 -m -w 3'
type_on director 'ipvsadm -a -t 203.0.113.10:80 -r 10.0.2.52:80 -m -w 1'

say "The client sends 40 requests:"
type_on client 'for i in $(seq 40); do curl -s http://203.0.113.10/; done >answers; sort answers | uniq -c'

say "What the director saw:"
type_on director 'ipvsadm -Ln'
# The kernel brings the counters that it reports up to date every two seconds.
type_on director 'sleep 2; ipvsadm -Ln --stats'
type_on director 'ipvsadm -Lnc | head -5'

say "The rules, to be restored with ipvsadm-restore:"
type_on director 'ipvsadm-save -n >rules; cat rules'

say "Check"
split=$(sort answers | uniq -c | awk '{ printf "%s%s=%s", sep, $2, $1; sep = " " }')
if [ "$split" != "server1=30 server2=10" ]; then
  echo "The requests were not shared out 3:1, but: $split"
  exit 1
fi
if ! diff rules - <<'END'; then
-A -t 203.0.113.10:80 -s wrr
-a -t 203.0.113.10:80 -r 10.0.2.51:80 -m -w 3
-a -t 203.0.113.10:80 -r 10.0.2.52:80 -m -w 1
END
  echo "The saved rules are not those that were typed."
  exit 2
fi
echo "30 requests were answered by server1 and 10 by server2; the saved rules are those that were typed."
