#!/usr/bin/env bash
# Installs the system packages that Znak needs here. Run by `make`; does nothing, at once, when all is there.
#
#   packaging/setup.sh demo     what building and running needs
#   packaging/setup.sh test     the same and what the tests need
#   packaging/setup.sh windows  what building the Windows programs needs
#   packaging/setup.sh wine     the same and what trying them under wine needs
#
# On Debian, Ubuntu and their kin the packages are installed (as root, or by sudo). Elsewhere they are only listed.
set -euo pipefail

# package and what it is for
DEMO='
ca-certificates  lets Go fetch the modules over HTTPS
gcc              compiles the C parts of the window (cgo)
libc6-dev        headers of the C library, for the same
pkg-config       tells the compiler where OpenGL is
libusb-1.0-0-dev USB printers
libgl-dev        OpenGL: what the window draws with
libx11-dev       X11: the window itself
libxcursor-dev   X11: mouse pointers
libxi-dev        X11: keyboard and mouse
libxinerama-dev  X11: several screens
libxrandr-dev    X11: screen sizes
libxxf86vm-dev   X11: video modes
libgl1-mesa-dri  OpenGL drivers, also for a machine without a graphics card
poppler-utils    pdftoppm turns printed PDF pages into pictures, to scan them back
'
SHARED='
xvfb             a screen in memory, for tests of the real window
xdotool          types and clicks in the window as a person would
imagemagick      looks at the pixels of a screenshot
zbar-tools       zbarimg reads printed codes with a decoder that is not ours
cups             a real print server, for the tests of the printers
cups-client      its tools
cups-filters     its filters
'
TEST=$SHARED'
xauth            lets programs on to that screen
x11-utils        asks the window about itself
x11-xkb-utils    gives the keyboard of that screen the Russian layout
python3-zxing-cpp  ZXing, a second decoder that is not ours
python3-pil      opens the pictures for it
qpdf             checks that the PDF files are sound
cups-ipp-utils   ippeveprinter, a real driverless printer
avahi-daemon     which that printer asks for
dbus             the bus between those two
qemu-system-x86  an emulated machine with USB, for a virtual USB printer
nodejs           runs a renderer of labels that is not ours
curl             fetches it
'
WINDOWS='
ca-certificates  lets Go fetch the modules over HTTPS
gcc-mingw-w64-x86-64  compiles the C parts of the window for Windows, and its icon and manifest
'
WINE=$SHARED'
wine             runs the Windows programs
wine64           the same, of 64 bits
libgl1           OpenGL, which wine hands on to the window
libgl1-mesa-dri  OpenGL drivers, also for a machine without a graphics card
openbox          a window manager: without one the window gets no keys under wine
ghostscript      draws what was printed as PostScript
poppler-utils    pdftoppm draws what was printed as PDF
python3          reads the answers of the commands, and is the far end of a serial cable
'

say() { printf '%s\n' "$*" >&2; }

# A renderer of ZPL that is not ours (MIT), for the tests of printer/zpl. Without it they skip what needs it.
renderer() {
	local dir=${XDG_CACHE_HOME:-$HOME/.cache}/znak-test/zpl/node_modules/zpl-renderer-js file
	[ "$1" = test ] && [ ! -e "$dir/package.json" ] || return 0
	file=$(mktemp)
	if curl -fsSL -m 120 -o "$file" https://registry.npmjs.org/zpl-renderer-js/-/zpl-renderer-js-3.4.0.tgz &&
		echo "7fd504208e89dac3d1fb8a6a47832d12ede85dcee4d62f56e34d976328c037f2c08a7269ec43f912627f81faf4a4e66336e4961ff5b1fb53205011c110653c99  $file" | sha512sum -c --quiet; then
		mkdir -p "$dir.part"
		tar -xzf "$file" --strip-components 1 -C "$dir.part" && mv "$dir.part" "$dir"
	else
		say "The foreign label renderer could not be fetched; its test will be skipped."
	fi
	rm -f "$file"
}

case "${1:-}" in
demo) wanted=$DEMO ;;
test) wanted=$DEMO$TEST ;;
windows) wanted=$WINDOWS ;;
wine) wanted=$WINDOWS$WINE ;;
*)
	say "usage: $0 demo|test|windows|wine"
	exit 2
	;;
esac

# Go itself is not installed from here: the system's own is often years old. From 1.21 on it fetches the version go.mod names.
if ! command -v go >/dev/null; then
	say "Znak is written in Go, and there is no 'go' in PATH. Install it from https://go.dev/dl/ and try again."
	exit 1
fi
version=$(cd / && go env GOVERSION)
case "$version" in
go1.[0-9] | go1.[0-9].* | go1.1[0-9]* | go1.20*)
	say "$(command -v go) is $version; Znak needs Go 1.26 (or 1.21 and later, which fetches it). See https://go.dev/dl/"
	exit 1
	;;
esac

list() { # prints "  package  reason" for each package in the arguments
	local package reason
	while read -r package reason; do
		case " $* " in *" $package "*) printf '  %-18s %s\n' "$package" "$reason" >&2 ;; esac
	done <<<"$wanted"
}

packages=()
while read -r package _; do
	[ -n "$package" ] && packages+=("$package")
done <<<"$wanted"

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
	[ -n "${ZNAK_SETUP_DONE:-}" ] && exit 0
	say "This is not Debian or Ubuntu, so nothing is installed from here. Install what these Debian packages hold:"
	list "${packages[@]}"
	say "Then run the command again with ZNAK_SETUP_DONE=1."
	exit 1
fi

installed=" $(dpkg-query -W -f='${db:Status-Status}:${Package} ' "${packages[@]}" 2>/dev/null || true)"
missing=()
for package in "${packages[@]}"; do
	case "$installed" in *" installed:$package "*) ;; *) missing+=("$package") ;; esac
done
if [ ${#missing[@]} -eq 0 ]; then
	renderer "$1"
	exit 0
fi

say "Znak needs these system packages, which are not installed here yet:"
list "${missing[@]}"
by_hand="apt-get update && apt-get install --no-install-recommends ${missing[*]}"

root=()
if [ "$(id -u)" -ne 0 ]; then
	if ! command -v sudo >/dev/null; then
		say "They can be installed by root only, and there is no sudo. As root, run:"
		say "  $by_hand"
		exit 1
	fi
	root=(sudo)
	if [ ! -t 0 ]; then # nobody is there to type a password
		root=(sudo -n)
	fi
	if ! "${root[@]}" true; then
		say "sudo did not let us in. As root, run:"
		say "  $by_hand"
		exit 1
	fi
fi

say "Installing them${root[0]:+ by sudo}…"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() { "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@" >>"$log" 2>&1 </dev/null; }

# A stale or unreachable source among others must not stop us: what counts is whether the packages can be installed.
apt update || say "(apt-get update complained; going on with the package lists that are here)"
if ! apt install -y --no-install-recommends "${missing[@]}"; then
	tail -n 20 "$log" >&2
	say "apt-get could not install them; its last words stand above. On Ubuntu most of them are in 'universe' (add-apt-repository universe)."
	say "By hand, as root:"
	say "  $by_hand"
	exit 1
fi
say "Installed."
renderer "$1"
