# Prints what keepalived and what the converted rules put into the kernel: compare FILE
# The rules go through a second conversion, to a configuration, and that through keepalived again.

# Reads a configuration with keepalived in a namespace until its table stands still; the table goes to standard output.
with_keepalived() {
  local space=$1 file=$2 state=/run/$1 last='' table=''
  ip netns add "$space"
  ip -n "$space" link set lo up
  mkdir -p "$state"
  ip netns exec "$space" keepalived -C -n -l -G -i one -f "$file" -p "$state/p" -c "$state/c" -r "$state/r" \
    >"$state/log" 2>&1 &
  local pid=$!
  for _ in $(seq 40); do
    busybox usleep 500000
    table=$(ip netns exec "$space" "$programs/ipvsadm" -Sn | sort)
    [ "$table" = "$last" ] && [ -n "$table" ] && break
    last=$table
  done
  printf '%s\n' "$table"
  kill -9 $pid $(ip netns pids "$space") 2>/dev/null
  wait $pid 2>/dev/null
  ip netns del "$space"
}

compare() {
  local file=$1 name
  name=$(basename "$file" .conf)
  with_keepalived "k-$name" "$file" >"/run/$name.wanted"
  "$programs/ipvsadm" convert --config-id one --from keepalived "$file" >"/run/$name.rules" 2>"/run/$name.notices"
  ip netns add "o-$name"
  ip -n "o-$name" link set lo up
  ip netns exec "o-$name" "$programs/ipvsadm" -R <"/run/$name.rules"
  ip netns exec "o-$name" "$programs/ipvsadm" -Sn | sort >"/run/$name.got"
  ip netns del "o-$name"
  "$programs/ipvsadm" convert --to keepalived "/run/$name.rules" >"/run/$name.again.conf" 2>"/run/$name.losses"
  with_keepalived "a-$name" "/run/$name.again.conf" >"/run/$name.again"
  told wanted got
  told wanted again
  sed "s#^[^:]*/##" "/run/$name.notices"
  cat "/run/$name.losses"
}

# Whether two tables of a configuration are the same, and how many lines they have.
told() {
  if diff -u --label wanted --label "$2" "/run/$name.$1" "/run/$name.$2" >"/run/$name.difference"; then
    echo "$2: $(wc -l <"/run/$name.$1") lines as wanted"
  else
    cat "/run/$name.difference"
  fi
}
