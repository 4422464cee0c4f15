package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// ErrForeign is returned for a file this package did not write, or not to its end.
var ErrForeign = errors.New("not a complete document of this program")

// CountPages reads how many pages a document written by this package has.
func CountPages(r io.ReaderAt, size int64) (int, error) {
	tail := make([]byte, min(size, 64))
	if _, err := r.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF {
		return 0, err
	}
	var table, at int64
	i := bytes.LastIndex(tail, []byte("startxref\n"))
	if i < 0 || !bytes.HasSuffix(tail, []byte("%%EOF\n")) {
		return 0, ErrForeign
	}
	if _, err := fmt.Sscanf(string(tail[i:]), "startxref\n%d\n", &table); err != nil || table < 0 || table >= size {
		return 0, ErrForeign
	}
	// the table's lines have 20 bytes each
	head := make([]byte, 160)
	n, err := r.ReadAt(head, table)
	if err != nil && err != io.EOF {
		return 0, err
	}
	_, rows, ok := bytes.Cut(head[:n], []byte(" \n"))
	if !ok || len(rows) < pagesID*20 {
		return 0, ErrForeign
	}
	if _, err := fmt.Sscanf(string(rows[(pagesID-1)*20:]), "%d", &at); err != nil || at < 0 || at >= size {
		return 0, ErrForeign
	}
	if n, err = r.ReadAt(head, at); err != nil && err != io.EOF {
		return 0, err
	}
	var id, count int
	if _, err := fmt.Sscanf(string(head[:n]), "%d 0 obj\n<</Type/Pages/Count %d/Kids", &id, &count); err != nil || id != pagesID || count <= 0 {
		return 0, ErrForeign
	}
	return count, nil
}
