package text

import "golang.org/x/sys/windows"

// Windows has numbers of its own, which are not those that package syscall knows by the names of Unix. A file that another program shows can be neither
// written nor replaced there; that is told as if rights were lacking, and only sometimes as what it is.
func init() {
	causes = append([]cause{
		{windows.ERROR_SHARING_VIOLATION, "cause.in-use"},
		{windows.ERROR_ACCESS_DENIED, "cause.denied"},
		{windows.ERROR_DISK_FULL, "cause.no-space"},
		{windows.ERROR_HANDLE_DISK_FULL, "cause.no-space"},
		{windows.ERROR_WRITE_PROTECT, "cause.read-only"},
		{windows.WSAECONNREFUSED, "cause.refused"},
	}, causes...)
}
