# shellcheck shell=bash
# Sourced by wine.sh and wine-window.sh: a wine of their own, in which programs written in Go run.

# wine_starts FOLDER makes a Windows in FOLDER/prefix and leaves the environment such that `wine` means that one.
wine_starts() {
	local dir=$1
	export WINEPREFIX="$dir/prefix" WINEDEBUG=-all WINEARCH=win64 WINEDLLOVERRIDES="mscoree,mshtml="
	echo "Starting wine…"
	for _ in 1 2 3; do timeout 180 wineboot -i >"$dir/wineboot.log" 2>&1 && break; sleep 2; done
	if [ ! -d "$WINEPREFIX/drive_c/windows/system32" ]; then
		cat "$dir/wineboot.log" >&2
		echo "wine does not start." >&2
		exit 1
	fi
	# Go's programs ask this DLL for random bytes; wine 8 does not have it.
	cat >"$dir/shim.c" <<-'SHIM'
	#include <windows.h>
	BOOLEAN WINAPI SystemFunction036(void *, ULONG);
	__declspec(dllexport) BOOL WINAPI ProcessPrng(BYTE *p, SIZE_T n) { return SystemFunction036(p, (ULONG)n); }
	SHIM
	x86_64-w64-mingw32-gcc -shared -O1 -o "$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll" "$dir/shim.c" -ladvapi32
}

# wine_ends ends all that runs in that Windows, and in no other.
wine_ends() {
	[ -z "${WINEPREFIX:-}" ] || timeout 20 wineserver -k 2>/dev/null || true
}
