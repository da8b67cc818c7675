package autograd_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// An opCase is one application of an operation of this package. Every generic test runs
// over all of them.
type opCase struct {
	name string // the operation, and the shapes of its inputs
	f    func(xs ...*autograd.Node) *autograd.Node
	xs   []*tensor.Tensor
}

type (
	node  = autograd.Node
	shape = []int
)

// allOps returns the list of all operations, on inputs of several shapes.
func allOps() []opCase {
	var l list
	l.elementwise()
	l.broadcast()
	l.linear()
	l.reductions()
	l.shapes()
	l.pointwiseOps()
	l.arithOps()
	l.reduceOps()
	l.selectOps()
	l.linalgOps()
	l.nnOps()
	l.lossOps()
	return l
}

type list []opCase

// add adds the application of f to numbers drawn by draw.
func (l *list) add(name string, f func(xs ...*node) *node, draw func(*rand.Rand) float64, shapes ...shape) {
	rng := rand.New(rand.NewPCG(uint64(len(*l)), 1))
	c := opCase{name: fmt.Sprint(name, shapes), f: f}
	for _, s := range shapes {
		x := tensor.New(s...)
		for i := range x.Data() {
			x.Data()[i] = draw(rng)
		}
		c.xs = append(c.xs, x)
	}
	*l = append(*l, c)
}

// signed draws a number from ±[0.2, 1.5), away from the kink at 0.
func signed(rng *rand.Rand) float64 { return positive(rng) * float64(1-2*rng.IntN(2)) }

func positive(rng *rand.Rand) float64 { return .2 + float64(1.3*rng.Float64()) }

func unary(f func(x *node) *node) func(xs ...*node) *node {
	return func(xs ...*node) *node { return f(xs[0]) }
}

func binary(f func(x, y *node) *node) func(xs ...*node) *node {
	return func(xs ...*node) *node { return f(xs[0], xs[1]) }
}

func (l *list) elementwise() {
	for _, s := range []shape{{}, {3}, {2, 3}, {1, 1}, {0}, {2, 0, 3}, {2, 1, 2, 1, 2}} {
		l.add("Neg", unary((*node).Neg), signed, s)
		l.add("Scale", unary(func(x *node) *node { return x.Scale(-1.7) }), signed, s)
		l.add("AddScalar", unary(func(x *node) *node { return x.AddScalar(.3) }), signed, s)
		l.add("Exp", unary((*node).Exp), signed, s)
		l.add("Log", unary((*node).Log), positive, s)
		l.add("Sqrt", unary((*node).Sqrt), positive, s)
		l.add("Square", unary((*node).Square), signed, s)
		l.add("Sigmoid", unary((*node).Sigmoid), signed, s)
		l.add("Tanh", unary((*node).Tanh), signed, s)
		l.add("ReLU", unary((*node).ReLU), signed, s)
		l.add("Pointwise", unary(swish.Of), signed, s)
		l.add("PointwiseKernel", unary(kernel.Of), signed, s)
		l.add("Detach", unary(func(x *node) *node { return x.Detach().Scale(0).Add(x) }), signed, s)
		l.add("PowScalar", unary(func(x *node) *node { return x.PowScalar(3) }), signed, s)
		l.add("SquaredError", binary((*node).SquaredError), signed, s, s)
	}
}

func (l *list) broadcast() {
	pairs := [][2]shape{
		{{}, {}}, {{2, 3}, {2, 3}}, {{2, 3}, {3}}, {{3}, {2, 3}}, {{2, 1}, {1, 3}}, {{2, 3}, {}}, {{1, 1}, {2}},
		{{2, 1, 2}, {3, 1}}, {{0, 3}, {3}}, {{1, 1}, {0, 3}}, {{2, 0}, {2, 1}},
	}
	for _, p := range pairs {
		l.add("Add", binary((*node).Add), signed, p[0], p[1])
		l.add("Sub", binary((*node).Sub), signed, p[0], p[1])
		l.add("Mul", binary((*node).Mul), signed, p[0], p[1])
		l.add("Div", binary((*node).Div), signed, p[0], p[1])
		l.add("Pow", binary((*node).Pow), positive, p[0], p[1])
		l.add("Chain", binary((*node).Chain), signed, p[0], p[1])
		l.add("Chain2", binary(autograd.Chain2), signed, p[0], p[1])
		l.add("ChainDiv", binary(autograd.ChainDiv), signed, p[0], p[1])
		l.add("Pointwise2", binary(hypot.Of), signed, p[0], p[1])
		for _, name := range slices.Sorted(maps.Keys(comparisons)) {
			l.add(name, binary(func(x, y *node) *node { return comparisons[name](x, y).Mul(x).Add(y) }), signed, p[0], p[1])
		}
		l.add("Where", binary(func(x, y *node) *node { return autograd.Where(x.Gt(y), x, y) }), signed, p[0], p[1])
		l.add("Where scalar", binary(func(x, y *node) *node { return autograd.Where(number(1), x, y) }), signed, p[0], p[1])
	}
	mask := autograd.Constant(tensor.FromSlice([]float64{1, 0, 1, 0}, 2, 2))
	l.add("Where wider", binary(func(x, y *node) *node { return autograd.Where(mask, x, y) }), signed, shape{2}, shape{})
}

var comparisons = map[string]func(x, y *node) *node{
	"Eq": (*node).Eq, "Ne": (*node).Ne, "Lt": (*node).Lt, "Le": (*node).Le, "Gt": (*node).Gt, "Ge": (*node).Ge,
}

// Functions of a user's own.
var (
	swish = autograd.Pointwise("swish", func(x float64) float64 { return x / (1 + math.Exp(-x)) },
		func(x, y *node) *node { s := x.Sigmoid(); return s.Add(y.Mul(s.Neg().AddScalar(1))) })
	kernel = autograd.PointwiseKernel(tensor.Function{Name: "cube",
		Values: func(z, x []float64) {
			for i, v := range x {
				z[i] = v * v * v
			}
		},
		VJP: func(dx, dy, x, _ []float64, add bool) {
			for i, v := range x {
				p := dy[i] * (v * v * 3)
				if p != p && dy[i] == 0 {
					p = 0
				}
				if add {
					p += dx[i]
				}
				dx[i] = p
			}
		},
	}, func(x, _ *node) *node { return x.Square().Scale(3) })
	hypot = autograd.Pointwise2("hypot", math.Hypot,
		func(x, _, z *node) *node { return x.Div(z) }, func(_, y, z *node) *node { return y.Div(z) })
)

func (l *list) linear() {
	for _, s := range [][5]int{{2, 3, 4}, {1, 1, 1}, {2, 0, 3}, {0, 2, 3}, {5, 4, 9}} {
		m, k, n := s[0], s[1], s[2]
		for _, lead := range [][2]shape{{{}, {}}, {{2}, {}}, {{}, {2}}, {{2, 1}, {3}}, {{0}, {}}} {
			x, y := lead[0], lead[1]
			cat := func(lead shape, m, n int) shape { return append(slices.Clone(lead), m, n) }
			l.add("MatMul", binary((*node).MatMul), signed, cat(x, m, k), cat(y, k, n))
			l.add("MatMulNT", binary((*node).MatMulNT), signed, cat(x, m, k), cat(y, n, k))
			l.add("MatMulTN", binary((*node).MatMulTN), signed, cat(x, k, m), cat(y, k, n))
		}
		affine := func(xs ...*node) *node { return xs[0].Affine(xs[1], xs[2]) }
		for _, x := range []shape{{m, k}, {k}, {2, m, k}} {
			l.add("Affine", affine, signed, x, shape{k, n}, shape{n})
		}
	}
}

func (l *list) reductions() {
	for _, r := range []struct {
		x    shape
		axes []int
	}{
		{shape{}, nil}, {shape{2, 3}, nil}, {shape{2, 3}, []int{0}}, {shape{2, 3}, []int{-1}}, {shape{2, 3, 2}, []int{-1, 0}},
		{shape{2, 1, 3}, []int{1}}, {shape{0, 3}, []int{1}}, {shape{2, 3}, []int{0, 1}},
	} {
		name := fmt.Sprint(r.axes)
		l.add("Sum"+name, unary(func(x *node) *node { return x.Sum(r.axes...) }), signed, r.x)
		l.add("Mean"+name, unary(func(x *node) *node { return x.Mean(r.axes...) }), signed, r.x)
	}
	l.add("Sum", unary(func(x *node) *node { return x.Sum() }), signed, shape{0, 3})
	l.add("Sum[0]", unary(func(x *node) *node { return x.Sum(0) }), signed, shape{0, 3})
	for _, r := range [][2]shape{
		{{}, {2, 3}}, {{3}, {2, 3}}, {{2, 1}, {2, 3}}, {{2, 3}, {2, 3}}, {{1}, {}}, {{1, 3}, {0, 3}}, {{2, 1, 2}, {2, 2, 3, 2}}, {{}, {}},
	} {
		small, large := r[0], r[1]
		if len(small) <= len(large) {
			l.add(fmt.Sprint("BroadcastTo", large), unary(func(x *node) *node { return x.BroadcastTo(large...) }), signed, small)
			l.add(fmt.Sprint("SumTo", small), unary(func(x *node) *node { return x.SumTo(small...) }), signed, large)
		}
	}
}

func (l *list) shapes() {
	for _, r := range [][2]shape{{{2, 3}, {3, 2}}, {{2, 3}, {-1}}, {{}, {1, 1}}, {{0, 3}, {3, 0}}, {{6}, {1, 2, 1, 3, 1}}} {
		l.add(fmt.Sprint("Reshape", r[1]), unary(func(x *node) *node { return x.Reshape(r[1]...) }), signed, r[0])
	}
	for _, r := range [][2]shape{{{2, 3}, nil}, {{2, 3}, {1, 0}}, {{2, 3, 4}, {2, 0, 1}}, {{2, 3, 4}, {-2, 0, -1}}, {{}, nil}, {{0, 2}, nil}, {{3}, {0}}} {
		l.add(fmt.Sprint("Transpose", r[1]), unary(func(x *node) *node { return x.Transpose(r[1]...) }), signed, r[0])
	}
	for _, r := range []struct {
		x          shape
		axis, i, j int
	}{
		{shape{4}, 0, 1, 3}, {shape{4, 2}, 0, 0, 4}, {shape{4, 2}, 0, 2, 2}, {shape{2, 3}, 1, 1, 3}, {shape{2, 3, 2}, -2, 0, 1}, {shape{2, 3}, -2, 1, 2}, {shape{0, 3}, 1, 0, 2},
	} {
		name := fmt.Sprintf("(%d,%d,%d)", r.axis, r.i, r.j)
		l.add("Slice"+name, unary(func(x *node) *node { return x.Slice(r.axis, r.i, r.j) }), signed, r.x)
		n := r.i + 5
		l.add("pad"+name, unary(func(x *node) *node { return autograd.Pad(x, r.axis, r.i, n) }), signed, r.x)
	}
	places := autograd.Constant(tensor.Rows([][]float64{{4, 0, 2}, {4, -1, 4}}))
	l.add("Take", unary(func(x *node) *node { return autograd.Take(x, places) }), signed, shape{5})
	l.add("Take", unary(func(x *node) *node { return autograd.Take(x, places) }), signed, shape{2, 3})
	l.add("Take", unary(func(x *node) *node { return autograd.Take(x, places, 2) }), signed, shape{5, 2})
	l.add("Put", unary(func(x *node) *node { return autograd.Put(x, places, number(5).BroadcastTo(5, 2)) }), signed, shape{2, 3, 2})
	l.add("Put", unary(func(x *node) *node { return autograd.Put(x, places, number(5).BroadcastTo(5)) }), signed, shape{2, 3})
	concat := func(axis int, shapes ...shape) {
		l.add(fmt.Sprintf("Concat(%d)", axis), func(xs ...*node) *node { return autograd.Concat(axis, xs...) }, signed, shapes...)
	}
	concat(0, shape{2}, shape{3})
	concat(0, shape{2, 3})
	concat(-1, shape{2, 3}, shape{2, 1}, shape{2, 0})
	concat(1, shape{2, 3}, shape{2, 1}, shape{2, 2}, shape{2, 1}, shape{2, 2})
	concat(1, shape{2, 1, 2}, shape{2, 2, 2})
	concat(0, shape{0}, shape{0})
}

// Every exported operation is in the list: functions, and methods of Node, that return one node.
func TestListIsComplete(t *testing.T) {
	missing := map[string]bool{}
	for _, file := range sources(t) {
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Name.IsExported() && givesNode(f) {
				missing[f.Name.Name] = true
			}
		}
	}
	for _, other := range []string{"Variable", "Constant", "Scalar", "Apply", "Input", "Keep", "Named", "Of", "VJP", "JVP"} { // not operations
		if !missing[other] {
			t.Errorf("%s is not found", other)
		}
		delete(missing, other)
	}
	if len(missing) < 30 {
		t.Fatalf("only %d operations found: %v", len(missing), missing)
	}
	for _, c := range allOps() {
		delete(missing, opName(c))
	}
	if len(missing) > 0 {
		t.Errorf("not in the list of all operations: %v", slices.Sorted(maps.Keys(missing)))
	}
}

// opName returns the operation's name.
func opName(c opCase) string {
	return strings.FieldsFunc(c.name, func(r rune) bool { return r == '[' || r == '(' || r == ' ' })[0]
}

// sources returns the parsed files of this package, without tests, by name.
func sources(t *testing.T) map[string]*ast.File {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]*ast.File{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		if files[name], err = parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// givesNode reports whether f, a function or a method, returns one node.
func givesNode(f *ast.FuncDecl) bool {
	isNode := func(e ast.Expr) bool {
		star, ok := e.(*ast.StarExpr)
		if !ok {
			return false
		}
		id, ok := star.X.(*ast.Ident)
		return ok && id.Name == "Node"
	}
	return f.Type.Results != nil && len(f.Type.Results.List) == 1 && isNode(f.Type.Results.List[0].Type)
}
