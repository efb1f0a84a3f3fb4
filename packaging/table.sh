#!/bin/sh
# What ipvsadm.service does: restores the table, and saves it where /etc/default/ipvsadm wants that.
set -eu

rules=/etc/ipvsadm.rules

case "${1:-}" in
restore)
  [ "${AUTO:-true}" = true ] || exit 0
  # All or nothing, also on a table that is not empty: what can't be restored in whole leaves the kernel's as it is.
  if [ -s "$rules" ]; then /usr/sbin/ipvsadm apply "$rules"; fi
  case "${DAEMON:-none}" in
  master | backup) states=$DAEMON ;;
  both) states='master backup' ;;
  *) states='' ;;
  esac
  for state in $states; do
    /usr/sbin/ipvsadm --list --daemon | grep -q "^$state " && continue
    /usr/sbin/ipvsadm --start-daemon "$state" --mcast-interface "${IFACE:-eth0}" --syncid "${SYNCID:-0}"
  done
  ;;
save)
  [ "${SAVE_ON_STOP:-false}" = true ] || exit 0
  umask 077
  /usr/sbin/ipvsadm-save -n >"$rules.new"
  mv "$rules.new" "$rules"
  ;;
*)
  echo "usage: $0 restore|save" >&2
  exit 2
  ;;
esac
