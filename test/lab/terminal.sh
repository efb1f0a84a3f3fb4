# Functions for scripts in the guest that use a program through a terminal (tmux).
export TMUX_TMPDIR=/run LC_ALL=C.UTF-8 TERM=xterm

# terminal WIDTH HEIGHT COMMAND: runs the command in a fresh terminal and keeps the terminal when it ends.
terminal() {
  tmux -L lab kill-server 2>/dev/null
  # The old server takes the new session along as long as it is ending.
  while tmux -L lab list-sessions >/dev/null 2>&1 || pgrep -f 'tmux -L lab' >/dev/null; do busybox usleep 50000; done
  rm -f /run/tmux-0/lab
  tmux -L lab -f /dev/null new-session -d -x "$1" -y "$2" "$3; echo \"ended \$?\"; sleep 600"
  tmux -L lab set-option -g status off
  tmux -L lab resize-window -x "$1" -y "$2"
}

# press KEY...: types keys by the names that tmux gives them; with -l a text as it is.
press() {
  tmux -L lab send-keys "$@"
}

# The lines on the screen, without the empty ones at the end.
screen() {
  printf '%s\n' "$(tmux -L lab capture-pane -p "$@")"
}

# shows PATTERN [SECONDS]: waits until a line on the screen has the pattern; otherwise prints the screen and fails.
shows() {
  local end=$((SECONDS + ${2:-20}))
  until screen | grep -Eq -- "$1"; do
    if ((SECONDS >= end)); then
      echo "the screen does not show $1:"
      screen
      return 1
    fi
    busybox usleep 100000
  done
}
