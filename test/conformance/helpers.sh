# Functions for the command lines of the cases. Each side of a case sources this once.

# Ends a step in both streams (see script.ts).
end_of_step() {
  printf '\036%d\036' "$1"
  printf '\036' >&2
}

# The kernel's state as the reference prints it.
print_table() {
  /usr/sbin/ipvsadm -Sn
  /usr/sbin/ipvsadm -Ln --thresholds
  /usr/sbin/ipvsadm -L --timeout
  /usr/sbin/ipvsadm -L --daemon
} 2>&1

# like_reference COMMAND...: prints where the command's output differs from the reference's in this very namespace.
# For what depends on the kernel's order of services, which is another in each namespace. Newer kernels reorder the
# table some time after it has grown, so the reference is asked before and after until it answers the same.
like_reference() {
  local before after ours
  while :; do
    before=$(PATH=/usr/sbin:$PATH "$@" 2>&1)
    ours=$("$@" 2>&1)
    after=$(PATH=/usr/sbin:$PATH "$@" 2>&1)
    [ "$before" = "$after" ] && break
  done
  diff <(echo "$before") <(echo "$ours")
}

# rule LINE: restores that one line. Ours says before the message which line it is about, and has another status.
rule() {
  printf '%s\n' "$1" | ipvsadm -R 2>errors
  local status=$?
  sed 's/^line 1: //' errors >&2
  [ $status = 0 ]
}

# dummy NAME ADDRESS...: an interface that swallows what is sent to it.
dummy() {
  ip link add "$1" type dummy && ip link set "$1" up multicast on || return
  local name=$1 address
  shift
  for address; do ip addr add "$address" dev "$name" nodad || return; done
}

# source_port PORT: the local port of the next connection.
source_port() {
  sysctl -qw "net.ipv4.ip_local_port_range=$1 $1"
}

# sip_invite PORT CALL-ID [ADDRESS]: an invitation to a call, in one datagram from the local port PORT; the kernel may
# refuse it.
sip_invite() {
  source_port "$1"
  printf 'INVITE sip:a@b SIP/2.0\r\nCall-ID: %s\r\nContent-Length: 0\r\n\r\n' "$2" >message
  socat -u OPEN:message "${3:-UDP:10.0.0.1:5060}" 2>/dev/null || true
}

# settle_counters: the kernel brings the counters that it reports up to date every two seconds.
settle_counters() {
  sleep 2.3
}

# tcp_server PORT: accepts connections in the background and keeps them open.
tcp_server() {
  socat "TCP6-LISTEN:$1,ipv6only=0,fork,reuseaddr" EXEC:/bin/cat &
  local try
  for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    (exec 9<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return
    sleep 0.1
  done
  return 1
}

# without_admin COMMAND...: as root without the right to administer networks.
without_admin() {
  setpriv --bounding-set=-net_admin --inh-caps=-net_admin "$@"
}

# as_nobody COMMAND...: as an ordinary user, who may read every file (the checkout may be in a private folder).
as_nobody() {
  setpriv --reuid=65534 --regid=65534 --clear-groups \
    --inh-caps=-all,+dac_read_search --ambient-caps=-all,+dac_read_search "$@"
}
