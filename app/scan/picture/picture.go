// Package picture is the eye of the virtual scanner: it opens PNG, JPEG and PDF files page by page and finds the codes on
// them, wherever they stand and however they are turned. It knows nothing of mail; what a code means is for package scan to say.
package picture

import "math"

// Format is the kind of a code found.
type Format string

// The kinds of code that are looked for.
const (
	QR         Format = "QR"
	DataMatrix Format = "DataMatrix"
	ITF        Format = "ITF" // Interleaved 2 of 5 of 14 digits
	Code128    Format = "Code128"
)

// Linear reports whether the code is of bars.
func (f Format) Linear() bool { return f == ITF || f == Code128 }

// Code is one code on a picture.
type Code struct {
	Format Format
	Text   string
	X, Y   float64 // the middle, pixels from the upper left corner
	Size   float64 // the longer side, pixels
	Angle  float64 // of its reading direction, degrees clockwise from left to right; bars also read backwards
}

// covers reports whether the point lies in the code, or nearly so.
func (c Code) covers(x, y float64) bool {
	return math.Hypot(c.X-x, c.Y-y) < c.Size/2
}
