package main

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"os"
	"path"
	"slices"
	"strings"
)

// A mutant is a source file with one change.
type mutant struct {
	dir, file string // of the package in the module, and of the file there
	line      int
	key       string // what is stable where other lines change
	source    string // of the whole file
}

// hash is a number of 8 hexadecimal digits: for the seed "" it identifies the mutant.
func (m mutant) hash(seed string) string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte(seed+m.key)))[:8]
}

// mutants returns all mutants of a package, in the order of the source.
func mutants(dir string) (all []mutant, err error) {
	p, err := build.ImportDir(dir, 0) // the files for this system
	if err != nil {
		return nil, err
	}
	for _, name := range p.GoFiles {
		source, err := os.ReadFile(path.Join(dir, name))
		if err != nil {
			return nil, err
		}
		list, err := mutantsOf(dir, name, string(source))
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return number(all), nil
}

// number adds to a key that several mutants have which of them it is.
func number(all []mutant) []mutant {
	times := map[string]int{}
	for i := range all {
		key := all[i].key
		if times[key]++; times[key] > 1 {
			all[i].key = strings.Replace(key, "\n", fmt.Sprintf(" %d\n", times[key]), 1)
		}
	}
	return all
}

// mutantsOf returns the mutants of a file.
func mutantsOf(dir, file, source string) (all []mutant, err error) {
	files := token.NewFileSet()
	f, err := parser.ParseFile(files, file, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	offset := func(p token.Pos) int { return files.Position(p).Offset }
	for _, d := range f.Decls {
		name := ""
		fn, isFunc := d.(*ast.FuncDecl)
		if isFunc {
			name = fn.Name.Name
			if fn.Recv != nil {
				t := fn.Recv.List[0].Type
				name = strings.TrimPrefix(source[offset(t.Pos()):offset(t.End())], "*") + "." + name
			}
		}
		ast.Inspect(d, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok && !isFunc {
				name = v.Names[0].Name
			}
			for _, e := range edits(n) {
				m := change(source, offset(e.from), offset(e.to), e.text)
				m.dir, m.file, m.line = dir, file, files.Position(e.from).Line
				m.key = fmt.Sprintf("%s %s\n%s", dir, name, m.key)
				all = append(all, m)
			}
			_, array := n.(*ast.ArrayType) // a longer one gives the same
			return !array
		})
	}
	slices.SortStableFunc(all, func(a, b mutant) int { return cmp.Compare(a.line, b.line) })
	return all, nil
}

// change returns the source with the part from i to j replaced; key is the lines before and after.
func change(source string, i, j int, text string) mutant {
	text = strings.Replace(text, "…", source[i:j], 1)
	start := strings.LastIndexByte(source[:i], '\n') + 1
	end := j + strings.IndexByte(source[j:]+"\n", '\n')
	before, after := source[start:end], source[start:i]+text+source[j:end]
	return mutant{
		key:    strings.TrimSpace("- " + oneLine(before) + "\n+ " + oneLine(after)),
		source: source[:i] + text + source[j:],
	}
}

// oneLine is a text without indentation, with its first line only.
func oneLine(text string) string {
	first, _, more := strings.Cut(strings.TrimSpace(text), "\n")
	if more {
		first += " …"
	}
	return first
}
