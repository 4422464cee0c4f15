package zpl_test

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"znak/printer"
	"znak/printer/zpl"
)

// hs is an answer to ~HS in the shape of the programming guide's.
func hs(one, two string) string {
	return "\x02" + one + "\x03\r\n\x02" + two + "\x03\r\n\x021234,0\x03\r\n"
}

func hqes(bits string) string {
	return "\x02\r\n\r\n  PRINTER STATUS\r\n   ERRORS:         1 00000000 " + bits + "\r\n   WARNINGS:       1 00000000 00000002\r\n\x03"
}

const (
	calmOne = "030,0,0,1245,000,0,0,0,000,0,0,0"
	calmTwo = "000,0,0,0,1,2,6,0,00000000,1,000"
)

func TestStates(t *testing.T) {
	for name, c := range map[string]struct {
		said  string
		state printer.State
		words []string
	}{
		"ready":            {hs(calmOne, calmTwo) + hqes("00000000"), printer.Ready, nil},
		"buffered":         {hs("030,0,0,1245,003,0,0,0,000,0,0,0", calmTwo), printer.Printing, nil},
		"under the head":   {hs(calmOne, "000,0,0,0,1,2,6,0,00000001,1,000"), printer.Printing, nil},
		"paused":           {hs("030,0,1,1245,001,0,0,0,000,0,0,0", calmTwo), printer.Paused, []string{"PAUSED"}},
		"paper by ~HS":     {hs("030,1,1,1245,001,0,0,0,000,0,0,0", calmTwo), printer.OutOfPaper, []string{"MEDIA OUT", "PAUSED"}},
		"paper by ~HQES":   {hqes("00010001"), printer.OutOfPaper, []string{"MEDIA OUT", "PAUSED"}},
		"ribbon":           {hs(calmOne, "000,0,0,1,1,2,6,0,00000001,1,000"), printer.RibbonOut, []string{"RIBBON OUT"}},
		"open before all":  {hqes("00000007"), printer.DoorOpen, []string{"MEDIA OUT", "RIBBON OUT", "HEAD OPEN"}},
		"jam":              {hqes("00004000"), printer.Jam, []string{"PAPER FEED ERROR"}},
		"cutter":           {hqes("00000008"), printer.Jam, []string{"CUTTER FAULT"}},
		"hot":              {hqes("00000010"), printer.NeedsPerson, []string{"PRINTHEAD OVER TEMPERATURE"}},
		"mark":             {hqes("00080000"), printer.NeedsPerson, []string{"BLACK MARK NOT FOUND"}},
		"unheard-of":       {hqes("00400000"), printer.NeedsPerson, []string{"ERRORS 00400000"}},
		"settings lost":    {hs("030,0,0,1245,000,0,0,0,000,1,0,0", calmTwo), printer.NeedsPerson, []string{"CORRUPT RAM"}},
		"cold is no fault": {hs("030,0,0,1245,000,0,0,0,000,0,1,0", calmTwo), printer.Ready, []string{"UNDER TEMPERATURE"}},
		"waits to be torn": {hs(calmOne, "000,0,0,0,1,2,6,1,00000000,1,000"), printer.Ready, []string{"LABEL WAITING"}},
		"noise between":    {"hello\x03\x02\x02" + hs(calmOne, calmTwo)[1:] + "\xff\x02" + strings.Repeat("x", 9000) + hqes("00000004"), printer.DoorOpen, []string{"HEAD OPEN"}},
		"fields added":     {hs(calmOne+",7,7", calmTwo+",9"), printer.Ready, nil},
	} {
		answers := zpl.NewAnswers(iotest.OneByteReader(strings.NewReader(c.said)))
		var s zpl.Status
		for {
			a, err := answers.Next()
			if err != nil {
				if !errors.Is(err, io.EOF) {
					t.Error(err)
				}
				break
			}
			if a.Host != nil {
				s.Host = *a.Host
			}
			if a.Errors != nil {
				s.Errors = *a.Errors
			}
		}
		if state, words := s.State(); state != c.state || !slices.Equal(words, c.words) {
			t.Errorf("%s: %s %q", name, state, words)
		}
	}
}

func TestIdentity(t *testing.T) {
	a, err := zpl.NewAnswers(strings.NewReader("\x02ZTC ZD421-300dpi,V93.21.15Z,12,8176KB,X\x03")).Next()
	if err != nil || a.Identity == nil || a.Identity.DPI != 300 || a.Identity.Model != "ZTC ZD421-300dpi" {
		t.Errorf("%+v %v", a, err)
	}
	if _, err := zpl.ParseIdentity("ZD421,V1,13"); !errors.Is(err, zpl.ErrStatus) {
		t.Error(err)
	}
}

func FuzzAnswers(f *testing.F) {
	f.Add([]byte(hs(calmOne, calmTwo) + hqes("00000007")))
	f.Add([]byte("\x02ZD421-300dpi,V93.21.15Z,12,8176KB\x03"))
	f.Fuzz(func(t *testing.T, said []byte) {
		answers := zpl.NewAnswers(strings.NewReader(string(said)))
		for range len(said) + 1 {
			a, err := answers.Next()
			if err != nil {
				return
			}
			if a.Host != nil && (a.Host.Formats < 0 || a.Host.Remaining < 0) {
				t.Errorf("%+v", a.Host)
			}
			n := 0
			for _, set := range []bool{a.Host != nil, a.Errors != nil, a.Identity != nil} {
				if set {
					n++
				}
			}
			if n != 1 {
				t.Errorf("%d answers in one", n)
			}
		}
		t.Error("more answers than bytes")
	})
}
