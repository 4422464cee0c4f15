package station

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"znak/app/post/sandbox"
	"znak/app/scan"
)

// readBadge reads the badge's code off its printed page, as a scanner would.
func readBadge(t *testing.T, file string) string {
	t.Helper()
	picture := strings.TrimSuffix(filepath.Join(t.TempDir(), filepath.Base(file)), ".pdf")
	if out, err := exec.Command("pdftoppm", "-r", "200", "-png", "-singlefile", file, picture).CombinedOutput(); err != nil {
		t.Fatalf("pdftoppm: %v %s", err, out)
	}
	out, err := exec.Command("zbarimg", "-q", "--raw", picture+".png").Output()
	if err != nil {
		t.Fatalf("zbarimg: %v", err)
	}
	return strings.TrimSpace(string(out))
}

// A badge opens the station through any keyboard layout; a new one makes the one before void; only its hash is kept.
func TestBadge(t *testing.T) {
	p := withPeople(t, newBench(t, sandbox.Options{Seed: 4}))
	p.enter(admin)
	first, err := p.WriteBadge(p.ctx, clerk, "", words(t))
	p.must(err)
	if info, err := os.Stat(first); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	badge := readBadge(t, first)
	if !strings.HasPrefix(badge, "ZNAK:ID:") || len(badge) != len("ZNAK:ID:")+badgeLength {
		t.Fatalf("badge reads %q", badge)
	}
	layout := strings.NewReplacer(pairs("ABCDEFGHIJKLMNOPQRSTUVWXYZ:", "ФИСВУАПРШОЛДЬТЩЗЙКЫЕГМЦЧНЯЖ")...)
	for _, said := range []string{badge, "]Q1" + badge, badge + "\r\n", strings.ToLower(badge), layout.Replace(badge)} {
		p.must(p.SignOut(p.ctx))
		p.must(p.SignInBadge(p.ctx, said))
		if at, err := p.SignedIn(p.ctx); err != nil || at.Name != clerk {
			t.Errorf("%q: %+v %v", said, at, err)
		}
	}
	p.must(p.Lock(p.ctx))
	p.must(p.SignInBadge(p.ctx, badge))
	if at, _ := p.SignedIn(p.ctx); at.Locked {
		t.Error("still locked")
	}
	p.refused(p.SignInBadge(p.ctx, scan.BadgeText(newBadge())), "operator.badge-unknown")
	p.refused(p.SignInBadge(p.ctx, "80080012345678"), "operator.no-badge")
	p.enter(admin)
	p.clock = p.clock.Add(time.Second)
	second, err := p.WriteBadge(p.ctx, clerk, "", words(t))
	p.must(err)
	p.refused(p.SignInBadge(p.ctx, badge), "operator.badge-unknown")
	p.must(p.VoidBadge(p.ctx, clerk))
	p.refused(p.SignInBadge(p.ctx, readBadge(t, second)), "operator.badge-unknown")
	if _, err := p.WriteBadge(p.ctx, clerk, second, words(t)); err == nil {
		t.Error("a file was written over")
	}
	raw, err := os.ReadFile(filepath.Join(p.dir, StoreFile))
	p.must(err)
	wal, _ := os.ReadFile(filepath.Join(p.dir, StoreFile+"-wal"))
	if token := strings.TrimPrefix(badge, "ZNAK:ID:"); bytes.Contains(raw, []byte(token)) || bytes.Contains(wal, []byte(token)) {
		t.Error("the store holds the token")
	}
}

func pairs(from, to string) []string {
	var list []string
	f, t := []rune(from), []rune(to)
	for i := range f {
		list = append(list, string(f[i]), string(t[i]))
	}
	return list
}
