package tensor

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gentlegrad/tensor/internal/kernel"
)

// exportedFunctions are the functions of the package that are not methods.
var exportedFunctions = map[string]any{
	"AddAffineGrads": AddAffineGrads, "AllClose": AllClose, "Arange": Arange, "Broadcasts": Broadcasts, "ELU": ELU, "Equal": Equal,
	"Eye": Eye, "FromSlice": FromSlice, "Full": Full, "LeakyReLU": LeakyReLU, "Linspace": Linspace,
	"MaxAbsDiff": MaxAbsDiff, "New": New, "Overlapping": Overlapping, "Rows": Rows, "SameShape": SameShape, "Scalar": Scalar,
	"ShapeOf": ShapeOf,
}

// hostile has, for each type of argument, what a caller may pass by mistake, and valid arguments. Tensors
// are made anew for each call.
var hostile = map[reflect.Type][]func() any{
	reflect.TypeFor[*Tensor](): {
		func() any { return (*Tensor)(nil) },
		func() any { return new(Tensor) },
		func() any { return New() },
		func() any { return New(0) },
		func() any { return New(0, 0) },
		func() any { return New(2, 3) },
		func() any { return New(1<<40, 0) },
		func() any { return New(0, 1<<40) },
	},
	reflect.TypeFor[[]*Tensor](): values([]*Tensor(nil), []*Tensor{nil}, []*Tensor{new(Tensor)}, []*Tensor{New(2, 3), nil},
		[]*Tensor{New(2, 3), New()}, []*Tensor{New(math.MaxInt, 0), New(math.MaxInt, 0)}),
	reflect.TypeFor[[]int](): values([]int(nil), []int{-1}, []int{0}, []int{-1, -1}, []int{2, 3}, []int{1 << 40}, []int{1 << 32, 1 << 32, 1},
		[]int{math.MaxInt, math.MaxInt, 0}, []int{math.MinInt}, slices.Repeat([]int{1}, 17)),
	reflect.TypeFor[int]():       values(0, 1, -1, 2, 1<<40, math.MaxInt, math.MinInt),
	reflect.TypeFor[float64]():   values(0.0, math.NaN(), math.Inf(1)),
	reflect.TypeFor[[]float64](): values([]float64(nil), []float64{1}, make([]float64, 6)),
	reflect.TypeFor[[][]float64](): values([][]float64(nil), [][]float64{nil}, [][]float64{{}, {}}, [][]float64{{1}, nil},
		[][]float64{{1}, {}}, [][]float64{{}, {1}}),
	reflect.TypeFor[[]byte]():                values([]byte(nil), []byte("1")),
	reflect.TypeFor[*rand.Rand]():            values((*rand.Rand)(nil), rand.New(rand.NewPCG(1, 1))),
	reflect.TypeFor[func(float64) float64](): values((func(float64) float64)(nil), math.Floor),
	reflect.TypeFor[*Function]():             values((*Function)(nil), new(Function), &Sigmoid),
	reflect.TypeFor[*Function2]():            values((*Function2)(nil), new(Function2), &Function2{"Sub", kernel.Sub}),
	reflect.TypeFor[rune]():                  values('v', 'f', 'd', '\x00'),
	reflect.TypeFor[fmt.State]():             {func() any { return state{new(strings.Builder)} }},
}

// values returns functions that return the arguments.
func values(vs ...any) (fs []func() any) {
	for _, v := range vs {
		fs = append(fs, func() any { return v })
	}
	return fs
}

// A state is what Format writes to.
type state struct{ *strings.Builder }

func (state) Width() (int, bool)     { return 0, false }
func (state) Precision() (int, bool) { return 3, true }
func (state) Flag(int) bool          { return false }

// TestHostileCalls calls every exported method and function with every combination of bad arguments:
// each call works, or panics with an *Error.
func TestHostileCalls(t *testing.T) {
	t.Parallel()
	callAll := func(name string, f reflect.Value) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hostileCalls(t, name, f, nil)
		})
	}
	for method := range reflect.TypeFor[*Tensor]().Methods() {
		callAll("Tensor."+method.Name, method.Func)
	}
	for name, f := range exportedFunctions {
		callAll(name, reflect.ValueOf(f))
	}
}

// hostileCalls calls f with args, followed by every combination of the other arguments.
func hostileCalls(t *testing.T, name string, f reflect.Value, args []func() any) {
	if len(args) < f.Type().NumIn() {
		next := f.Type().In(len(args))
		choices := hostile[next]
		if choices == nil {
			t.Fatalf("there are no arguments of type %v", next)
		}
		if name == "AddAffineGrads" && len(args) < 3 {
			choices = choices[:6] // enough: all would be too many
		}
		for _, choice := range choices {
			hostileCalls(t, name, f, append(slices.Clip(args), choice))
		}
		return
	}
	in := make([]reflect.Value, len(args))
	for i, arg := range args {
		in[i] = reflect.ValueOf(arg())
	}
	if strings.HasPrefix(name, "Tensor.Marshal") && in[0].IsNil() {
		return // the encoders do not call these methods of nil
	}
	defer func() {
		switch e := recover().(type) {
		case nil:
		case *Error:
			if e.Op == "" || e.Text == "" {
				t.Errorf("%s%v: %#v", name, in, e)
			}
		default:
			t.Errorf("%s%v: the panic is not an *Error: %v", name, in, e)
		}
	}()
	if f.Type().IsVariadic() {
		f.CallSlice(in)
	} else {
		f.Call(in)
	}
}

// TestExportedFunctions checks that exportedFunctions has all, by reading the package.
func TestExportedFunctions(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.IsExported() {
				if n++; exportedFunctions[f.Name.Name] == nil {
					t.Errorf("%s is missing from exportedFunctions", f.Name.Name)
				}
			}
		}
	}
	if n != len(exportedFunctions) {
		t.Errorf("%d exported functions, but %d in exportedFunctions", n, len(exportedFunctions))
	}
}
