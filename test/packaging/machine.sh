# A Debian in a folder that boots with its systemd in the guest. Sourced by the scripts of the tests.
#
# DEBIAN    the folder
# PACKAGES  a folder that the Debian sees as /packages

# boot [COMMAND...]: returns when all its units are started. Its network is the caller's, or that which a command such
# as `ip netns exec director` leads into.
boot() {
  export DEBIAN PACKAGES
  "$@" unshare --mount --pid --fork --cgroup --uts --ipc bash "$machine_folder/boot.sh" &
  machine=$!
  local i
  for ((i = 0; i < 300; i++)); do
    init=$(pgrep -P $machine) && on_machine systemctl is-system-running 2>/dev/null | grep -qE 'running|degraded' && return
    sleep 0.1
  done
  echo 'the machine does not boot'
  return 1
}

# halt: returns when all its units are stopped.
halt() {
  kill -s RTMIN+3 "$init"
  wait $machine
}

# on_machine COMMAND...
on_machine() {
  nsenter --target "$init" --mount --net --pid --uts --ipc --cgroup --wdns=/packages /usr/bin/env -i "${settings[@]}" "$@"
}

settings=(PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive LC_ALL=C)
machine_folder=$(dirname "${BASH_SOURCE[0]}")
