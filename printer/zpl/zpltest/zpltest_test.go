package zpltest_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"znak/printer/zpl/zpltest"
)

func TestRules(t *testing.T) {
	got, err := zpltest.ParseRules(strings.NewReader("# the morning\n17 jam; 40 paper-out 5s\n\n60 cut\n"))
	want := []zpltest.Rule{{Label: 17, Fault: zpltest.Jam}, {Label: 40, Fault: zpltest.PaperOut, For: 5 * time.Second}, {Label: 60, Fault: zpltest.Cut}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v %v", got, err)
	}
	for _, bad := range []string{"jam", "0 jam", "x jam", "5 rain", "5 jam soon", "5 jam -1s", "5 jam 1s more"} {
		if _, err := zpltest.ParseRules(strings.NewReader(bad)); !errors.Is(err, zpltest.ErrRule) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func FuzzParseRules(f *testing.F) {
	f.Add("17 jam; 40 paper-out 5s")
	f.Fuzz(func(t *testing.T, s string) {
		rules, err := zpltest.ParseRules(strings.NewReader(s))
		for _, r := range rules {
			if err == nil && (r.Label < 1 || r.For < 0) {
				t.Errorf("%q: %+v", s, r)
			}
		}
	})
}

// send writes bytes in pieces, so that commands are torn apart, and closes when the printer has taken them: a connection that is closed with an answer
// unread is reset, and takes with it what the printer had not read.
func send(t *testing.T, v *zpltest.Printer, s string) {
	t.Helper()
	c, err := net.Dial("tcp", v.Addr())
	if err != nil {
		t.Fatal(err)
	}
	for len(s) > 0 {
		n := min(len(s), 3)
		if _, err := c.Write([]byte(s[:n])); err != nil {
			t.Fatal(err)
		}
		s = s[n:]
	}
	if err := c.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, c); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestRecord: the printer keeps every byte and every label, and a label begun and not ended is none.
func TestRecord(t *testing.T) {
	dir := t.TempDir()
	v, err := zpltest.Listen("127.0.0.1:0", zpltest.Params{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	const bytes = "noise^XA^PW8~HS^LL1^FO0,0^GFA,1,1,1,FF^FS^XZ\r\n^xa^FDsecond^xz^XZ^XA^FDnever~JX^XZ~SD15^XA^FDthird^XZ^XA^FDbroken off"
	send(t, v, bytes)
	for until := time.Now().Add(5 * time.Second); len(v.Labels()) < 3 && time.Now().Before(until); {
		time.Sleep(time.Millisecond)
	}
	send(t, v, "^XA^FDfourth^XZ")
	for until := time.Now().Add(5 * time.Second); len(v.Labels()) < 4 && time.Now().Before(until); {
		time.Sleep(time.Millisecond)
	}
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	got := []string{}
	for i, l := range v.Labels() {
		got = append(got, string(l.ZPL))
		file, err := os.ReadFile(filepath.Join(dir, "labels", fmt.Sprintf("%06d.zpl", i+1)))
		if err != nil || string(file) != string(l.ZPL) {
			t.Errorf("file %d: %q %v", i+1, file, err)
		}
	}
	want := []string{"^XA^PW8^LL1^FO0,0^GFA,1,1,1,FF^FS^XZ", "^XA^FDsecond^XZ", "^XA^FDthird^XZ", "^XA^FDfourth^XZ"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if kept, err := os.ReadFile(filepath.Join(dir, "connections", "000001.zpl")); err != nil || string(kept) != bytes {
		t.Errorf("%q %v", kept, err)
	}
}

// TestAnswers are what ~HS, ~HQES and ~HI say, in their very words.
func TestAnswers(t *testing.T) {
	v, err := zpltest.Listen("127.0.0.1:0", zpltest.Params{})
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	v.Set(zpltest.PaperOut)
	c, err := net.Dial("tcp", v.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, one := range []struct{ ask, want string }{
		{"~HS", "\x02030,1,1,1800,000,0,0,0,000,0,0,0\x03\r\n\x02000,0,0,0,1,2,4,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n"},
		{"~HI", "\x02VIRTUAL-300dpi,V1.0.0Z,12,8192KB\x03\r\n"},
		{"~HQES", "\x02\r\n\r\n  PRINTER STATUS                      \r\n   ERRORS:         1 00000000 00000001   \r\n   WARNINGS:       0 00000000 00000000   \r\n\x03"},
	} {
		if _, err := c.Write([]byte(one.ask)); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, len(one.want))
		c.SetReadDeadline(time.Now().Add(5 * time.Second))
		n := 0
		for n < len(got) {
			k, err := c.Read(got[n:])
			if err != nil {
				t.Fatalf("%s: %v after %q", one.ask, err, got[:n])
			}
			n += k
		}
		if string(got) != one.want {
			t.Errorf("%s: %q", one.ask, got)
		}
	}
}
