# The networks that traffic flows in, as namespaces of one guest. Sourced by the scripts of the scenarios.
#
#   client ──┐                          ┌── server1
#            ├── front ── director ── back ── server2
#   servers ─┘   203.0.113.0/24   10.0.2.0/24   server3
#                2001:db8::/64    fd00:2::/64
#
# The servers are on both networks: what comes to an address of `back` is answered through the director, as network
# address translation wants it, and what comes to the virtual address is answered over `front`, past the director.

virtual4=203.0.113.10
virtual6=2001:db8::10
servers=3

inside() { ip netns exec "$@"; }
settings() { inside "$1" sysctl -qw "${@:2}"; }

# wire NAMESPACE INTERFACE NETWORK MAC: plugs a namespace into a network.
wire() {
  ip -batch - <<END
link add $2 netns $1 address $4 type veth peer name $3-$1 netns switch
netns exec switch ip link set $3-$1 master $3 up
END
}

# ready FILE...: waits until each program says so in its file under /run.
ready() {
  local file
  for file; do
    for ((i = 0; i < 100; i++)); do grep -qs ready "/run/$file" && break; sleep 0.05; done
    grep -q ready "/run/$file"
  done
}

# namespace NAME: without duplicate address detection, which takes a second.
namespace() {
  ip netns add "$1"
  settings "$1" net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0
  ip -n "$1" link set lo up
}

build_networks() {
  modprobe -a ip_vs ipip ip_gre sit ip6_tunnel fou fou6 sctp
  namespace switch
  ip -n switch -batch - <<END
link add front type bridge mcast_snooping 0
link add back type bridge mcast_snooping 0
link set front up
link set back up
END
}

# build_client NAME: with addresses in three more networks behind it, for persistence.
build_client() {
  namespace "$1"
  wire "$1" front front 02:00:00:00:00:64
  {
    echo "link set front up"
    echo "address add 203.0.113.100/24 dev front"
    echo "address add 2001:db8::100/64 dev front"
    for ((i = 1; i <= 12; i++)); do
      for network in 1 2 3; do
        echo "address add 198.18.$network.$i/32 dev lo"
        echo "address add 2001:db8:$network::$i/128 dev lo"
      done
    done
  } | ip -n "$1" -batch -
}

routes_to_client='route add 198.18.0.0/16 via 203.0.113.100
route add 2001:db8:1::/64 via 2001:db8::100
route add 2001:db8:2::/64 via 2001:db8::100
route add 2001:db8:3::/64 via 2001:db8::100'

# build_director NAME LAST MAC: `front` is a bridge with one port, since the guest's kernel can set firewall marks
# only in a bridge.
build_director() {
  namespace "$1"
  wire "$1" port front "02:00:00:00:01:$3"
  wire "$1" back back "02:00:00:00:02:$3"
  settings "$1" net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 \
    net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.default.send_redirects=0
  ip -n "$1" -batch - <<END
link add front address 02:00:00:00:00:$3 type bridge mcast_snooping 0
link set port master front up
link set front up
link set back up
address add 203.0.113.$2/24 dev front
address add 10.0.2.$2/24 dev back
address add 2001:db8::$2/64 dev front
address add fd00:2::$2/64 dev back
$routes_to_client
END
}

# give_virtual_addresses NAME: makes a director the one that the client reaches.
give_virtual_addresses() {
  ip -n "$1" address add $virtual4/32 dev front
  ip -n "$1" address add $virtual6/128 dev front
}

# build_server NUMBER
build_server() {
  local name=server$1
  namespace "$name"
  settings "$name" net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2
  wire "$name" front front "02:00:00:00:03:0$1"
  wire "$name" back back "02:00:00:00:04:0$1"
  ip -n "$name" -batch - <<END
address add $virtual4/32 dev lo
address add $virtual6/128 dev lo
link set front up
link set back up
link set tunl0 up
link set gre0 up
link set sit0 up
link add mixed type ip6tnl mode any local fd00:2::5$1 dev back
link set mixed up
address add 203.0.113.1$1/24 dev front
address add 10.0.2.5$1/24 dev back
address add 2001:db8::1$1/64 dev front
address add fd00:2::5$1/64 dev back
rule add from 10.0.2.0/24 lookup 100
route add default via 10.0.2.1 table 100
route add 10.0.2.0/24 dev back table 100
fou add port 6080 gue
$routes_to_client
END
  ip -6 -n "$name" -batch - <<END
rule add from fd00:2::/64 lookup 100
route add default via fd00:2::1 table 100
route add fd00:2::/64 dev back table 100
fou add port 6080 gue
END
}

build_servers() {
  local i
  for ((i = 1; i <= servers; i++)); do build_server $i; done
}
