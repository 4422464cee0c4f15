package folder_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"znak/printer"
	"znak/printer/folder"
	"znak/printer/page"
	"znak/printer/page/pagetest"
)

func newFolder(dir string) *folder.Folder {
	return folder.New(folder.Params{Dir: dir, Now: func() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC) }})
}

// begin opens a job and sends so many pages.
func begin(t *testing.T, f *folder.Folder, id string, pages int) printer.Job {
	t.Helper()
	j, err := f.Open(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for i := range pages {
		if err := j.Send(t.Context(), pagetest.Envelope(i, 300)); err != nil {
			t.Fatal(err)
		}
	}
	return j
}

func wantProgress(t *testing.T, f *folder.Folder, id string, pages int, want printer.Progress) {
	t.Helper()
	got, err := f.Progress(t.Context(), id, pages)
	if err != nil && want.State != printer.Unknown {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("progress of %s: got %+v, want %+v", id, got, want)
	}
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	var e *printer.Error
	if !errors.As(err, &e) || e.Code != code {
		t.Errorf("got %v, want code %s", err, code)
	}
}

// files lists what a person sees in the folder, and hidden parts.
func files(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".znak.") { // the folder's own
			names = append(names, e.Name())
		}
	}
	return strings.Join(names, " ")
}

func TestFileAppearsWholeAtFinish(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data", "printed")
	f := newFolder(dir)
	j := begin(t, f, "run-1", 3)
	wantProgress(t, f, "run-1", 10, printer.Progress{State: printer.Printing, Started: 3})
	if got := files(t, dir); got != ".run-1.pdf.part" {
		t.Errorf("before Finish: %s", got)
	}
	if s, _, _ := f.State(t.Context()); s != printer.Printing {
		t.Errorf("state %s", s)
	}
	got, err := j.Finish(t.Context())
	name := filepath.Join(dir, "run-1.pdf")
	want := printer.Progress{State: printer.Done, Printed: 3, Started: 3, Files: []string{name}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	if got := files(t, dir); got != "run-1.pdf" {
		t.Errorf("after Finish: %s", got)
	}
	wantProgress(t, f, "run-1", 3, want)
	// stopped in the middle of ten: three are in the file and no more
	wantProgress(t, f, "run-1", 10, want)
	// a new process sees the same
	wantProgress(t, newFolder(dir), "run-1", 10, want)
	wantProgress(t, f, "run-2", 10, printer.Progress{State: printer.Done})
	if s, _, _ := f.State(t.Context()); s != printer.Ready {
		t.Errorf("state %s", s)
	}
	if _, err := exec.LookPath("qpdf"); err == nil {
		if out, err := exec.Command("qpdf", "--check", name).CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	}
}

func TestAbortLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	f := newFolder(dir)
	j := begin(t, f, "run-1", 2)
	if err := j.Abort(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := files(t, dir); got != "" {
		t.Errorf("left: %s", got)
	}
	wantProgress(t, f, "run-1", 2, printer.Progress{State: printer.Done})
	if err := j.Send(t.Context(), pagetest.Envelope(1, 300)); err == nil {
		t.Error("sent after the end")
	}
	if _, err := j.Finish(t.Context()); err == nil {
		t.Error("finished after the end")
	}
	begin(t, f, "run-1", 1).Abort(t.Context())
}

func TestEmptyJobMakesNoFile(t *testing.T) {
	dir := t.TempDir()
	got, err := begin(t, newFolder(dir), "run-1", 0).Finish(t.Context())
	if err != nil || !reflect.DeepEqual(got, printer.Progress{State: printer.Done}) || files(t, dir) != "" {
		t.Errorf("%+v %v %s", got, err, files(t, dir))
	}
}

func TestDoneJobIsNotWrittenAgain(t *testing.T) {
	dir := t.TempDir()
	f := newFolder(dir)
	if _, err := begin(t, f, "run-1", 1).Finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err := f.Open(t.Context(), "run-1")
	wantCode(t, err, "folder.exists")
	// put there by hand while the job was open
	j := begin(t, f, "run-2", 1)
	if err := os.WriteFile(filepath.Join(dir, "run-2.pdf"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := j.Finish(t.Context())
	wantCode(t, err, "folder.exists")
	if p.Printed != 0 || p.Started != 0 {
		t.Errorf("%+v", p)
	}
	if b, _ := os.ReadFile(filepath.Join(dir, "run-2.pdf")); string(b) != "mine" {
		t.Error("a person's file was overwritten")
	}
	wantProgress(t, f, "run-2", 1, printer.Progress{State: printer.Unknown, Started: 1, Files: []string{filepath.Join(dir, "run-2.pdf")}})
	begin(t, f, "run-3", 1).Abort(t.Context()) // the folder is free again
}

func TestBadPageIsNotTaken(t *testing.T) {
	dir := t.TempDir()
	f := newFolder(dir)
	j := begin(t, f, "run-1", 1)
	var missing *page.MissingGlyphError
	err := j.Send(t.Context(), page.Page{Width: 100, Height: 100, Items: []page.Item{page.Text{X: 9, Y: 9, Size: 9, Text: "漢"}}})
	if !errors.As(err, &missing) {
		t.Errorf("got %v", err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := j.Send(cancelled, pagetest.Envelope(1, 300)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if p, err := j.Finish(cancelled); err != nil || p.Printed != 1 {
		t.Errorf("%+v %v", p, err)
	}
	wantProgress(t, f, "run-1", 2, printer.Progress{State: printer.Done, Printed: 1, Started: 1, Files: []string{filepath.Join(dir, "run-1.pdf")}})
}

func TestNames(t *testing.T) {
	f := newFolder(t.TempDir())
	for _, id := range []string{"", ".", "..", "a/b", "../a", `a\b`, "a\x00", "-a", ".a", "a b", strings.Repeat("a", 200)} {
		if _, err := f.Open(t.Context(), id); err == nil {
			t.Errorf("%q was opened", id)
		}
	}
	for _, id := range []string{"партия-42.1", "2026-11-23_001"} {
		if _, err := begin(t, f, id, 1).Finish(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

func TestUnreachable(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "gone")
	wantProgress(t, newFolder(dir), "run-1", 5, printer.Progress{State: printer.Unknown, Started: 5})
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	f := newFolder(file)
	if s, words, err := f.State(t.Context()); s != printer.Offline || len(words) == 0 || err != nil {
		t.Errorf("%s %v %v", s, words, err)
	}
	_, err := f.Open(t.Context(), "run-1")
	wantCode(t, err, "folder.failed")
}

func TestDamagedFileIsUnknown(t *testing.T) {
	dir := t.TempDir()
	f := newFolder(dir)
	if _, err := begin(t, f, "run-1", 3).Finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "run-1.pdf")
	if err := os.Truncate(name, 5000); err != nil {
		t.Fatal(err)
	}
	wantProgress(t, f, "run-1", 3, printer.Progress{State: printer.Unknown, Started: 3, Files: []string{name}})
}

// A file that was carried away, or a folder that is another one, says nothing of what is on paper.
func TestCarriedAwayIsUnknown(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "printed")
	f := newFolder(dir)
	if _, err := begin(t, f, "run-1", 3).Finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(dir, "run-1.pdf"), filepath.Join(dir, "taken.pdf")); err != nil {
		t.Fatal(err)
	}
	wantProgress(t, newFolder(dir), "run-1", 3, printer.Progress{State: printer.Unknown, Started: 3})
	wantProgress(t, newFolder(dir), "run-2", 3, printer.Progress{State: printer.Done})
	if err := os.Rename(dir, dir+"-old"); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"run-1", "run-2"} {
		wantProgress(t, newFolder(dir), id, 3, printer.Progress{State: printer.Unknown, Started: 3})
	}
}

// TestMain is also the process that TestKilledWriter kills: it begins a job and waits.
func TestMain(m *testing.M) {
	dir := os.Getenv("FOLDER_TEST_WRITER")
	if dir == "" {
		os.Exit(m.Run())
	}
	j, err := newFolder(dir).Open(context.Background(), "run-1")
	for i := 0; err == nil && i < 100; i++ { // enough for bytes to be on the disk
		err = j.Send(context.Background(), pagetest.Envelope(i, 300))
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("writing")
	time.Sleep(time.Minute)
}

func TestKilledWriter(t *testing.T) {
	dir := t.TempDir()
	writer := exec.Command(os.Args[0])
	writer.Env = append(os.Environ(), "FOLDER_TEST_WRITER="+dir)
	out, err := writer.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := writer.Start(); err != nil {
		t.Fatal(err)
	}
	defer writer.Process.Kill()
	if line, _ := bufio.NewReader(out).ReadString('\n'); line != "writing\n" {
		t.Fatalf("writer said %q", line)
	}
	f := newFolder(dir)
	wantProgress(t, f, "run-1", 200, printer.Progress{State: printer.Printing, Started: 200})
	wantProgress(t, f, "run-0", 200, printer.Progress{State: printer.Done})
	_, err = f.Open(t.Context(), "run-2")
	wantCode(t, err, "folder.busy")

	if err := writer.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	writer.Wait()
	if info, err := os.Stat(filepath.Join(dir, ".run-1.pdf.part")); err != nil || info.Size() == 0 {
		t.Fatalf("the killed writer left no part: %v", err)
	}
	wantProgress(t, f, "run-1", 200, printer.Progress{State: printer.Done})
	if _, err := begin(t, f, "run-2", 1).Finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := files(t, dir); got != "run-2.pdf" {
		t.Errorf("left: %s", got)
	}
	begin(t, f, "run-1", 1).Abort(t.Context())
}

func TestErrorsHaveTexts(t *testing.T) {
	for _, lang := range []string{"ru", "en"} {
		b, err := os.ReadFile(filepath.Join("..", "..", "assets", "texts", "printer."+lang+".toml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, code := range []string{"full", "readonly", "exists", "busy", "missing", "failed"} {
			key, _ := (&printer.Error{Code: "folder." + code, Err: fs.ErrExist}).HintKey()
			if !strings.Contains(string(b), `["`+key+`"]`) {
				t.Errorf("%s: no text %s", lang, key)
			}
		}
	}
}
