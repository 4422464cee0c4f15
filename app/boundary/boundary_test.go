package boundary

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"testing"
)

// A boundary that is not in All would never be met on purpose.
func TestAllNamesEach(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "boundary.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	names := 0
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			if typ, ok := spec.Type.(*ast.Ident); ok && typ.Name == "Name" {
				names += len(spec.Names)
			}
		}
		return true
	})
	each := slices.Compact(slices.Sorted(slices.Values(All)))
	if names == 0 || len(each) != names || len(All) != names {
		t.Errorf("%d boundaries, %d in All, %d of them different", names, len(All), len(each))
	}
}

func TestOrdinaryBuildsDoNothing(t *testing.T) {
	if Armed {
		t.Skip("built to be killed")
	}
	t.Setenv("ZNAK_TORTURE_AT", string(PageSent)+":1")
	At(PageSent)
}
