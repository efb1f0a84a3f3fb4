#!/bin/bash
# Process 1 of the lab's guest: prepares the system, then runs the jobs that the host leaves in the queue.
#
# LAB_DIRECTORY  folder shared with the host: queue/N.sh and queue/N.limit are the job numbered N
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
# A pipe that nobody writes to: reading it with a timeout waits without starting a process.
mkfifo /run/tick
exec 3<>/run/tick

cd "$LAB_DIRECTORY" || busybox poweroff -f
uname -r >up
job=1
while [ ! -e stop ]; do
  if [ -e "queue/$job.sh" ]; then
    read -r limit <"queue/$job.limit"
    timeout --kill-after=2 "$limit" bash "queue/$job.sh" \
      >"queue/$job.stdout" 2>"queue/$job.stderr" </dev/null 3<&-
    echo $? >"queue/$job.status"
    job=$((job + 1))
  else
    read -r -t 0.01 -u 3
  fi
done
busybox poweroff -f
