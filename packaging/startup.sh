#!/usr/bin/env bash
# How long the station takes from its start to a painted window, beside an empty Fyne window on the same machine: the ratio should stay below 2.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [ -z "${ZNAK_SCREEN:-}" ]; then
	go build -tags gles,migrated_fynedo -o bin/ ./cmd/znak
	go build -tags gles,migrated_fynedo -o bin/empty ./app/ui/testdata/empty
	exec env ZNAK_SCREEN=1 xvfb-run -a -s "-screen 0 1280x800x24 -nolisten tcp" "$0"
fi
export DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent LANG=ru_RU.UTF-8 ZNAK_KEYRING=file
ZNAK_DATA=$(mktemp -d)
export ZNAK_DATA
trap 'rm -rf "$ZNAK_DATA"' EXIT

# millis PROGRAM: from exec to a window with more than a few colours.
millis() {
	local start=${EPOCHREALTIME/./} window=
	"$@" >/dev/null 2>&1 &
	local program=$!
	until window=$(xdotool search --onlyvisible --pid $program 2>/dev/null | head -n 1) && [ -n "$window" ] &&
		[ "$(import -window "$window" -resize 25% -format %k info: 2>/dev/null || echo 0)" -gt 8 ]; do :; done
	echo $(((${EPOCHREALTIME/./} - start) / 1000))
	kill $program
	wait $program 2>/dev/null || true
}

# The first window on a screen tries OpenGL beforehand; what counts is every day's start.
usual() {
	bin/znak >/dev/null 2>&1 &
	local program=$!
	until [ -e "$ZNAK_DATA/window.drawn" ]; do sleep 0.1; done
	kill $program
	wait $program 2>/dev/null || true
	cp "$ZNAK_DATA/window.drawn" "$ZNAK_DATA/drawn"
}

median() { sort -n | sed -n '3p'; }
empty=$(for _ in 1 2 3 4 5; do millis bin/empty; done | median)
usual
station=$(for _ in 1 2 3 4 5; do cp "$ZNAK_DATA/drawn" "$ZNAK_DATA/window.drawn"; millis bin/znak; done | median)
echo "empty window: $empty ms, station: $station ms, ratio: $(awk "BEGIN{printf \"%.2f\", $station/$empty}")"
