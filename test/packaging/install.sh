# Installs, uses, upgrades and removes the package on a Debian: OLD and NEW are the names of two of its versions.
say() { printf '== %s\n' "$*"; }
state() { on_machine dpkg-query -W -f '${Package} ${Version} ${db:Status-Status}\n' ipvsadm ipvsadm-ts 2>&1; }
quietly() { "$@" >/run/log 2>&1 || { echo "failed: $*"; cat /run/log; }; }
service() { on_machine systemctl show --property=UnitFileState,ActiveState,Result ipvsadm.service; }
# power_cut: nothing of the kernel's table is left, nor the module.
power_cut() {
  /usr/sbin/ipvsadm --stop-daemon master 2>/dev/null
  /usr/sbin/ipvsadm -C
  modprobe --remove ip_vs_rr ip_vs
  [ ! -e /proc/net/ip_vs ] || echo 'the table is still there'
}

say 'the original balances'
boot
state
on_machine ipvsadm -A -t 10.0.0.1:80 -s rr
on_machine ipvsadm -a -t 10.0.0.1:80 -r 10.1.0.1:80 -m
on_machine ipvsadm-save -n | tee /run/before
say install
quietly on_machine dpkg --install "$OLD"
state
on_machine sh -c 'ls -l /usr/sbin/ipvsadm* | sed "s/^.* \//\//"; ls /usr/share/man/man8/ipvsadm*'
on_machine sh -c 'ls /usr/share/bash-completion/completions/ipvsadm /usr/share/zsh/vendor-completions/_ipvsadm /usr/share/fish/vendor_completions.d/ipvsadm.fish'
say 'the table is the same'
on_machine ipvsadm-save -n | diff /run/before - && echo same
say 'the unit is right'
on_machine systemd-analyze verify --man=no ipvsadm.service && echo verified
say use
on_machine ipvsadm -e -t 10.0.0.1:80 -r 10.1.0.1:80 -m -w 7
on_machine ipvsadm -ln
on_machine sh -c 'ipvsadm-save -n >/etc/ipvsadm.rules'
say 'a machine whose settings are the original ones restores nothing at boot'
grep AUTO= "$DEBIAN/etc/default/ipvsadm"
halt
power_cut
boot
service
on_machine ipvsadm-save -n
say 'the table is restored at boot, the module loaded for it'
sed -i 's/^AUTO=.*/AUTO="true"/' "$DEBIAN/etc/default/ipvsadm"
halt
power_cut
boot
service
on_machine ipvsadm-save -n
say 'when the service stops, the table is neither saved nor cleared'
on_machine ipvsadm -e -t 10.0.0.1:80 -r 10.1.0.1:80 -m -w 8
on_machine systemctl stop ipvsadm
cat "$DEBIAN/etc/ipvsadm.rules"
on_machine ipvsadm-save -n
say 'where it is configured, a sync daemon starts once, and the table is saved when the machine goes down'
echo 'SAVE_ON_STOP="true"' >>"$DEBIAN/etc/default/ipvsadm"
sed -i 's/^DAEMON=.*/DAEMON="master"/; s/^IFACE=.*/IFACE="lo"/' "$DEBIAN/etc/default/ipvsadm"
on_machine systemctl start ipvsadm
on_machine systemctl reload ipvsadm
on_machine ipvsadm -L --daemon
on_machine ipvsadm-save -n
on_machine ipvsadm -e -t 10.0.0.1:80 -r 10.1.0.1:80 -m -w 9
halt
power_cut
ls -l "$DEBIAN/etc/ipvsadm.rules" | cut -d ' ' -f 1
cat "$DEBIAN/etc/ipvsadm.rules"
boot
on_machine ipvsadm-save -n
say 'rules that are wrong change nothing, and the unit says so'
echo '-A -t 10.0.0.2:80 -s bogus' >>"$DEBIAN/etc/ipvsadm.rules"
on_machine systemctl reload ipvsadm 2>/dev/null || echo failed
on_machine journalctl --quiet --identifier ipvsadm --output cat --lines 1
on_machine ipvsadm-save -n
say upgrade
cp "$DEBIAN/etc/default/ipvsadm" /run/settings
quietly on_machine dpkg --install "$NEW"
state
diff /run/settings "$DEBIAN/etc/default/ipvsadm" && echo 'the same settings'
service
on_machine ipvsadm-save -n
say remove
quietly on_machine dpkg --remove ipvsadm-ts
state
on_machine sh -c 'ls /usr/sbin/ipvsadm* /usr/libexec/ipvsadm-ts /usr/share/man/man8/ipvsadm* 2>/dev/null' || echo 'nothing left'
cat /proc/net/ip_vs | tail -n +4
say purge
quietly on_machine dpkg --purge ipvsadm-ts
ls "$DEBIAN/etc/default/ipvsadm" 2>/dev/null || echo 'no settings left'
say 'a machine without the original gets settings that restore at boot'
quietly on_machine dpkg --purge ipvsadm
quietly on_machine dpkg --install "$NEW"
grep = "$DEBIAN/etc/default/ipvsadm"
halt
