# Replaces the original on a director that balances, by the steps that lie in /packages/steps, and brings it back.
say() { printf '== %s\n' "$*"; }
installed() { on_machine dpkg-query -W -f '${Package} ${db:Status-Status}\n' ipvsadm ipvsadm-ts 2>/dev/null | sed -n 's/ installed$//p'; }
step() { on_machine bash "/packages/steps/$1" >/run/step 2>&1 || { echo "step $1 failed"; cat /run/step; }; }
# client_asks: without an end; a line for each request.
client_asks() { while :; do on client curl -s --max-time 10 http://203.0.113.10/ >/dev/null && echo ok || echo failed; sleep 0.1; done; }

build_network
on director sysctl -qw net.ipv4.ip_forward=1
# The director is a machine with packages and services.
boot ip netns exec director
say 'the original'
installed
on_machine ipvsadm -A -t 203.0.113.10:80 -s rr
for server in 1 2; do on_machine ipvsadm -a -t 203.0.113.10:80 -r 10.0.2.5$server:80 -m; done
on_machine ipvsadm-save -n
# Its service is one that restores at boot, and clears the table when it stops.
on_machine sh -c 'ipvsadm-save -n >/etc/ipvsadm.rules'
sed -i 's/^AUTO=.*/AUTO="true"/' "$DEBIAN/etc/default/ipvsadm"
on_machine systemctl start ipvsadm
client_asks >/run/requests 2>/dev/null & client=$!
say save
step save
say install
step install
installed
grep AUTO "$DEBIAN/etc/default/ipvsadm"
say compare
on_machine bash /packages/steps/compare
say back
step back
installed
grep AUTO "$DEBIAN/etc/default/ipvsadm"
say 'the table, as it was'
on_machine ipvsadm-save -n
kill $client
wait $client 2>/dev/null
requests=$(wc -l </run/requests)
echo "requests: $requests, failed: $(grep -c failed /run/requests)"
# The kernel brings its counters up to date every two seconds. The last request may have been too late to be noted.
sleep 5
counted=$(on_machine ipvsadm -Ln --stats | awk '/^TCP/ { print $3 }')
[ $((counted - requests)) -ge 0 ] && [ $((counted - requests)) -le 1 ] && echo 'all are counted' || echo "counted: $counted"
halt
