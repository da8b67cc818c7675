package tensor_test

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write down the interfaces as they are")

// The exported interface of each package is written down, so that it changes knowingly:
//
//	go test ./tensor -run TestInterfaces -update
func TestInterfaces(t *testing.T) {
	for _, dir := range []string{".", "data", "npy", "safetensors", "checkpoint", "../autograd", "../autograd/gradcheck", "../autograd/trace", "../layers", "../optim", "../optim/fit"} {
		got := exported(t, dir)
		name := filepath.Join(dir, "testdata", "api.txt")
		if *update {
			if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, []byte(got), 0o666); err != nil {
				t.Fatal(err)
			}
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		want := strings.Split(string(text), "\n")
		for _, line := range strings.Split(got, "\n") {
			if i := slices.Index(want, line); i >= 0 {
				want = slices.Delete(want, i, i+1)
			} else {
				t.Errorf("%s: not written down: %s", dir, line)
			}
		}
		for _, line := range want {
			t.Errorf("%s: written down, and gone: %s", dir, line)
		}
	}
}

// exported returns the exported declarations of a package, without bodies, sorted.
func exported(t *testing.T, dir string) string {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	var decls []string
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.FileExports(file)
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				if f.Recv != nil && !ofExported(f.Recv.List[0].Type) {
					continue
				}
				f.Body = nil
			}
			if g, ok := d.(*ast.GenDecl); ok {
				if g.Tok == token.IMPORT {
					continue
				}
				for _, spec := range g.Specs {
					if v, ok := spec.(*ast.ValueSpec); ok && g.Tok == token.VAR {
						v.Values = nil
					}
				}
			}
			var text bytes.Buffer
			if err := printer.Fprint(&text, set, d); err != nil {
				t.Fatal(err)
			}
			decls = append(decls, text.String())
		}
	}
	slices.Sort(decls)
	return fmt.Sprintln(strings.Join(decls, "\n"))
}

// ofExported reports whether a receiver's type is exported.
func ofExported(receiver ast.Expr) bool {
	if star, ok := receiver.(*ast.StarExpr); ok {
		receiver = star.X
	}
	id, ok := receiver.(*ast.Ident)
	return ok && id.IsExported()
}
