#!/usr/bin/env bash
# Works a day in the Windows program under wine, with keys and a scanner that is a keyboard: from the account to a batch handed over. Then: a second start, the
# end by Alt+F4, the window's place, a screen without OpenGL.
#
# A scanner at a serial port cannot be tried so: wine 8 gives the bytes of a port only when the whole buffer is full, and no silence ends a code there.
#
# Not a part of `make test`: it needs wine and a C compiler for Windows, and some minutes.
#
#   packaging/wine-window.sh    installs what is missing, builds, works, prints a line for each thing that was seen
#
# What fails leaves a picture of the screen in /tmp and its path here. ZNAK_KEEP=1 keeps the whole folder, also when all is well.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

packaging/setup.sh wine
. packaging/wine-lib.sh
make --no-print-directory windows

readonly programs=$PWD/bin/windows batch=501 letters=12 # the first batch of the sandbox post
dir=$(mktemp -d /tmp/znak-wine.XXXXXX)
started=() # what runs here beside wine
finish() {
	status=$?
	trap - EXIT
	[ $status -eq 0 ] || picture failed
	{ # without the shell's words on each
		wine_ends
		for pid in "${started[@]}"; do kill "$pid" || true; done
		wait || true
	} 2>/dev/null
	if [ $status -ne 0 ] && [ -e "$dir/failed.png" ]; then
		mv "$dir/failed.png" "$dir.png"
		echo "The screen at that moment: $dir.png" >&2
	fi
	if [ -n "${ZNAK_KEEP:-}" ]; then echo "kept: $dir"; else rm -rf "$dir"; fi
	exit $status
}
trap finish EXIT
trap 'exit 1' INT TERM

seen() { printf '%3d s  %s\n' "$SECONDS" "$*"; }
fail() { echo "FAILED: $*" >&2; exit 1; }

picture() { [ -z "${DISPLAY:-}" ] || timeout 20 import -window root "$dir/$1.png" 2>/dev/null || true; }

# wait_for SECONDS WHAT COMMAND… waits until the command is true.
wait_for() {
	local end=$((SECONDS + $1)) what=$2
	shift 2
	until "$@"; do
		[ $SECONDS -lt $end ] || fail "not seen in time: $what"
		sleep 0.1
	done
}

managed() { xdotool get_num_desktops >/dev/null 2>&1; }
# screen OPTIONS… starts an X server with a window manager and goes there.
screen() {
	mkfifo "$dir/display"
	Xvfb -displayfd 3 -screen 0 1400x900x24 -nolisten tcp "$@" 3>"$dir/display" 2>/dev/null &
	started+=($!)
	local number
	read -r -t 20 number <"$dir/display" || fail "no X server"
	rm "$dir/display"
	export DISPLAY=:$number
	openbox >/dev/null 2>&1 &
	started+=($!)
	wait_for 10 "the window manager" managed
}

# znak ARGUMENTS… is a command of the program; a line of wine's own must not get among its answers.
znak() { timeout 60 wine "$programs/znak.exe" --lang ru "$@" 2>>"$dir/said" | tr -d '\r'; }

# answer EXPRESSION ARGUMENTS… is what Python makes of the JSON `j` of a command.
answer() {
	local expression=$1
	shift
	znak "$@" --json | python3 -c 'import json, sys; j = json.load(sys.stdin); print(eval(sys.argv[1]))' "$expression"
}

states() { answer "' '.join(f'{k}={v}' for b in j if b['name']=='$batch' for k, v in b['states'].items() if v)" batches; }
are() { [ "$(states)" = "$1" ]; }

# The window. Places are those of the tests of the window on Linux (cmd/znak/window_day_place_linux_test.go), colours those of app/ui/theme.go.
readonly title='Знак — станция печати' verdict=60+300 menu_batches=16+102 blue='#1F4788' green='#17713A' grey='#556070'
window='' program=''
find_window() { window=$(xdotool search --onlyvisible --name "^$title" 2>/dev/null | head -n 1) && [ -n "$window" ]; }
is_hidden() { ! find_window; }
# look_at WINDOW OPTIONS… asks about the pixels; a window that is gone must not make `import` wait for a click.
look_at() { timeout 10 import -window "$@" info: </dev/null 2>/dev/null; }
shows() { [ "#$(look_at "$window" -depth 8 -crop "1x1+$1" -format '%[hex:p{0,0}]')" = "$2" ]; }
# calm is when it holds more than a few colours and two looks in a row see the same.
before=
calm() {
	local now
	now=$(look_at "$window" -format '%k %#') || return 1
	[ "${now%% *}" -gt 20 ] && [ "$now" = "$before" ] && return 0
	before=$now
	return 1
}
place() { xdotool getwindowgeometry --shell "$window" | sed -n 's/^\(X\|Y\|WIDTH\|HEIGHT\)=//p' | xargs; }
stands() { [ "$(place)" = "$1" ]; }
has_keys() { [ "$(xdotool getactivewindow 2>/dev/null)" = "$window" ]; }

# begin starts the program as a click does.
begin() {
	wine "$programs/znakw.exe" --lang ru >"$dir/window.log" 2>&1 &
	program=$!
}
open_window() {
	begin
	wait_for 60 "the window" find_window
	timeout 10 xdotool windowactivate "$window"
	wait_for 30 "the window painted" calm
}
# ends SECONDS CODE waits for the end of the program.
ends() {
	wait_for "$1" "the end of the program" gone
	local code=0
	wait "$program" || code=$?
	[ "$code" -eq "$2" ] || fail "the program ended with $code, not $2: $(cat "$dir/window.log")"
}
gone() { ! kill -0 "$program" 2>/dev/null; }

# scan FILE COLOUR types a code as a scanner does that is a keyboard, and waits for the colour of the verdict. For a line end `xdotool type` presses Linefeed,
# a key that no scanner has, and not Enter.
scan() {
	local keys=() line
	while IFS= read -r line; do
		keys+=(type --delay 4 --args 1 "$line" key --delay 4 Return)
	done <"$1"
	timeout 30 xdotool "${keys[@]}"
	wait_for 20 "the verdict on ${1##*/}" shows $verdict "$2"
}

# The post: also it is the Windows program.
screen +extension GLX
wine_starts "$dir"
wine "$programs/znak-sandbox.exe" >"$dir/post" 2>/dev/null &
started+=($!)
told() { grep -q ^password: "$dir/post"; }
wait_for 30 "the sandbox post" told
of_post() { sed -n "s/^$1: //p" "$dir/post" | tr -d '\r'; }
of_post token >"$dir/secrets"
of_post password >>"$dir/secrets"
kept=$(znak account set --post "$(of_post url)" --user "$(of_post login)" --json <"$dir/secrets" | python3 -c 'import json, sys; print(json.load(sys.stdin)["kept"])')
[ "$kept" = keyring ] || fail "the account is kept in '$kept', not in the credential store of Windows"
rm "$dir/secrets"
seen "account set; token and password are in the credential store"
znak pull >"$dir/pulled"
are pulled=$letters || fail "pulled: $(states)"
seen "pulled: $(head -n 1 "$dir/pulled")"

open_window
seen "znakw.exe shows its window"

# Print: F2 shows the first batch in line, F2 prints it into the folder of PDFs.
xdotool key F2
wait_for 15 "the batch" shows $menu_batches "$blue"
wait_for 15 "the batch painted" calm
picture batch
xdotool key F2
wait_for 60 "$letters letters printed" are printed=$letters
data=$(echo "$WINEPREFIX"/drive_c/users/*/AppData/Roaming/znak)
printed=$(echo "$data"/printed/$batch-*.pdf)
[ -f "$printed" ] || fail "not one PDF: $printed"
pdftoppm -r 200 -png "$printed" "$dir/letter"
n=0
for page in "$dir"/letter-*.png; do
	# zbarimg ends each code with a line end: the scanner's Enter. Scanners send Enter for a line end in the code too.
	zbarimg -q --raw -S disable -S qrcode.enable "$page" 2>/dev/null | tr -d '\r' >"${page%.png}.mark" || fail "no mark can be read from $page"
	zbarimg -q --raw -S disable -S i25.enable -S code128.enable "$page" 2>/dev/null >"${page%.png}.barcode" || fail "no barcode can be read from $page"
	grep -q "$(cat "${page%.png}.barcode")" "${page%.png}.mark" || fail "mark and barcode of $page are of two letters"
	n=$((n + 1))
done
[ $n -eq $letters ] || fail "$n pages for $letters letters"
seen "F2 printed batch $batch: $n pages, both codes of each read by zbarimg"

# Verify.
xdotool key F3
wait_for 15 "the page that verifies" shows $verdict "$grey"
for mark in "$dir"/letter-*.mark; do
	scan "$mark" "$blue"
	scan "${mark%.mark}.barcode" "$green"
done
wait_for 15 "$letters letters verified" are verified=$letters
picture verified
seen "F3, and $((2 * letters)) codes typed as a scanner does: every letter is verified"

# Hand over.
wait_for 15 "the window painted" calm
xdotool key F4
wait_for 30 "$letters letters handed over" are handed=$letters
checkins() {
	python3 -c 'import json, sys, urllib.request as r; print(json.load(r.urlopen(sys.argv[1] + "/_sandbox/calls", timeout=10))["batches"][sys.argv[2]]["checkins"])' "$(of_post url)" $batch
}
post_knows() { [ "$(checkins)" = 1 ]; }
wait_for 30 "the post knows" post_knows
picture handed
[ "$(answer 'j["ok"]' audit)" = True ] || fail "the ledger does not hold"
[ "$(answer 'sorted({(p["state"], p["copies"]) for p in j})' pieces $batch)" = "[('handed', 1)]" ] || fail "pieces: $(znak pieces $batch)"
[ "$(answer '[j["outbox"], j["states"]["handed"]]' status)" = "[{'dead': 0, 'pending': 0}, $letters]" ] || fail "status: $(znak status)"
seen "F4 handed the batch over: the post knows, each letter was printed once, the ledger holds"

# A second start shows the window of the first and ends.
timeout 10 xdotool windowminimize "$window"
wait_for 10 "the window put away" is_hidden
code=0
second=$(timeout 60 wine "$programs/znakw.exe" --lang ru 2>>"$dir/said" | tr -d '\r') || code=$?
[ "$code $second" = "0 Окно этой станции уже открыто — оно выведено вперёд." ] || fail "the second start ended with $code and said '$second'"
wait_for 10 "the window again" find_window
wait_for 10 "the window in front" has_keys
seen "a second start brought the window back, ended with 0 and said: $second"

# The end, and the window's place.
timeout 10 xdotool windowsize "$window" 1100 640 windowmove "$window" 90 70
sleep 1
stood=$(place)
xdotool key alt+F4
ends 10 0
[ -z "$(ls -A "$data/crash" 2>/dev/null)" ] || fail "a crash left $(ls "$data/crash")"
! grep -q panic "$dir/window.log" || fail "$(cat "$dir/window.log")"
seen "Alt+F4 ended the program with 0 and without a crash report"
open_window
wait_for 10 "the window where it stood ($stood); now it is at $(place)" stands "$stood"
xdotool key alt+F4
ends 10 0
seen "the next window stood where the first was left: $stood"

# No OpenGL: the system's own message box tells it.
wine_ends
screen -extension GLX
begin
wait_for 60 "the message box" find_window
wait_for 20 "the message box painted" calm
picture no-opengl
timeout 10 xdotool windowactivate "$window"
xdotool key Return
ends 10 5
grep -q WGL "$dir/window.log" || fail "the system's own reason is not told: $(cat "$dir/window.log")"
seen "without OpenGL a message box told so, and the program ended with 5"
echo "The window under wine: all well."
