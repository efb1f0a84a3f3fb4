# Process 1 of the machine: gives it file systems of its own and becomes its systemd.
#
# DEBIAN, PACKAGES  as in machine.sh
set -e
mount --bind "$DEBIAN" "$DEBIAN"
cd "$DEBIAN"
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs tmpfs tmp
mount -t tmpfs -o mode=755 tmpfs dev
mkdir dev/pts dev/shm
for name in null zero full random urandom tty; do
  : >dev/$name
  mount --bind /dev/$name dev/$name
done
ln -s /proc/self/fd dev/fd
: >dev/console
mkdir -p "lib/modules/$(uname -r)" packages
mount --bind "$(readlink -f "/lib/modules/$(uname -r)")" "lib/modules/$(uname -r)"
mount --bind "$PACKAGES" packages
pivot_root . mnt
umount --lazy /mnt
exec /usr/bin/env -i container=lab PATH=/usr/sbin:/usr/bin /lib/systemd/systemd --system </dev/null >/run/console 2>&1
