# Four machines in network namespaces: a client and a director in one network, the director and two real servers in
# another, joined by a bridge.
#
#   client 203.0.113.1 ---- 203.0.113.10 director 10.0.2.1 ---- 10.0.2.51 server1
#                                                          \--- 10.0.2.52 server2

# on NAME COMMAND...: runs a command on a machine.
on() {
  local name=$1
  shift
  ip netns exec "$name" "$@"
}

# machine NAME
machine() {
  ip netns add "$1" && on "$1" ip link set lo up
}

# cable NAME DEVICE NAME DEVICE: connects two machines.
cable() {
  ip link add "$2" netns "$1" type veth peer name "$4" netns "$3" &&
    on "$1" ip link set "$2" up && on "$3" ip link set "$4" up
}

# build_network: all of the above, with a web server on each real server that answers with its machine's name.
build_network() {
  local name
  for name in client director server1 server2; do machine $name || return; done
  cable client eth0 director eth0 && cable server1 eth0 director port1 && cable server2 eth0 director port2 || return
  on director ip link add br0 type bridge
  on director ip link set port1 master br0
  on director ip link set port2 master br0
  on director ip link set br0 up
  on client ip addr add 203.0.113.1/24 dev eth0
  on director ip addr add 203.0.113.10/24 dev eth0
  on director ip addr add 10.0.2.1/24 dev br0
  for name in 1 2; do
    on server$name ip addr add 10.0.2.5$name/24 dev eth0
    on server$name ip route add default via 10.0.2.1
    mkdir -p /run/www$name && echo "server$name (10.0.2.5$name)" >/run/www$name/index.html
    on server$name busybox httpd -p 80 -h /run/www$name
  done
}
