# A director with clients on one side and real servers on the other, in network namespaces of the guest:
#
#   client 10.9.0.2 -- 10.9.0.1 director 10.8.0.1 -- 10.8.0.11 ... 10.8.0.18 servers
#
# The virtual address is 10.9.0.1; the servers answer through the director (masquerading). The same in IPv6: client
# fd00:9::2, director fd00:9::1 and fd00:8::1, servers fd00:8::11 ... fd00:8::18.
modprobe -q ipv6
ip netns add client
ip netns add director
ip netns add servers
ip -n director link set lo up
ip -n client link set lo up
ip -n servers link set lo up
ip link add front netns director type veth peer name eth0 netns client
ip link add back netns director type veth peer name eth0 netns servers
ip -n director address add 10.9.0.1/24 dev front
ip -n director address add 10.8.0.1/24 dev back
ip -n director link set front up
ip -n director link set back up
ip -n client address add 10.9.0.2/24 dev eth0
ip -n client link set eth0 up
ip -n client route add default via 10.9.0.1
for last in 11 12 13 14 15 16 17 18; do ip -n servers address add 10.8.0.$last/24 dev eth0; done
ip -n servers link set eth0 up
ip -n servers route add default via 10.8.0.1
ip -n director address add fd00:9::1/64 dev front nodad
ip -n director address add fd00:8::1/64 dev back nodad
ip -n client address add fd00:9::2/64 dev eth0 nodad
ip -n client route add default via fd00:9::1
for last in 11 12 13 14 15 16 17 18; do ip -n servers address add fd00:8::$last/64 dev eth0 nodad; done
ip -n servers route add default via fd00:8::1
ip netns exec director sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.vs.conntrack=0

at() { ip netns exec "$@"; }

# until_file FILE: waits until a file is there and not empty.
until_file() {
  local tries
  for ((tries = 0; tries < 300; tries++)); do
    [ -s "$1" ] && return
    sleep 0.05
  done
  echo "no $1" >&2
  return 1
}

# serve DELAY ADDRESS:PORT...: starts servers and waits until they listen.
serve() {
  rm -f servers.ready
  at servers node "$HERE/guest/servers.mjs" "$@" >servers.ready 2>&1 &
  until_file servers.ready
}

# hold ADDRESS PORT: opens a connection through the director and keeps it until `let_go`.
hold() {
  rm -f held
  at client node "$HERE/guest/hold.mjs" "$@" >held 2>&1 &
  until_file held
}

# let_go: asks for the end of the connection that is held.
let_go() {
  kill -USR1 "$(sed -n 's/^held by //p' held)"
}
