#!/bin/bash
# Process 1 of the lab's guest: prepares the system, then runs the jobs that the host leaves in the queue.
#
# LAB_DIRECTORY  folder shared with the host: queue/N.sh is job N, queue/N.limit its time limit in seconds
# LAB_MODULES    folder that contains the kernel's modules by release
# LAB_HOSTS      the guest's /etc/hosts
#
# Everything written outside /proc, /sys, /dev, /run and /tmp's shared folder goes to the host's real files.
export HOME=/root LC_ALL=C

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/netns /run/lock
mountpoint -q /dev || mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/shm /dev/pts
mount -t tmpfs tmpfs /dev/shm
mount -t devpts devpts /dev/pts
ln -sfn /proc/self/fd /dev/fd
ln -sfn /proc/self/fd/0 /dev/stdin
ln -sfn /proc/self/fd/1 /dev/stdout
ln -sfn /proc/self/fd/2 /dev/stderr
mount -t tmpfs tmpfs /lib/modules
ln -s "$LAB_MODULES/$(uname -r)" "/lib/modules/$(uname -r)"
# Names come from the lab's own hosts file; an empty resolver configuration answers at once.
: >/run/resolv.conf
mount --bind "$LAB_HOSTS" /etc/hosts
mount --bind /run/resolv.conf /etc/resolv.conf
hostname lab
ip link set lo up
dmesg -n 1

# The host speaks to this process through the console: it sends the number of the next job, and is told when the
# guest is up and when a job is done. When the host goes away, reading ends.
cd "$LAB_DIRECTORY" || busybox poweroff -f
exec 3<>/dev/console
stty -echo <&3
echo "lab: up $(uname -r)" >&3
while read -r job <&3 && [ "$job" != stop ]; do
  read -r limit <"queue/$job.limit"
  timeout --kill-after=2 "$limit" bash "queue/$job.sh" \
    >"queue/$job.stdout" 2>"queue/$job.stderr" </dev/null 3<&-
  echo "lab: done $job $?" >&3
done
busybox poweroff -f
