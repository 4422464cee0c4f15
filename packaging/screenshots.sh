#!/usr/bin/env bash
# Makes the README's pictures anew: the demo's window under a screen in memory, one of the envelopes it printed, and moments of the day that
# a test works in the real window.
#
#   packaging/screenshots.sh FOLDER    writes window.png, envelope.png, batch.png, fault.png and verdict.png into FOLDER
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
out=${1:?usage: $0 FOLDER}

if [ -z "${ZNAK_SCREEN:-}" ]; then
	mkdir -p "$out"
	exec env ZNAK_SCREEN=1 xvfb-run -a -s "-screen 0 1280x800x24 -nolisten tcp" "$0" "$out"
fi

data=$(mktemp -d)
# No session bus here: a window that finds none would start one and leave it behind.
DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent LANG=ru_RU.UTF-8 FYNE_THEME=light \
	bin/znak demo --lang ru --data "$data" >"$data/demo.log" 2>&1 &
program=$!
trap 'kill $program 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$data"' EXIT

window=
for _ in $(seq 600); do
	window=$(xdotool search --onlyvisible --pid $program 2>/dev/null | head -n 1) && [ -n "$window" ] && break
	if ! kill -0 $program 2>/dev/null; then
		cat "$data/demo.log" >&2
		echo "The demo ended without opening a window." >&2
		exit 1
	fi
	sleep 0.2
done
[ -n "$window" ] || { echo "No window came up in two minutes." >&2; exit 1; }

# Painted when it holds more than a few colours and two looks in a row see the same.
before=
for _ in $(seq 50); do
	sleep 0.4
	import -window "$window" "$data/window.png"
	now=$(identify -format '%k %#' "$data/window.png")
	[ "${now%% *}" -gt 20 ] && [ "$now" = "$before" ] && break
	before=$now
done
mv "$data/window.png" "$out/window.png"

envelope=$(find "$data" -path '*/printed/*.pdf' | sort | head -n 1)
[ -n "$envelope" ] || { echo "The demo printed nothing." >&2; exit 1; }
pdftoppm -png -r 110 -f 1 -singlefile "$envelope" "$out/envelope"

# The day in the window (cmd/znak/window_day_linux_test.go) keeps a picture of each step.
mkdir "$data/day"
ZNAK_SHOTS=$data/day go test -tags gles,migrated_fynedo -vet=off -count 1 -run '^TestWindowWholeDay$' ./cmd/znak
cp "$data"/day/*-batch.png "$out/batch.png"
cp "$data"/day/*-fault.png "$out/fault.png"
cp "$data"/day/*-complete.png "$out/verdict.png"

for picture in window batch fault verdict; do # few colours are enough: a fifth of the size
	convert "$out/$picture.png" +dither -colors 64 -strip -define png:compression-level=9 "PNG8:$out/$picture.png"
done
ls -l "$out"/*.png
