package trace_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/autograd/trace"
	"gentlegrad/tensor"
)

// formulas are losses y of two leaves a and b, and the rules of y's first two inputs.
var formulas = []struct {
	y     func(a, b *node) *node
	rules []string
}{
	{(*node).Add, []string{"∂y", "∂y"}},
	{(*node).Sub, []string{"∂y", "−∂y"}},
	{(*node).Mul, []string{"∂y ⊙ b", "∂y ⊙ a"}},
	{func(_, b *node) *node { return number(.5, 1, 1, 1).Named("c").Mul(b) }, []string{"", "Σ(∂y ⊙ c)"}},
	{(*node).Div, []string{"∂y / b", "∂y ⊙ −y/b"}},
	{(*node).Pow, []string{"∂y ⊙ b a^(b−1)", "∂y ⊙ y log a"}},
	{(*node).Chain, []string{"∂y ⊙ b", "∂y ⊙ a"}},
	{one((*node).Neg), []string{"−∂y"}},
	{one(func(a *node) *node { return a.Scale(-2.5) }), []string{"−2.5 · ∂y"}},
	{one((*node).Reciprocal), []string{"∂y ⊙ −y²"}},
	{one((*node).Rsqrt), []string{"∂y ⊙ −y/(2 a)"}},
	{one((*node).Exp2), []string{"∂y ⊙ y ln 2"}},
	{one((*node).Expm1), []string{"∂y ⊙ e^a"}},
	{one((*node).Log1p), []string{"∂y / (1 + a)"}},
	{one((*node).Log2), []string{"∂y / (a ln 2)"}},
	{one((*node).Log10), []string{"∂y / (a ln 10)"}},
	{one((*node).Abs), []string{"∂y ⊙ sign a"}},
	{one((*node).Sin), []string{"∂y ⊙ cos a"}},
	{one((*node).Cos), []string{"∂y ⊙ −sin a"}},
	{one((*node).Tan), []string{"∂y ⊙ (1 + y²)"}},
	{one((*node).Asin), []string{"∂y ⊙ 1/√(1 − a²)"}},
	{one((*node).Acos), []string{"∂y ⊙ −1/√(1 − a²)"}},
	{one((*node).Atan), []string{"∂y ⊙ 1/(1 + a²)"}},
	{one((*node).Sinh), []string{"∂y ⊙ cosh a"}},
	{one((*node).Cosh), []string{"∂y ⊙ sinh a"}},
	{one((*node).Asinh), []string{"∂y ⊙ 1/√(1 + a²)"}},
	{one((*node).Atanh), []string{"∂y ⊙ 1/(1 − a²)"}},
	{(*node).Hypot, []string{"∂y ⊙ a/y", "∂y ⊙ b/y"}},
	{(*node).Maximum, []string{"∂y where a > b, half of it where a = b, and 0 where a < b", "∂y where b > a, half of it where b = a, and 0 where b < a"}},
	{(*node).Minimum, []string{"∂y where a < b, half of it where a = b, and 0 where a > b", "∂y where b < a, half of it where b = a, and 0 where b > a"}},
	{one(func(a *node) *node { return a.AddScalar(3) }), []string{"∂y"}},
	{one((*node).Exp), []string{"∂y ⊙ y"}},
	{one((*node).Log), []string{"∂y / a"}},
	{one((*node).Sqrt), []string{"∂y / (2 y)"}},
	{one((*node).Square), []string{"∂y ⊙ 2 a"}},
	{one((*node).Sigmoid), []string{"∂y ⊙ y ⊙ (1 − y)"}},
	{one((*node).Tanh), []string{"∂y ⊙ (1 − y²)"}},
	{one((*node).ReLU), []string{"∂y where a > 0, else 0"}},
	{func(a, b *node) *node { return autograd.Where(number(1).Named("m"), a, b) }, []string{"", "∂y where m is 1, else 0", "∂y where m is 0, else 0"}},
	{(*node).MatMul, []string{"∂y · bᵀ", "aᵀ · ∂y"}},
	{(*node).MatMulNT, []string{"∂y · b", "(∂y)ᵀ · a"}},
	{(*node).MatMulTN, []string{"b · (∂y)ᵀ", "a · ∂y"}},
	{func(a, b *node) *node { return a.Affine(b, number(1, 1)) }, []string{"∂y · bᵀ", "aᵀ · ∂y"}},
	{func(a, b *node) *node { return number(1, 1, 1).Affine(number(1, 1, 1), b.Reshape(1).Named("r")) }, []string{"", "", "Σ(∂y)"}},
	{one(func(a *node) *node { return a.Sum() }), []string{"∂y, repeated"}},
	{one(func(a *node) *node { return a.BroadcastTo(5, 1).Named("r").Mean() }), []string{"∂y / 5, repeated"}},
	{one(func(a *node) *node { return a.BroadcastTo(1, 1, 1) }), []string{"∂y, summed over the repetitions"}},
	{one(func(a *node) *node { return a.SumTo(1) }), []string{"∂y, repeated"}},
	{(*node).SquaredError, []string{"∂y · (a − b)", "−∂y · (a − b)"}},
	{one(func(a *node) *node { return a.Reshape(1) }), []string{"∂y, in the input's shape"}},
	{one(func(a *node) *node { return a.Transpose() }), []string{"∂y, with its axes put back"}},
	{one(func(a *node) *node { return a.Slice(0, 0, 1) }), []string{"∂y at the place of the part, and 0 around it"}},
	{one(func(a *node) *node { return autograd.Concat(0, a) }), []string{"∂y at the place of a"}},
	{one(func(a *node) *node { return a.Softmax(0) }), []string{"y ⊙ (∂y − Σ ∂y ⊙ y)"}},
	{one(func(a *node) *node { return a.LogSoftmax(0) }), []string{"∂y − e^y ⊙ Σ ∂y"}},
	{one(func(a *node) *node { return a.LogSumExp(0) }), []string{"∂y ⊙ e^(a − y)"}},
	{one(func(a *node) *node { return a.Max() }), []string{"∂y / how often y is there where a = y, else 0"}},
	{one(func(a *node) *node { return a.Min() }), []string{"∂y / how often y is there where a = y, else 0"}},
	{one(func(a *node) *node { return a.CumSum(0) }), []string{"Σ ∂y, from each place to the end"}},
	{one(func(a *node) *node { return a.Flip(0) }), []string{"∂y, flipped back"}},
	{one(func(a *node) *node { return a.Diagonal(0, 0, 1) }), []string{"∂y on the diagonal, and 0 elsewhere"}},
	{one(func(a *node) *node { return a.Sort(0, false) }), []string{"∂y, put back where they were"}},
	{one(func(a *node) *node { return a.Tril(0) }), []string{"∂y, its lower triangle"}},
	{one(func(a *node) *node { return a.Triu(0) }), []string{"∂y, its upper triangle"}},
	{one((*node).Det), []string{"∂y C, where C are the cofactors of a"}},
	{one((*node).Inverse), []string{"−yᵀ · ∂y · yᵀ"}},
	{one(func(a *node) *node { return a.NLL(number(0, 1).Named("c")).Input(0) }), []string{"∂y added at c, and 0 elsewhere"}},
	{one(func(a *node) *node { return a.Reshape(1).Named("r").OfClasses(number(0, 1).Named("c")) }), []string{"∂y added at c, and 0 elsewhere"}},
	{one(func(a *node) *node { return a.IndexSelect(0, number(0, 1).Named("c")) }), []string{"∂y added at c, and 0 elsewhere"}},
	{one(func(a *node) *node { return a.Gather(0, number(0, 1, 1).Named("c")) }), []string{"∂y added at c, and 0 elsewhere"}},
	{one(swish.Of), []string{"∂y ⊙ swish′(a)"}},
	{hypot.Of, []string{"∂y ⊙ ∂₀hypot(a, b)", "∂y ⊙ ∂₁hypot(a, b)"}},
	{one(func(a *node) *node { return autograd.Apply(cube{}, a) }), []string{"∂y ⊙ 3 a²"}},
	{func(a, b *node) *node { return autograd.Apply(sink{name: "sink"}, a, b) }, []string{"VJP₀(∂y)", "VJP₁(∂y)"}},
	// User-defined functions that have the names of built-in ones, but are different.
	{one(named("Sigmoid").Of), []string{"∂y ⊙ Sigmoid′(a)"}},
	{one(named("$d of $0").Of), []string{"∂y ⊙ $d of $0′(a)"}},
	{autograd.Pointwise2("$y", math.Hypot, nil, nil).Of, []string{"∂y ⊙ ∂₀$y(a, b)", "∂y ⊙ ∂₁$y(a, b)"}},
	{func(a, b *node) *node { return autograd.Apply(sink{name: "MatMul"}, a, b) }, []string{"VJP₀(∂y)", "VJP₁(∂y)"}},
}

func one(f func(a *node) *node) func(a, _ *node) *node {
	return func(a, _ *node) *node { return f(a) }
}

func number(v float64, shape ...int) *node { return autograd.Constant(tensor.Full(v, shape...)) }

func named(name string) *autograd.Function {
	return autograd.Pointwise(name, func(x float64) float64 { return x * x * x }, func(x, _ *node) *node { return x.Square().Scale(3) })
}

// Each formula reads as it should, and evaluates to the contribution.
func TestFormulas(t *testing.T) {
	calculated := 0
	for _, test := range formulas {
		a, b := autograd.Variable(tensor.Full(.7, 1, 1)).Named("a"), autograd.Variable(tensor.Full(1.3, 1, 1)).Named("b")
		y := test.y(a, b).Named("y")
		name := y.Op().Name()
		for _, s := range trace.Backward(y.Scale(-.6).Sum()).Steps {
			if s.Node != y {
				continue
			}
			if len(s.Edges) == 0 {
				t.Errorf("%s has no edges", name)
			}
			for _, e := range s.Edges {
				got := e.Formula("∂y", (*node).Name)
				if want := test.rules[e.Input]; got != want {
					t.Errorf("%s: the rule of input %d is %q, want %q", name, e.Input, got, want)
				}
				text := e.Formula("(-0.6)", func(x *node) string { return "(" + strconv.FormatFloat(x.Value().Data()[0], 'g', -1, 64) + ")" })
				v, ok := calculate(t, text)
				if ok && !(math.Abs(v-e.Contribution.Data()[0]) <= 1e-15) {
					t.Errorf("%s: %s is %v, the contribution is %v", name, text, v, e.Contribution)
				}
				if ok {
					calculated++
				}
			}
		}
	}
	if calculated < 86 {
		t.Errorf("only %d formulas worked out", calculated)
	}
}

// calculate evaluates a formula of numbers, if it says how to.
func calculate(t *testing.T, f string) (v float64, ok bool) {
	if strings.ContainsAny(f, "′₀₁") {
		return 0, false
	}
	rule, condition, _ := strings.Cut(f, " where ")
	if strings.HasSuffix(condition, "is 0, else 0") {
		return 0, true // the mask is 1
	}
	if strings.HasPrefix(condition, "(1.3) <") || strings.HasPrefix(condition, "(0.7) > (1.3)") {
		return 0, true
	}
	for _, words := range []string{", ", " at the place ", " added at ", " on the diagonal", " / how often ", " C"} { // "how often" is once here, and a cofactor is 1
		rule, _, _ = strings.Cut(rule, words)
	}
	c := calculator{t: t, text: rule}
	v = c.sum()
	if c.text != "" {
		t.Errorf("%s: %q is not understood", f, c.text)
	}
	return v, true
}

// A calculator evaluates formulas of numbers.
type calculator struct {
	t    *testing.T
	text string // not read yet
}

// next reads one of the words, if it comes next, and returns it.
func (c *calculator) next(words ...string) string {
	c.text = strings.TrimLeft(c.text, " ")
	for _, w := range words {
		if rest, ok := strings.CutPrefix(c.text, w); ok {
			c.text = rest
			return w
		}
	}
	return ""
}

func (c *calculator) sum() float64 {
	v := c.product()
	for {
		switch c.next("+", "−", "-") {
		case "":
			return v
		case "+":
			v += c.product()
		default:
			v -= c.product()
		}
	}
}

func (c *calculator) product() float64 {
	v := c.factor()
	for {
		switch c.next("⊙", "·", "/") {
		case "/":
			v /= c.factor()
		case "":
			if c.text == "" || strings.ContainsAny(c.text[:1], ")+-") || strings.HasPrefix(c.text, "−") {
				return v
			}
			v *= c.factor() // nothing in between
		default:
			v *= c.factor()
		}
	}
}

func (c *calculator) factor() (v float64) {
	functions := map[string]func(x float64) float64{"log": math.Log, "ln": math.Log, "cosh": math.Cosh, "sinh": math.Sinh,
		"cos": math.Cos, "sin": math.Sin, "√": math.Sqrt,
		"sign": func(x float64) float64 { return math.Copysign(1, x) },
		"Σ":    func(x float64) float64 { return x }, // of one number
	}
	switch word := c.next("−", "-", "log", "ln", "cosh", "sinh", "cos", "sin", "sign", "√", "Σ", "("); word {
	case "−", "-":
		return -c.factor()
	case "(":
		v = c.sum()
		if c.next(")") == "" {
			c.t.Fatalf("%q: no )", c.text)
		}
	case "":
		v = c.number()
	default:
		return functions[word](c.factor())
	}
	switch c.next("²", "^", "ᵀ") {
	case "²":
		return v * v
	case "^":
		return math.Pow(v, c.factor())
	}
	return v
}

func (c *calculator) number() float64 {
	if c.next("e^") != "" {
		return math.Exp(c.factor())
	}
	n := strings.IndexFunc(c.text+" ", func(r rune) bool { return !strings.ContainsRune("0123456789.", r) })
	v, err := strconv.ParseFloat(c.text[:n], 64)
	if err != nil {
		c.t.Fatalf("%q: %v", c.text, err)
	}
	c.text = c.text[n:]
	return v
}

// The formulas for methods of package autograd say what the doc comments do, but for spaces and the like.
func TestFormulasOfDocs(t *testing.T) {
	docs := docsOf(t, "..")
	compared := 0
	for _, test := range formulas {
		a, b := autograd.Variable(tensor.Full(.7, 1, 1)), autograd.Variable(tensor.Full(1.3, 1, 1))
		y := test.y(a, b)
		doc := docs[y.Op().Name()]
		steps := trace.Backward(y.Sum()).Steps
		for _, e := range steps[1].Edges {
			generic := strings.ContainsAny(test.rules[e.Input], "′₀₁")
			generic = generic || strings.HasSuffix(test.rules[e.Input], "elsewhere") // for selections, whose docs have other words
			number := strings.ContainsAny(test.rules[e.Input], "56789")              // Scale's a, Mean's n
			if doc == "" || e.Input > 0 && strings.Contains(doc, "likewise") || generic || number || e.Summed {
				continue
			}
			if compared++; !docHas(doc, &e, a, b) {
				t.Errorf("the doc of %s has no formula like %q:\n%s", y.Op().Name(), test.rules[e.Input], doc)
			}
		}
	}
	if compared < 74 {
		t.Errorf("only %d formulas compared", compared)
	}
}

// docHas reports whether a doc comment has the formula of an edge, under the names that docs use for ∂L/∂y, y
// and y's inputs.
func docHas(doc string, e *trace.Edge, a, b *node) bool {
	for _, in := range [][4]string{{"∂L/∂z", "z", "x", "y"}, {"∂L/∂y", "y", "x", "p"}, {"∂L/∂y", "y", "a", "t"}, {"∂L/∂z", "z", "dy", "slope"}, {"δ", "z", "x", "w"}} {
		name := func(x *node) string {
			switch x {
			case e.From:
				return in[1]
			case a:
				return in[2]
			case b:
				return in[3]
			}
			return "mask"
		}
		f := "∂L/∂" + name(e.To) + " = " + strings.ReplaceAll(e.Formula(in[0], name), "e^x", "eˣ")
		f, _, _ = strings.Cut(f+"\n", ",") // where formulas use words, the docs may use others
		f, _, _ = strings.Cut(f, " at the place")
		if strings.Contains(doc, plain(f)) {
			return true
		}
	}
	return false
}

var plain = strings.NewReplacer("  ", "\n", ",", "\n", " ", "", "(", "", ")", "", "·", "", "ᵢ", "").Replace

// docsOf returns the doc comments of a package's functions, as plain leaves them.
func docsOf(t *testing.T, dir string) map[string]string {
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	docs := map[string]string{}
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Doc != nil {
				docs[f.Name.Name] += plain(f.Doc.Text())
			}
		}
	}
	return docs
}

// A factor with an exponent is written with a power of ten.
func TestPowersOfTen(t *testing.T) {
	for a, want := range map[float64]string{3e-7: "3·10⁻⁷ · d", -1.5e12: "−1.5·10¹² · d"} {
		step := trace.Backward(autograd.Variable(tensor.Scalar(1)).Scale(a)).Steps[0]
		if got := step.Edges[0].Formula("d", (*node).Name); got != want {
			t.Errorf("%v: %s, want %s", a, got, want)
		}
	}
}
