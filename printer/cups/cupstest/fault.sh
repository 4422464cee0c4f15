#!/bin/sh
# A CUPS backend that does what the file "mode" of its folder says (see Queue.Mode) and keeps what it was given. A line in "paper" is a
# page that came out. It reads the mode again before each page, so that faults begin and end while a job runs.
[ $# -eq 0 ] && { echo 'direct fault "Unknown" "Scripted faults"'; exit 0; }
dir=${DEVICE_URI#fault://}
trap 'exit 0' TERM

attempt=$(printf '%06d-%s' "$1" "$(date +%s%N)")
cat "${6:--}" >"$dir/$attempt.document"
echo "$5" >"$dir/$attempt.options"
if head -c 4 "$dir/$attempt.document" | grep -q PDF; then
  pages=$(grep -ao '/Type */Page[^s]' "$dir/$attempt.document" | wc -l)
else
  pages=$(grep -ao '\^XZ' "$dir/$attempt.document" | wc -l)
fi
pace=$(cat "$dir/pace")

done=0 said=
while :; do
  # without its server, or without its folder: the test has ended
  [ -d "/proc/$PPID" ] || exit 1
  read -r what at arg <"$dir/mode" || exit 1
  if [ "$what" != ok ] && [ "$done" -ge "$at" ]; then
    case $what in
    wait)
      if [ -z "$said" ]; then
        said=$arg
        echo "STATE: +$arg" >&2
        echo "ERROR: Printer says $arg" >&2
      fi
      ;;
    exit) echo "ERROR: device error" >&2; exit "$arg" ;;
    crash) kill -SEGV $$ ;;
    esac
    sleep 0.05
    continue
  fi
  if [ -n "$said" ]; then
    echo "STATE: -$said" >&2
    echo "INFO: Printing" >&2
    said=
  fi
  [ "$done" -ge "$pages" ] && exit 0
  [ "$pace" = 0.000 ] || sleep "$pace"
  done=$((done + 1))
  echo "$attempt.document $done" >>"$dir/paper"
  [ -e "$dir/counts" ] && echo "PAGE: $done 1" >&2
done
