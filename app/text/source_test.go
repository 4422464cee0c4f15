package text_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const root = "../.." // of the module

// notKeys are literals that look like a key of the texts and are something else.
var notKeys = map[string]string{
	"store.rebuild": "a setting the store keeps for itself",
	"store.sender":  "a setting the store keeps for itself",
	"store.station": "a setting the store keeps for itself",
}

// cyrillicAllowed names the only sources that may hold Russian words; everything a person reads on the screen belongs into assets/texts.
// A path that ends in "/" is a whole folder.
var cyrillicAllowed = map[string]string{
	"app/postal/address.go":  "the short words of a Russian address, printed on paper in any language",
	"app/post/sandbox/":      "invented people and places, and the post's own answers",
	"app/scan/layout.go":     "the Russian keyboard layout",
	"app/ui/view/viewtest/":  "invented letters for tests of the screens",
	"printer/page/pagetest/": "pages for tests",
}

// adding names the local functions that give a text more values than stand in their call.
var adding = map[string][]string{
	"app/station/verify.go say": {"ShPI"},
}

// families are keys put together at run time from a typed constant: each value of the type needs its text.
var families = []struct{ prefix, folder, typ string }{
	{"mark.field.", "app/mark", "Field"},
	{"state.", "app/postal", "PieceState"},
	{"state.batch.", "app/postal", "BatchStatus"},
	{"verdict.", "app/scan", "Verdict"},
	{"printer.state.", "printer", "State"},
	{"station.slip.", "printer", "State"},
}

// source is one Go file of the program, tests left out.
type source struct {
	path string // from the root, with slashes
	file *ast.File
}

var fset = token.NewFileSet()

var readSources = sync.OnceValues(func() ([]source, error) {
	var all []source
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := d.Name()
		if d.IsDir() {
			if name != root && (base == "testdata" || base == "usbtest" || base == "vendor" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_")) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(base, ".go") || strings.HasSuffix(base, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		all = append(all, source{filepath.ToSlash(rel), f})
		return err
	})
	return all, err
})

func sources(t *testing.T) []source {
	t.Helper()
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		t.Fatalf("%s is not the module's root: %v", root, err)
	}
	all, err := readSources()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// rooms are the first words of keys: the rooms that have texts, and those of the source tree that should.
func rooms(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{"printer": true, "store": true, "cli": true, "sandbox": true}
	for key := range texts(t)["ru"] {
		room, _, _ := strings.Cut(key, ".")
		found[room] = true
	}
	dirs, err := os.ReadDir(filepath.Join(root, "app"))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range dirs {
		found[d.Name()] = true
	}
	return found
}

// use is a key, or the beginning of keys, that a source names.
type use struct {
	key    string
	prefix bool // more is added at run time
	pos    token.Pos
}

func (u use) at() string {
	p := fset.Position(u.pos)
	return fmt.Sprintf("%s:%d", strings.TrimPrefix(filepath.ToSlash(p.Filename), root+"/"), p.Line)
}

var (
	useShape  = regexp.MustCompile(`^([a-z0-9]+)\.[A-Za-z0-9_.-]*(%.*)?$`)
	fileShape = regexp.MustCompile(`\.(toml|json|db|lock|pdf|png|svg|csv|txt|zip|sqlite|log|go)$`)
)

// keyOf reads e as a key: a literal, or a literal with something added.
func keyOf(e ast.Expr, rooms map[string]bool) (use, bool) {
	added := false
	for {
		sum, ok := e.(*ast.BinaryExpr)
		if !ok || sum.Op != token.ADD {
			break
		}
		e, added = sum.X, true
	}
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return use{}, false
	}
	s, err := strconv.Unquote(lit.Value)
	if err != nil {
		return use{}, false
	}
	m := useShape.FindStringSubmatch(s)
	if m == nil || !rooms[m[1]] || notKeys[s] != "" || fileShape.MatchString(s) {
		return use{}, false
	}
	u := use{key: strings.TrimSuffix(s, m[2]), pos: lit.Pos(), prefix: added || m[2] != "" || strings.HasSuffix(s, ".")}
	return u, true
}

// uses are all keys that the sources name.
func uses(t *testing.T) []use {
	t.Helper()
	known, seen := rooms(t), map[token.Pos]bool{}
	var found []use
	for _, src := range sources(t) {
		ast.Inspect(src.file, func(n ast.Node) bool {
			if e, ok := n.(ast.Expr); ok {
				// A sum is met before its literal: what stands there is a beginning then.
				if u, ok := keyOf(e, known); ok && !seen[u.pos] {
					seen[u.pos] = true
					found = append(found, u)
				}
			}
			return true
		})
	}
	return found
}

// below lists the keys that begin with prefix.
func below(prefix string, all map[string]message) []string {
	var keys []string
	for key := range all {
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// TestEveryKeyHasAText checks every key that stands in the program's sources.
func TestEveryKeyHasAText(t *testing.T) {
	ru := texts(t)["ru"]
	for _, u := range uses(t) {
		if _, ok := ru[u.key]; ok || (u.prefix && len(below(u.key, ru)) > 0) {
			continue
		}
		if u.prefix {
			t.Errorf("%s: no text begins with %q", u.at(), u.key)
		} else {
			t.Errorf("%s: %q has no text", u.at(), u.key)
		}
	}
	for _, f := range families {
		values := constants(t, f.folder, f.typ)
		if len(values) == 0 {
			t.Errorf("%s has no constants of type %s", f.folder, f.typ)
		}
		for _, v := range values {
			if _, ok := ru[f.prefix+v]; !ok {
				t.Errorf("%s: the %s %q has no text %q", f.folder, f.typ, v, f.prefix+v)
			}
		}
	}
}

// constants lists the string constants of a named type that the files of a folder declare.
func constants(t *testing.T, folder, typ string) []string {
	t.Helper()
	var values []string
	for _, src := range sources(t) {
		if filepath.ToSlash(filepath.Dir(src.path)) != folder {
			continue
		}
		for _, d := range src.file.Decls {
			decl, ok := d.(*ast.GenDecl)
			if !ok || decl.Tok != token.CONST {
				continue
			}
			for _, s := range decl.Specs {
				spec := s.(*ast.ValueSpec)
				if id, ok := spec.Type.(*ast.Ident); !ok || id.Name != typ {
					continue
				}
				for _, v := range spec.Values {
					if lit, ok := v.(*ast.BasicLit); ok && lit.Kind == token.STRING {
						if s, err := strconv.Unquote(lit.Value); err == nil && s != "" {
							values = append(values, s)
						}
					}
				}
			}
		}
	}
	return values
}

// TestEveryTextIsUsed checks that no text has lost its place in the program.
func TestEveryTextIsUsed(t *testing.T) {
	exact, prefixes := map[string]bool{}, []string(nil)
	for _, u := range uses(t) {
		if u.prefix {
			prefixes = append(prefixes, u.key)
		} else {
			exact[u.key] = true
		}
	}
	for key, m := range sorted(texts(t)["ru"]) {
		begins := func(prefix string) bool { return strings.HasPrefix(key, prefix) }
		if !exact[key] && !slices.ContainsFunc(prefixes, begins) {
			t.Errorf("%s: nothing says %s", m.file, key)
		}
	}
}

// TestArguments checks, wherever a key and its values stand side by side, that the text is given every value it takes.
func TestArguments(t *testing.T) {
	ru, known := texts(t)["ru"], rooms(t)
	exact := map[string]bool{} // of a family, these are said with values of their own
	for _, u := range uses(t) {
		exact[u.key] = exact[u.key] || !u.prefix
	}
	check := func(key, args ast.Expr, added ...string) {
		given, isArgs := argsOf(args)
		u, isKey := keyOf(key, known)
		if !isArgs || !isKey {
			return
		}
		keys := []string{u.key}
		if u.prefix {
			if strings.Count(u.key, ".") < 2 {
				return // a whole room
			}
			keys = below(u.key, ru)
		}
		for _, key := range keys {
			m, ok := ru[key]
			if !ok || (u.prefix && exact[key]) {
				continue // TestEveryKeyHasAText says what is missing
			}
			takes := m.fields
			if m.plural() {
				takes = append([]string{"Count"}, takes...) // it chooses the form
			}
			for _, field := range takes {
				if !given[field] && !slices.Contains(added, field) {
					t.Errorf("%s: %s takes %s and is given %v", u.at(), key, field, slices.Sorted(maps.Keys(given)))
				}
			}
		}
	}
	row := func(list []ast.Expr, added ...string) {
		for i := range len(list) - 1 {
			check(list[i], list[i+1], added...)
		}
	}
	for _, src := range sources(t) {
		ast.Inspect(src.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				var added []string
				if callee, ok := n.Fun.(*ast.Ident); ok {
					added = adding[src.path+" "+callee.Name]
				}
				row(n.Args, added...)
			case *ast.ReturnStmt:
				row(n.Results)
			case *ast.AssignStmt:
				row(n.Rhs)
			case *ast.CompositeLit:
				row(n.Elts)
				named := map[string]ast.Expr{}
				for _, e := range n.Elts {
					if kv, ok := e.(*ast.KeyValueExpr); ok {
						if id, ok := kv.Key.(*ast.Ident); ok {
							named[id.Name] = kv.Value
						}
					}
				}
				if args := named["Args"]; args != nil {
					check(named["Key"], args)
				} else {
					check(named["Key"], ast.NewIdent("nil"))
				}
			}
			return true
		})
	}
}

// argsOf reads the names in hint.Args{…}, Args{…}, map[string]any{…} or nil.
func argsOf(e ast.Expr) (map[string]bool, bool) {
	if id, ok := e.(*ast.Ident); ok && id.Name == "nil" {
		return map[string]bool{}, true
	}
	lit, ok := e.(*ast.CompositeLit)
	if !ok {
		return nil, false
	}
	switch typ := lit.Type.(type) {
	case *ast.MapType:
	case *ast.Ident:
		if typ.Name != "Args" {
			return nil, false
		}
	case *ast.SelectorExpr:
		if typ.Sel.Name != "Args" {
			return nil, false
		}
	default:
		return nil, false
	}
	given := map[string]bool{}
	for _, e := range lit.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			return nil, false
		}
		key, ok := kv.Key.(*ast.BasicLit)
		if !ok {
			return nil, false
		}
		name, err := strconv.Unquote(key.Value)
		if err != nil {
			return nil, false
		}
		given[name] = true
	}
	return given, true
}

var russianWord = regexp.MustCompile(`\p{Cyrillic}{2}`)

// TestNoRussianInCode checks that no sentence for a person hides in the code, where it could not be translated.
func TestNoRussianInCode(t *testing.T) {
	used := map[string]bool{}
	for _, src := range sources(t) {
		place := ""
		for allowed := range cyrillicAllowed {
			if src.path == allowed || (strings.HasSuffix(allowed, "/") && strings.HasPrefix(src.path, allowed)) {
				place = allowed
			}
		}
		ast.Inspect(src.file, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || !russianWord.MatchString(strings.ReplaceAll(lit.Value, "ШПИ", "")) { // the word of the command line: reprint ШПИ
				return true
			}
			if place != "" {
				used[place] = true
				return true
			}
			t.Errorf("%s: Russian in code: %s belongs into assets/texts", use{pos: lit.Pos()}.at(), lit.Value)
			return true
		})
	}
	for allowed := range cyrillicAllowed {
		if !used[allowed] {
			t.Errorf("cyrillicAllowed: %s holds no Russian; take it off the list", allowed)
		}
	}
}
