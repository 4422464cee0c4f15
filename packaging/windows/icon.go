//go:build ignore

// Icon writes a picture as an icon of Windows: the sizes that the desktop, the lists of files and the title of a window show, each as PNG.
//
//	go run packaging/windows/icon.go PICTURE.png ICON.ico
package main

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/png"
	"log"
	"os"

	"golang.org/x/image/draw"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: icon PICTURE.png ICON.ico")
	}
	if err := convert(os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

// seeThrough is a picture of which PNG keeps the alpha channel even if nothing is to be seen through: icons must have one.
type seeThrough struct{ *image.NRGBA }

func (seeThrough) Opaque() bool { return false }

// entry is ICONDIRENTRY.
type entry struct {
	Width, Height, Colours, Zero uint8 // 0 is 256
	Planes, Depth                uint16
	Length, At                   uint32
}

func convert(from, to string) error {
	raw, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	picture, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	sizes := []int{256, 64, 48, 32, 24, 16}
	var head, body bytes.Buffer
	put := func(v any) { _ = binary.Write(&head, binary.LittleEndian, v) } // into memory
	put([3]uint16{0, 1, uint16(len(sizes))})
	at := 6 + len(sizes)*binary.Size(entry{})
	for _, size := range sizes {
		scaled := image.NewNRGBA(image.Rect(0, 0, size, size))
		draw.CatmullRom.Scale(scaled, scaled.Bounds(), picture, picture.Bounds(), draw.Src, nil)
		before := body.Len()
		if err := png.Encode(&body, seeThrough{scaled}); err != nil {
			return err
		}
		put(entry{Width: uint8(size), Height: uint8(size), Planes: 1, Depth: 32, Length: uint32(body.Len() - before), At: uint32(at + before)})
	}
	return os.WriteFile(to, append(head.Bytes(), body.Bytes()...), 0o644)
}
