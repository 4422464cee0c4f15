//go:build !linux

package usb

func lpStatus(string) (byte, error) { return 0, errAbsent }
