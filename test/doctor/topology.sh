# Namespaces for the doctor's tests. A client reaches the director's network through a router, which also is the
# switch; the director and both servers have a second network in common.
#
#   client 192.0.2.10 -- router -- 10.1.0.0/24 -- director .1 (eth0), s1 .11, s2 .12; the virtual address is .100
#                                  10.2.0.0/24 -- director .1 (eth1), s1 .11, s2 .12; the router too, .254
#   and the same in 2001:db8:1::/64 and 2001:db8:2::/64.

d() { ip netns exec director "$@"; }
c() { ip netns exec client "$@"; }
s1() { ip netns exec s1 "$@"; }
s2() { ip netns exec s2 "$@"; }

# cable NAMESPACE INTERFACE BRIDGE: connects an interface to a bridge of the router.
cable() {
  ip link add "$2" netns "$1" type veth peer name "$1-$2" netns router
  ip -n router link set "$1-$2" master "$3" up
  ip -n "$1" link set "$2" up
}

topology() {
  # Some kernels have it built in.
  modprobe -q ipv6
  for name in router client director s1 s2; do
    ip netns add $name
    ip -n $name link set lo up
    ip netns exec $name sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0
  done
  for bridge in outer lan back; do
    ip -n router link add $bridge type bridge mcast_snooping 0
    ip -n router link set $bridge up
  done
  ip netns exec router sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
  cable client eth0 outer
  for name in director s1 s2; do
    cable $name eth0 lan
    cable $name eth1 back
  done
  addresses router outer 192.0.2.1/24 2001:db8::1/64
  addresses router lan 10.1.0.254/24 2001:db8:1::254/64
  addresses router back 10.2.0.254/24
  addresses client eth0 192.0.2.10/24 2001:db8::10/64
  addresses director eth0 10.1.0.1/24 2001:db8:1::1/64 10.1.0.100/32
  addresses director eth1 10.2.0.1/24 2001:db8:2::1/64
  for number in 1 2; do
    addresses s$number eth0 10.1.0.1$number/24 2001:db8:1::1$number/64
    addresses s$number eth1 10.2.0.1$number/24 2001:db8:2::1$number/64
    ip netns exec s$number socat TCP6-LISTEN:80,ipv6only=0,reuseaddr,fork SYSTEM:'echo hello; wc -c',pipes &>/dev/null &
    disown
  done
  ip -n client route add default via 192.0.2.1
  ip -n client -6 route add default via 2001:db8::1
  ip -n director route add default via 10.1.0.254
  ip -n director -6 route add default via 2001:db8:1::254
}

addresses() {
  local name=$1 interface=$2
  shift 2
  for address; do ip -n $name address add $address dev $interface; done
}

# Masquerading by the second network.
nat() {
  d sysctl -qw net.ipv4.ip_forward=1
  for name in s1 s2; do ip -n $name route add default via 10.2.0.1; done
  d ipvsadm -R <<'END'
-A -t 10.1.0.100:80 -s rr
-a -t 10.1.0.100:80 -r 10.2.0.11:80 -m
-a -t 10.1.0.100:80 -r 10.2.0.12:80 -m
END
}

# Masquerading of IPv6 by the second network.
nat6() {
  d sysctl -qw net.ipv6.conf.all.forwarding=1
  for name in s1 s2; do ip -n $name -6 route add default via 2001:db8:2::1; done
  ip -n director address add 2001:db8:1::100/128 dev eth0
  d ipvsadm -R <<'END'
-A -t [2001:db8:1::100]:80 -s rr
-a -t [2001:db8:1::100]:80 -r [2001:db8:2::11]:80 -m
-a -t [2001:db8:1::100]:80 -r [2001:db8:2::12]:80 -m
END
}

# quiet NAMESPACE: makes a server keep the virtual address to itself.
quiet() {
  ip netns exec $1 sysctl -qw net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2
  ip -n $1 route add default via 10.1.0.254
}

direct() {
  for name in s1 s2; do
    quiet $name
    ip -n $name address add 10.1.0.100/32 dev lo
  done
  d ipvsadm -R <<'END'
-A -t 10.1.0.100:80 -s rr
-a -t 10.1.0.100:80 -r 10.1.0.11 -g
-a -t 10.1.0.100:80 -r 10.1.0.12 -g
END
}

tunnel() {
  modprobe ipip
  for name in s1 s2; do
    quiet $name
    ip -n $name link set tunl0 up
    ip -n $name address add 10.1.0.100/32 dev tunl0
    ip netns exec $name sysctl -qw net.ipv4.conf.tunl0.rp_filter=0
  done
  d ipvsadm -R <<'END'
-A -t 10.1.0.100:80 -s rr
-a -t 10.1.0.100:80 -r 10.1.0.11 -i
-a -t 10.1.0.100:80 -r 10.1.0.12 -i
END
}

# fetch [COUNT] [VIP]: asks the service from the client, COUNT times, and prints what came.
fetch() {
  for _ in $(seq "${1:-2}"); do
    c timeout 3 socat -t1 - "TCP:${2:-10.1.0.100}:80,connect-timeout=2" </dev/null 2>/dev/null | head -1
  done
}

# Sends more to each server than fits in small packets, and prints how much arrived.
upload() {
  for _ in 1 2; do
    head -c 100000 /dev/zero | c timeout 5 socat -t3 - TCP:10.1.0.100:80,connect-timeout=2 2>/dev/null | tail -1
  done
}

# The kernel sums counters up every two seconds.
counted() {
  busybox sleep 2.2
}

destroy() {
  for name in router client director s1 s2; do
    ip netns pids $name | xargs -r kill -KILL
    ip netns delete $name
  done
}
