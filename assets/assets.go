// Package assets embeds what the program carries with it: fonts, translations and dated data files.
// It holds bytes and names only; the rooms that use a file know how to read it.
package assets

import "embed"

// Texts holds the translation files texts/ROOM.LANG.toml in the format of go-i18n.
//
//go:embed texts/*.toml
var Texts embed.FS

// Fonts holds the typefaces of printed pages (TrueType, PT family by ParaType; the licence lies beside them).
//
//go:embed fonts/*.ttf
var Fonts embed.FS

// Marks holds the versions of the online payment mark, marks/VERSION.toml: what app/mark draws and reads.
//
//go:embed marks/*.toml
var Marks embed.FS

// Paper holds the words and places of printed papers: envelope faces, lists.
//
//go:embed paper/*.toml
var Paper embed.FS

// Icons holds the program's own pictures: znak.png, its icon at 256 dots (znak.svg, rendered), and what the toolkit has no icon for.
//
//go:embed icon/znak.png icon/money.svg icon/scanner.svg
var Icons embed.FS
