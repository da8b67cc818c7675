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
	key       string // stable if other lines change
	source    string // of the whole file
	function  *function
	block     int // where the innermost list of statements that contains the change begins
}

// A function is one with a body; in is the source of its parameters, out that of its results, and args
// that of a call's arguments, the parameters.
type function struct {
	from, to      int // of the body, without its braces
	in, args, out string
}

// hash returns 8 hexadecimal digits. With the seed "" they identify the mutant.
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

// number numbers the mutants that have the same key, and adds the number to the key.
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

// A file is parsed source.
type file struct {
	*token.FileSet
	source string
}

func (f file) offset(p token.Pos) int { return f.Position(p).Offset }

func (f file) text(n ast.Node) string { return f.source[f.offset(n.Pos()):f.offset(n.End())] }

// mutantsOf returns the mutants of a file.
func mutantsOf(dir, name, source string) (all []mutant, err error) {
	f := file{token.NewFileSet(), source}
	parsed, err := parser.ParseFile(f.FileSet, name, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	for _, d := range parsed.Decls {
		all = append(all, f.mutantsIn(d, dir, name)...)
	}
	slices.SortStableFunc(all, func(a, b mutant) int { return cmp.Compare(a.line, b.line) })
	return all, nil
}

// mutantsIn returns the mutants of a declaration.
func (f file) mutantsIn(d ast.Decl, dir, name string) (all []mutant) {
	declared := ""
	fn, isFunc := d.(*ast.FuncDecl)
	if isFunc {
		declared = fn.Name.Name
		if fn.Recv != nil {
			declared = strings.TrimPrefix(f.text(fn.Recv.List[0].Type), "*") + "." + declared
		}
	}
	functions := map[ast.Node]*function{}
	var in []ast.Node
	ast.Inspect(d, func(n ast.Node) bool {
		switch n := n.(type) {
		case nil:
			in = in[:len(in)-1]
			return false
		case *ast.ArrayType: // a longer one gives the same
			return false
		case *ast.ValueSpec:
			if !isFunc {
				declared = n.Names[0].Name
			}
		}
		in = append(in, n)
		if isSign(in) {
			return true
		}
		for _, e := range edits(n) {
			m := change(f.source, f.offset(e.from), f.offset(e.to), e.text)
			m.dir, m.file, m.line = dir, name, f.Position(e.from).Line
			m.key = fmt.Sprintf("%s %s\n%s", dir, declared, m.key)
			m.function, m.block = f.functionOf(in, e.from, functions), f.block(in, e.from)
			all = append(all, m)
		}
		return true
	})
	return all
}

// isSign reports whether the innermost of nested nodes is the sign of an infinity, for which any
// positive number is as good.
func isSign(in []ast.Node) bool {
	n := len(in) - 1
	sign, ok := in[n].(*ast.BasicLit)
	if !ok || sign.Value == "0" || n == 0 {
		return false
	}
	if _, minus := in[n-1].(*ast.UnaryExpr); minus {
		n--
	}
	call, ok := in[n-1].(*ast.CallExpr)
	if !ok {
		return false
	}
	f, ok := call.Fun.(*ast.SelectorExpr)
	return ok && (f.Sel.Name == "Inf" || f.Sel.Name == "IsInf")
}

// functionOf returns the outermost function of nested nodes, nil if there is none.
func (f file) functionOf(in []ast.Node, at token.Pos, known map[ast.Node]*function) *function {
	for _, n := range in {
		var body *ast.BlockStmt
		var t *ast.FuncType
		receiver := &ast.FieldList{}
		switch n := n.(type) {
		case *ast.FuncDecl:
			t, body = n.Type, n.Body
			if n.Recv != nil {
				receiver = n.Recv
			}
		case *ast.FuncLit:
			t, body = n.Type, n.Body
		default:
			continue
		}
		if body == nil || at <= body.Lbrace {
			return nil
		}
		if known[n] == nil {
			known[n] = f.function(slices.Concat(receiver.List, t.Params.List), t.Results, body)
		}
		return known[n]
	}
	return nil
}

// function returns a function that can be copied into itself, or nil if it can't: where a parameter has
// the name of another one's type, this type has no name in the body.
func (f file) function(parameters []*ast.Field, results *ast.FieldList, body *ast.BlockStmt) *function {
	fn := &function{from: f.offset(body.Lbrace) + 1, to: f.offset(body.Rbrace)}
	types := map[string]bool{}
	var addTypes func(ast.Node) bool
	addTypes = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			types[n.Name] = true
		case *ast.Field: // without the names of parameters of a parameter
			ast.Inspect(n.Type, addTypes)
			return false
		}
		return true
	}
	if results != nil {
		fn.out = f.text(results)
		ast.Inspect(results, addTypes)
	}
	for _, p := range parameters {
		ast.Inspect(p, addTypes)
	}
	for _, p := range parameters {
		dots := ""
		if _, variadic := p.Type.(*ast.Ellipsis); variadic {
			dots = "..."
		}
		for _, name := range p.Names {
			if types[name.Name] {
				return nil
			}
			if name.Name != "_" {
				fn.in += name.Name + " " + f.text(p.Type) + ", "
				fn.args += name.Name + dots + ", "
			}
		}
	}
	return fn
}

// block returns where the innermost list of statements that contains a position begins.
func (f file) block(in []ast.Node, at token.Pos) int {
	for i, n := range slices.Backward(in) {
		switch n := n.(type) {
		case *ast.CaseClause:
			if at > n.Colon {
				return f.offset(n.Colon) + 1
			}
		case *ast.BlockStmt:
			switch in[i-1].(type) {
			case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt: // a list of cases
			default:
				return f.offset(n.Lbrace) + 1
			}
		}
	}
	return 0
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

// oneLine returns the first line of a text without indentation.
func oneLine(text string) string {
	first, _, more := strings.Cut(strings.TrimSpace(text), "\n")
	if more {
		first += " …"
	}
	return first
}
