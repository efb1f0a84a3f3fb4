# Installs, uses, upgrades and removes the package in a Debian of its own: as DEBIAN a folder with one, OLD and NEW packages.
say() { printf '== %s\n' "$*"; }
inside() { chroot "$DEBIAN" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C "$@"; }
state() { inside dpkg-query -W -f '${Package} ${Version} ${db:Status-Status}\n' ipvsadm ipvsadm-ts 2>&1; }
quietly() { "$@" >/run/log 2>&1 || { echo "failed: $*"; cat /run/log; }; }

mount -t proc proc "$DEBIAN/proc"
ip link set lo up
mkdir -p "$DEBIAN/packages"
cp "$OLD" "$DEBIAN/packages/old.deb"
cp "$NEW" "$DEBIAN/packages/new.deb"

say 'the original balances'
state
inside ipvsadm -A -t 10.0.0.1:80 -s rr
inside ipvsadm -a -t 10.0.0.1:80 -r 10.1.0.1:80 -m
inside ipvsadm-save -n | tee /run/before
say install
quietly inside dpkg --install /packages/old.deb
state
inside sh -c 'ls -l /usr/sbin/ipvsadm* | sed "s/^.* \//\//"'
say 'the table is the same'
inside ipvsadm-save -n | diff /run/before - && echo same
say use
inside ipvsadm -e -t 10.0.0.1:80 -r 10.1.0.1:80 -m -w 7
inside ipvsadm -ln
inside ipvsadm-save -n >"$DEBIAN/etc/ipvsadm.rules"
say 'save and restore as the service does'
inside ipvsadm -e -t 10.0.0.1:80 -r 10.1.0.1:80 -m -w 9
inside env SAVE_ON_STOP=true /usr/libexec/ipvsadm-ts/table save
inside ipvsadm -C
inside /usr/libexec/ipvsadm-ts/table restore
inside ipvsadm-save -n
say 'a rules file that is wrong changes nothing'
echo '-A -t 10.0.0.2:80 -s bogus' >>"$DEBIAN/etc/ipvsadm.rules"
inside /usr/libexec/ipvsadm-ts/table restore 2>/dev/null || echo refused
inside ipvsadm-save -n
say 'upgrade, with a changed setting'
sed -i 's/^AUTO=.*/AUTO="false"/' "$DEBIAN/etc/default/ipvsadm"
quietly inside dpkg --install /packages/new.deb
state
grep AUTO= "$DEBIAN/etc/default/ipvsadm"
inside ipvsadm-save -n
say remove
quietly inside dpkg --remove ipvsadm-ts
state
inside sh -c 'ls /usr/sbin/ipvsadm* /usr/libexec/ipvsadm-ts /usr/share/man/man8/ipvsadm* 2>/dev/null' || echo 'nothing left'
say purge
quietly inside dpkg --purge ipvsadm-ts
ls "$DEBIAN/etc/default/ipvsadm" 2>/dev/null || echo 'no settings left'
umount "$DEBIAN/proc"
