package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
)

// factsOf writes what the post showed as JSON, without the fields that are empty: a piece has forty fields and most letters use half of them, and
// reading a batch of ten thousand is mostly reading this.
func factsOf(v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	out.Grow(len(raw))
	withoutEmpty(&out, raw)
	return out.Bytes(), nil
}

// withoutEmpty copies one JSON value, as json.Marshal writes it (compact and valid), leaving out the members of objects that are zero values of
// Go, so that reading it back gives the same. It returns what follows the value. An empty object stays: it may be a pointer that is not nil.
func withoutEmpty(out *bytes.Buffer, in []byte) (rest []byte) {
	switch in[0] {
	case '{':
		out.WriteByte('{')
		first := true
		for in = in[1:]; in[0] != '}'; {
			if in[0] == ',' {
				in = in[1:]
			}
			mark := out.Len()
			if !first {
				out.WriteByte(',')
			}
			key := in[:scalar(in)]
			out.Write(key)
			out.WriteByte(':')
			in = in[len(key)+1:]
			value := out.Len()
			in = withoutEmpty(out, in)
			if emptyValue(out.Bytes()[value:]) {
				out.Truncate(mark)
			} else {
				first = false
			}
		}
		out.WriteByte('}')
		return in[1:]
	case '[':
		out.WriteByte('[')
		for in = in[1:]; in[0] != ']'; {
			if in[0] == ',' {
				out.WriteByte(',')
				in = in[1:]
			}
			in = withoutEmpty(out, in)
		}
		out.WriteByte(']')
		return in[1:]
	default:
		n := scalar(in)
		out.Write(in[:n])
		return in[n:]
	}
}

// scalar is the length of the string, number or word at the start of in.
func scalar(in []byte) int {
	if in[0] != '"' {
		if n := bytes.IndexAny(in, ",]}"); n >= 0 {
			return n
		}
		return len(in)
	}
	for i := 1; ; i++ {
		switch in[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
}

func emptyValue(v []byte) bool {
	switch string(v) {
	case `""`, `0`, `false`, `null`, `"0001-01-01T00:00:00Z"`:
		return true
	}
	return false
}

// factsSum tells facts apart without keeping them.
type factsSum = [sha256.Size]byte
