package tensor_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// This file says which package may import which. It stands here because all other packages rest on
// tensor: it is there as long as any of them is.

const (
	module = "gentlegrad"
	goCmp  = "github.com/google/go-cmp"
)

// A rule is for one or more packages: what they may import besides the standard library. A pattern that
// ends in /... stands for a package and all below it.
type rule struct {
	pattern string
	imports string // patterns
	tests   string // what tests may import besides; all tests may import go-cmp
}

// rules are the layers: demos → layers, optim → autograd → tensor → its kernels. The first rule that fits
// a package holds for it.
var rules = []rule{
	{"tensor/internal/...", "tensor/internal/...", ""},
	{"tensor", "tensor/internal/...", "tensor"},
	{"tensor/data", "tensor", "tensor/data"},
	// The formats of files. A checkpoint's tests resume a training run.
	{"tensor/npy", "tensor tensor/internal/...", "tensor/npy"},
	{"tensor/safetensors", "tensor tensor/internal/...", "tensor/safetensors"},
	{"tensor/checkpoint", "tensor tensor/safetensors", "tensor/checkpoint autograd layers optim"},

	{"autograd/internal/...", "autograd/internal/...", ""},
	{"autograd/gradcheck", "autograd tensor " + goCmp, "autograd/gradcheck"},
	{"autograd/trace", "autograd tensor", "autograd/trace layers"},
	{"autograd", "tensor", "autograd autograd/gradcheck"},

	{"layers", "autograd tensor tensor/safetensors", "layers optim optim/fit tensor/data autograd/gradcheck"},
	{"optim", "autograd tensor", "optim layers autograd/gradcheck"},
	{"optim/fit", "optim autograd tensor tensor/data", "optim/fit layers tensor/checkpoint"},

	// The drawing knows nothing of networks.
	{"demos/draw/...", "demos/draw/...", "demos/internal/..."},
	// The closed form, with which automatic gradients are compared, does not use them.
	{"demos/delta", "tensor", "demos/delta layers autograd autograd/gradcheck"},
	{"demos/...", "demos/... layers optim optim/fit autograd autograd/gradcheck autograd/trace tensor tensor/data tensor/npy tensor/safetensors tensor/checkpoint", ""},
}

// vague are names that say nothing about what a package holds.
var vague = []string{"utils", "common", "helpers", "types"}

// A source is what matters here about a Go file.
type source struct {
	path    string // in the module, with slashes
	pkg     string // the name in its package clause
	imports []string
}

// readSource parses text, or the named file if text is nil, up to the imports.
func readSource(name string, text any) (source, error) {
	file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ImportsOnly)
	if err != nil {
		return source{}, err
	}
	s := source{path: name, pkg: file.Name.Name}
	for _, spec := range file.Imports {
		s.imports = append(s.imports, importPath(spec))
	}
	return s, nil
}

func importPath(spec *ast.ImportSpec) string {
	p, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		panic(err) // the parser has checked it
	}
	return p
}

// complaints returns what is wrong with the imports and the package name of a file.
func (s source) complaints() []string {
	var list []string
	complain := func(format string, args ...any) {
		list = append(list, s.path+": "+fmt.Sprintf(format, args...))
	}
	dir := path.Dir(s.path)
	if slices.Contains(vague, path.Base(dir)) || slices.Contains(vague, s.pkg) {
		complain("the name of package %s says nothing of what it holds", s.pkg)
	}
	i := slices.IndexFunc(rules, func(r rule) bool { return matches(dir, r.pattern) })
	if i < 0 {
		complain("there is no rule for package %s", dir)
		return list
	}
	allowed := strings.Fields(rules[i].imports)
	if strings.HasSuffix(s.path, "_test.go") {
		allowed = append(allowed, strings.Fields(rules[i].tests+" "+goCmp)...)
	}
	for _, imported := range s.imports {
		if !mayImport(allowed, imported) {
			complain("%s may not import %q, only %v", rules[i].pattern, imported, allowed)
		}
	}
	return list
}

// mayImport reports whether a path is in the standard library, except "C", or matches one of the
// patterns.
func mayImport(allowed []string, imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	if first != module && !strings.Contains(first, ".") {
		return imported != "C"
	}
	return slices.ContainsFunc(allowed, func(pattern string) bool {
		if pattern == goCmp {
			return matches(imported, goCmp+"/...")
		}
		return matches(imported, module+"/"+pattern)
	})
}

func matches(p, pattern string) bool {
	parent, below := strings.CutSuffix(pattern, "/...")
	return p == parent || below && strings.HasPrefix(p, parent+"/")
}

func TestLayering(t *testing.T) {
	t.Parallel()
	root := moduleRoot(t)
	files := 0
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name != root && skipped(name) {
				return filepath.SkipDir
			}
			return nil
		}
		if filepath.Ext(name) != ".go" {
			return nil
		}
		s, err := readSource(name, nil)
		if err != nil {
			return err
		}
		if s.path, err = filepath.Rel(root, name); err != nil {
			return err
		}
		s.path = filepath.ToSlash(s.path)
		for _, c := range s.complaints() {
			t.Error(c)
		}
		files++
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if files < 20 {
		t.Errorf("only %d Go files found below %s", files, root)
	}
}

// skipped reports whether the go command, too, leaves out a directory of the module.
func skipped(dir string) bool {
	base := filepath.Base(dir)
	if base[0] == '.' || base[0] == '_' || base == "testdata" {
		return true
	}
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil // another module
}

func TestOneDependency(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(moduleRoot(t), "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	mayBe := regexp.MustCompile(`^(|module \S+|go \S+|toolchain \S+|require ` + regexp.QuoteMeta(goCmp) + ` \S+)$`)
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); !mayBe.MatchString(line) {
			t.Errorf("go.mod: %s: %s is the only other module", line, goCmp)
		}
	}
}

func moduleRoot(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod here or above")
		}
		dir = filepath.Dir(dir)
	}
}

// TestLayeringReports checks what is reported of files with wrong imports, and with right ones.
func TestLayeringReports(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		path, text string
		want       string // part of the one complaint; none if empty
	}{
		// Arrows go down,
		{"tensor/a.go", `package tensor; import "gentlegrad/tensor/internal/kernel"`, ""},
		{"autograd/a.go", `package autograd; import ("math"; "gentlegrad/tensor")`, ""},
		{"layers/a.go", `package layers; import ("gentlegrad/autograd"; "gentlegrad/tensor")`, ""},
		{"demos/main.go", `package main; import ("gentlegrad/demos/draw"; "gentlegrad/layers")`, ""},
		{"demos/report/a.go", `package report; import "gentlegrad/optim"`, ""},
		{"optim/fit/a.go", `package fit; import ("gentlegrad/optim"; "gentlegrad/tensor/data")`, ""},
		{"layers/a.go", `package layers; import "gentlegrad/tensor/safetensors"`, ""},
		{"tensor/checkpoint/a_test.go", `package checkpoint_test; import "gentlegrad/optim"`, ""},
		// and not up,
		{"optim/a.go", `package optim; import "gentlegrad/optim/fit"`, `optim may not import "gentlegrad/optim/fit"`},
		{"tensor/data/a.go", `package data; import "gentlegrad/autograd"`, `tensor/data may not import "gentlegrad/autograd"`},
		{"tensor/a.go", `package tensor; import "gentlegrad/tensor/npy"`, `tensor may not import "gentlegrad/tensor/npy"`},
		{"tensor/checkpoint/a.go", `package checkpoint; import "gentlegrad/layers"`, `tensor/checkpoint may not import "gentlegrad/layers"`},
		{"tensor/internal/kernel/a.go", `package kernel; import "gentlegrad/tensor"`, `tensor/internal/... may not import "gentlegrad/tensor"`},
		{"tensor/a.go", `package tensor; import "gentlegrad/autograd"`, `tensor may not import "gentlegrad/autograd"`},
		{"tensor/a_test.go", `package tensor; import "gentlegrad/autograd"`, `tensor may not import "gentlegrad/autograd"`},
		{"autograd/a.go", `package autograd; import "gentlegrad/layers"`, `autograd may not import "gentlegrad/layers"`},
		{"layers/a.go", `package layers; import "gentlegrad/demos/draw"`, `layers may not import "gentlegrad/demos/draw"`},
		// nor sideways, nor past the next layer.
		{"layers/a.go", `package layers; import "gentlegrad/optim"`, `layers may not import "gentlegrad/optim"`},
		{"optim/a.go", `package optim; import "gentlegrad/layers"`, `optim may not import "gentlegrad/layers"`},
		{"autograd/a.go", `package autograd; import "gentlegrad/tensor/internal/kernel"`, "tensor/internal/kernel"},
		{"demos/draw/a.go", `package draw; import "gentlegrad/tensor"`, `demos/draw/... may not import "gentlegrad/tensor"`},
		{"demos/delta/a.go", `package delta; import "gentlegrad/tensor"`, ""},
		{"demos/delta/a.go", `package delta; import d "gentlegrad/autograd"`, `demos/delta may not import "gentlegrad/autograd"`},
		{"demos/delta/a_test.go", `package delta; import "gentlegrad/autograd"`, ""},
		// A package whose name begins alike is another package.
		{"layers/a.go", `package layers; import "gentlegrad/tensors"`, "gentlegrad/tensors"},
		{"tensors/a.go", `package tensors`, "there is no rule for package tensors"},
		{"main.go", `package main`, "there is no rule for package ."},

		{"autograd/gradcheck/a.go", `package gradcheck; import "github.com/google/go-cmp/cmp"`, ""},
		{"tensor/a_test.go", `package tensor_test; import "github.com/google/go-cmp/cmp/cmpopts"`, ""},
		{"tensor/a.go", `package tensor; import "github.com/google/go-cmp/cmp"`, "go-cmp"},
		{"demos/main.go", `package main; import "github.com/google/go-cmp/cmp"`, "go-cmp"},
		{"optim/a.go", `package optim; import "gentlegrad/autograd/gradcheck"`, "gradcheck"},
		{"autograd/a.go", `package autograd; import "gentlegrad/autograd/trace"`, "trace"},
		{"autograd/trace/a.go", `package trace; import "gentlegrad/layers"`, "layers"},
		{"optim/a_test.go", `package optim; import "gentlegrad/autograd/gradcheck"`, ""},
		{"tensor/a_test.go", `package tensor; import "gonum.org/v1/gonum/mat"`, `tensor may not import "gonum.org/v1/gonum/mat"`},
		{"demos/a.go", `package main; import _ "golang.org/x/net/html"`, "golang.org/x/net/html"},
		{"tensor/a.go", `package tensor; import "C"`, `tensor may not import "C"`},
		{"demos/a_test.go", `package main; import "C"`, `demos/... may not import "C"`},

		{"demos/utils/a.go", `package page`, "says nothing"},
		{"demos/page/a.go", `package helpers`, "says nothing"},
		{"tensor/internal/common/a.go", `package common`, "says nothing"},
	} {
		s, err := readSource(test.path, test.text)
		if err != nil {
			t.Fatal(err)
		}
		switch got := s.complaints(); {
		case test.want == "" && len(got) > 0:
			t.Errorf("%s: %s\ngot %q, want no complaint", test.path, test.text, got)
		case test.want != "" && (len(got) != 1 || !strings.Contains(got[0], test.want)):
			t.Errorf("%s: %s\ngot %q, want one complaint with %q", test.path, test.text, got, test.want)
		}
	}
}
