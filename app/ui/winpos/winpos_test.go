package winpos

import (
	"errors"
	"image"
	"testing"
)

// A window is put only where it can be taken hold of with the mouse.
func TestReachable(t *testing.T) {
	two := []image.Rectangle{image.Rect(0, 0, 1920, 1080), image.Rect(1920, 200, 3200, 1224)}
	at := func(x, y int) image.Rectangle { return image.Rect(x, y, x+1280, y+760) }
	for name, c := range map[string]struct {
		window image.Rectangle
		want   bool
	}{
		"in the middle":                    {at(100, 100), true},
		"on the second":                    {at(2000, 300), true},
		"over both":                        {at(1500, 300), true},
		"a little to the left":             {at(-1100, 50), true},
		"too far to the left":              {at(-1200, 50), false},
		"under the upper edge":             {at(100, -30), false},
		"below":                            {at(100, 1070), false},
		"on a screen that is gone":         {at(4000, 300), false},
		"above the second, which is lower": {at(2000, 50), false},
	} {
		if got := reachable(c.window, two); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if reachable(at(0, 0), nil) {
		t.Error("there is no screen")
	}
}

// Without a window nothing is asked of the system.
func TestNoWindow(t *testing.T) {
	if _, err := Of(0); !errors.Is(err, ErrDesktop) {
		t.Error(err)
	}
	if err := Put(0, Place{}); !errors.Is(err, ErrDesktop) {
		t.Error(err)
	}
}
