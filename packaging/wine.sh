#!/usr/bin/env bash
# Runs the tests of printer/winspool on the spooler of wine, before a private CUPS: bytes as they are, pictures through a printer driver, states.
# Not a part of `make test`: it needs wine and a C compiler for Windows, and a minute or two.
#
#   packaging/wine.sh    installs what is missing, runs the tests (as root), prints what arrived
#
# Wine's spooler knows less than that of Windows: it ignores the pausing and cancelling of single jobs. What depends on those is tested against a
# stand-in in printer/winspool.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

packaging/setup.sh wine
if [ "$(id -u)" -ne 0 ]; then
	echo "cupsd gives its helpers another user; this needs root." >&2
	exit 1
fi
. packaging/wine-lib.sh

dir=$(mktemp -d /tmp/znak-wine.XXXXXX)
chmod 755 "$dir"
cupsd_pid=
export DISPLAY=
finish() {
	status=$?
	[ -n "$cupsd_pid" ] && kill "$cupsd_pid" 2>/dev/null || true
	wine_ends
	[ $status -eq 0 ] || tail -n 20 "$dir"/cups/log/error_log 2>/dev/null || true
	if [ -n "${ZNAK_KEEP:-}" ]; then echo "kept: $dir"; else rm -rf "$dir"; fi
	exit $status
}
trap finish EXIT

# A CUPS of our own. Its backend keeps each job as a file with the job's name.
c=$dir/cups
mkdir -p "$c"/{etc/ppd,spool/tmp,cache,run/certs,log,bin} "$dir/out"
for d in /usr/lib/cups/*; do [ "$d" = /usr/lib/cups/backend ] || ln -s "$d" "$c/bin/"; done
mkdir "$c/bin/backend"
cat >"$c/bin/backend/keep" <<BACKEND
#!/bin/sh
# job, user, title, copies, options, [file]
[ \$# -eq 0 ] && { echo 'direct keep "Unknown" "Keeps jobs"'; exit 0; }
name=\$(printf %s "\$3" | tr -c 'A-Za-z0-9._-' _)
if [ -n "\$6" ]; then cat "\$6"; else cat; fi >"$dir/out/.\$name.part" && chmod 644 "$dir/out/.\$name.part" && mv "$dir/out/.\$name.part" "$dir/out/\$name"
BACKEND
chmod 755 "$c/bin/backend/keep"
port=$(python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])')
cat >"$c/etc/cupsd.conf" <<CONF
Listen 127.0.0.1:$port
LogLevel warn
Browsing Off
WebInterface No
DefaultAuthType None
<Location />
Order allow,deny
Allow all
</Location>
<Policy default>
<Limit All>
Order deny,allow
</Limit>
</Policy>
CONF
cat >"$c/etc/cups-files.conf" <<CONF
User lp
Group lp
SystemGroup root
ServerRoot $c/etc
ServerBin $c/bin
RequestRoot $c/spool
TempDir $c/spool/tmp
CacheDir $c/cache
StateDir $c/run
AccessLog $c/log/access_log
ErrorLog $c/log/error_log
PageLog $c/log/page_log
CONF
chown -R root:lp "$c"
chmod -R g+rwX "$c/spool" "$c/cache" "$c/run" "$dir/out"
chgrp lp "$dir/out"
chmod 777 "$dir/out"
chmod 755 "$c/bin/backend/keep"
cupsd -f -c "$c/etc/cupsd.conf" -s "$c/etc/cups-files.conf" &
cupsd_pid=$!
export CUPS_SERVER=127.0.0.1:$port
for _ in $(seq 100); do lpstat -r 2>/dev/null | grep -q 'is running' && break; sleep 0.05; done
for q in Label Office; do lpadmin -p $q -v keep:/ -E -m raw 2>/dev/null; done

wine_starts "$dir"

CGO_ENABLED=0 GOOS=windows go test -c -o "$dir/winspool.test.exe" ./printer/winspool
# The package's own tests of what befalls a job, and those that need a spooler.
(cd printer/winspool && ZNAK_WINSPOOL_RAW=Label ZNAK_WINSPOOL_PIXELS=Office ZNAK_WINSPOOL_OUT="Z:${dir//\//\\}\\out" \
	timeout 300 wine "$dir/winspool.test.exe" -test.v -test.run 'Spooler|Raw|Pixels|Paper|Missing|Troubles|Killed' 2>&1 | tr -d '\r')

# What arrived as PostScript is drawn and read by decoders that are not ours.
pictures=
for kind in standard own; do
	gs -q -dSAFER -dBATCH -dNOPAUSE -sDEVICE=pnggray -r300 -sOutputFile="$dir/$kind-%d.png" "$dir/out/pixels-$kind"
	for n in 1 2; do
		zbarimg -q "$dir/$kind-$n.png" 2>/dev/null | grep -q "9990000000000$((n - 1))" || { echo "page $n on the $kind paper cannot be read" >&2; exit 1; }
	done
	pictures=$pictures:$dir/$kind-1.png
done
ZNAK_WINSPOOL_ARRIVED=${pictures#:} go test -count 1 -v -run Arrived ./printer/winspool
echo "The spooler under wine: all well."
