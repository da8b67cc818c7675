package trace

import (
	"reflect"
	"strconv"
	"strings"
	"sync"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// A Formulator is an Op of a user's own that can give its rules as formulas, for [Edge.Formula]. In a
// formula, $d stands for ∂L/∂y, $y for the result y, $0, $1, … for the inputs, and $$ for a dollar sign:
//
//	func (cube) Formula(i int) string { return "$d ⊙ 3 $0²" }
type Formulator interface {
	autograd.Op
	Formula(i int) string
}

// Formula returns the local rule of the edge, that is, what is added to ∂L/∂x. It is written in terms of dy,
// the text for ∂L/∂y, and of the names of y and its inputs. If these are symbols, it is the rule in symbols;
// if they are numbers, it is the rule with numbers. Σ(…) stands for the sum over the repetitions of an input
// that was broadcast.
//
// For an operation that the package does not know, and that is not a [Formulator], the rule is
// ∂L/∂y ⊙ f′(x), or with several inputs ∂L/∂y ⊙ ∂ᵢf(x₀, x₁, …), if the operation is applied element by
// element, and VJPᵢ(∂L/∂y) otherwise.
func (e *Edge) Formula(dy string, name func(x *autograd.Node) string) string {
	y := e.From
	pairs := []string{"$$", "$", "$d", dy, "$y", name(y)}
	for i := y.NumInputs() - 1; i >= 0; i-- { // $10 before $1
		pairs = append(pairs, "$"+strconv.Itoa(i), name(y.Input(i)))
	}
	f := strings.NewReplacer(pairs...).Replace(e.formula)
	if e.Summed {
		return "Σ(" + f + ")"
	}
	return f
}

// template returns the formula of an edge with placeholders: $d and so on.
func template(e *Edge) string {
	y, op := e.From, e.From.Op()
	if f, ok := op.(Formulator); ok {
		return f.Formula(e.Input)
	}
	k, name := strconv.Itoa(e.Input), strings.ReplaceAll(printable(op.Name()), "$", "$$")
	switch row, ok := rows()[keyOf(op)]; {
	case ok:
		text := row.formulas[min(e.Input, len(row.formulas)-1)]
		return strings.NewReplacer("$i", "$"+k, "$a", first(e.Slope), "$n", repetitions(y, e.To)).Replace(text)
	case isPointwise(op) && y.NumInputs() == 1:
		return "$d ⊙ " + name + "′($0)"
	case isPointwise(op):
		all := make([]string, y.NumInputs())
		for i := range all {
			all[i] = "$" + strconv.Itoa(i)
		}
		return "$d ⊙ ∂" + subscript(e.Input) + name + "(" + strings.Join(all, ", ") + ")"
	}
	return "VJP" + subscript(e.Input) + "($d)"
}

// first returns the first element of a slope that is the same everywhere.
func first(slope *tensor.Tensor) string {
	if slope == nil || slope.Len() == 0 {
		return "a"
	}
	mantissa, exponent, ok := strings.Cut(number(slope.Data()[0]), "e")
	mantissa = strings.ReplaceAll(mantissa, "-", "−") // the minus sign of the formulas
	if !ok {
		return mantissa
	}
	e, _ := strconv.Atoi(exponent)
	return mantissa + "·10" + superscripts.Replace(strconv.Itoa(e))
}

var superscripts = strings.NewReplacer("-", "⁻", "0", "⁰", "1", "¹", "2", "²", "3", "³", "4", "⁴", "5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸", "9", "⁹")

// repetitions returns how many elements of x become one of y.
func repetitions(y, x *autograd.Node) string {
	if y.Value().Len() == 0 {
		return "n"
	}
	return strconv.Itoa(x.Value().Len() / y.Value().Len())
}

func subscript(i int) string {
	return strings.Map(func(digit rune) rune { return digit - '0' + '₀' }, strconv.Itoa(i))
}

// A row describes an operation of package autograd: whether it is applied element by element, and its
// rule for each input; the last rule is also that for all further inputs. $i is the input of the rule,
// $a a slope that is the same number everywhere, and $n how many elements become one.
type row struct {
	pointwise bool
	formulas  []string
}

// isPointwise reports whether op is applied element by element.
func isPointwise(op autograd.Op) bool {
	if p, ok := op.(interface{ Pointwise() bool }); ok {
		return p.Pointwise()
	}
	return rows()[keyOf(op)].pointwise
}

// keyOf returns what distinguishes an operation of package autograd from others: its type and
// name. But pointwise functions share types, and a user may give one an existing name, so for
// these it is the function itself.
func keyOf(op autograd.Op) any {
	if p, ok := op.(interface{ Pointwise() bool }); ok && p.Pointwise() {
		if reflect.ValueOf(op).Comparable() {
			return op
		}
		return nil
	}
	type kind struct {
		t    reflect.Type
		name string
	}
	return kind{reflect.TypeOf(op), op.Name()}
}

// rows are the operations of package autograd by key. The key of each comes from an example of its use.
var rows = sync.OnceValue(func() map[any]row {
	table := map[any]row{}
	operations(func(pointwise bool, example *autograd.Node, formulas ...string) {
		if example != nil {
			table[keyOf(example.Op())] = row{pointwise, formulas}
		}
	})
	return table
})

// operations calls is for every row of the table.
func operations(is func(pointwise bool, example *autograd.Node, formulas ...string)) {
	x := autograd.Variable(tensor.Full(1, 1, 1))
	batch := x.Reshape(1, 1, 1)
	// inGrad returns a node of the operation op in the graph of y's gradient, if there is one. It is for
	// operations that only rules use.
	inGrad := func(op string, y *autograd.Node) *autograd.Node {
		for _, n := range autograd.Graph(autograd.Grad(y.Sum(), x)[0]) {
			if n.Op() != nil && n.Op().Name() == op {
				return n
			}
		}
		return nil
	}
	const pointwise, whole = true, false

	is(pointwise, x.Add(x), "$d", "$d")
	is(pointwise, x.Sub(x), "$d", "−$d")
	is(pointwise, x.Mul(x), "$d ⊙ $1", "$d ⊙ $0")
	is(pointwise, batch.Mul(x), "$d ⊙ $1", "$d ⊙ $0")
	is(pointwise, x.Div(x), "$d / $1", "$d ⊙ −$y/$1")
	is(pointwise, x.Pow(x), "$d ⊙ $1 $0^($1−1)", "$d ⊙ $y log $0")
	is(pointwise, x.Neg(), "−$d")
	is(pointwise, x.Scale(2), "$a · $d")
	is(pointwise, x.AddScalar(2), "$d")
	is(pointwise, x.Exp(), "$d ⊙ $y")
	is(pointwise, x.Log(), "$d / $0")
	is(pointwise, x.Sqrt(), "$d / (2 $y)")
	is(pointwise, x.Square(), "$d ⊙ 2 $0")
	is(pointwise, x.Reciprocal(), "$d ⊙ −$y²")
	is(pointwise, x.Rsqrt(), "$d ⊙ −$y/(2 $0)")
	is(pointwise, x.Exp2(), "$d ⊙ $y ln 2")
	is(pointwise, x.Expm1(), "$d ⊙ e^$0")
	is(pointwise, x.Log1p(), "$d / (1 + $0)")
	is(pointwise, x.Log2(), "$d / ($0 ln 2)")
	is(pointwise, x.Log10(), "$d / ($0 ln 10)")
	is(pointwise, x.Abs(), "$d ⊙ sign $0")
	is(pointwise, x.Sin(), "$d ⊙ cos $0")
	is(pointwise, x.Cos(), "$d ⊙ −sin $0")
	is(pointwise, x.Tan(), "$d ⊙ (1 + $y²)")
	is(pointwise, x.Asin(), "$d ⊙ 1/√(1 − $0²)")
	is(pointwise, x.Acos(), "$d ⊙ −1/√(1 − $0²)")
	is(pointwise, x.Atan(), "$d ⊙ 1/(1 + $0²)")
	is(pointwise, x.Sinh(), "$d ⊙ cosh $0")
	is(pointwise, x.Cosh(), "$d ⊙ sinh $0")
	is(pointwise, x.Asinh(), "$d ⊙ 1/√(1 + $0²)")
	is(pointwise, x.Atanh(), "$d ⊙ 1/(1 − $0²)")
	is(pointwise, x.Hypot(x), "$d ⊙ $0/$y", "$d ⊙ $1/$y")
	is(pointwise, x.Maximum(x), "$d where $0 > $1, half of it where $0 = $1, and 0 where $0 < $1", "$d where $1 > $0, half of it where $1 = $0, and 0 where $1 < $0")
	is(pointwise, x.Minimum(x), "$d where $0 < $1, half of it where $0 = $1, and 0 where $0 > $1", "$d where $1 < $0, half of it where $1 = $0, and 0 where $1 > $0")
	is(pointwise, x.Sigmoid(), "$d ⊙ $y ⊙ (1 − $y)")
	is(pointwise, x.Tanh(), "$d ⊙ (1 − $y²)")
	is(pointwise, x.ReLU(), "$d where $0 > 0, else 0")
	is(pointwise, autograd.Where(x, x, x), "0", "$d where $0 is 1, else 0", "$d where $0 is 0, else 0")
	is(pointwise, x.Chain(x), "$d ⊙ $1", "$d ⊙ $0")
	is(pointwise, inGrad("Chain2", x.Chain(x.Scale(2))), "$d ⊙ $1", "$d ⊙ $0")
	is(pointwise, inGrad("ChainDiv", x.Log()), "$d / $1", "−$d ⊙ $y / $1")

	is(whole, x.MatMul(x), "$d · $1ᵀ", "$0ᵀ · $d")
	is(whole, batch.MatMul(x), "$d · $1ᵀ", "$0ᵀ · $d")
	is(whole, x.MatMulNT(x), "$d · $1", "($d)ᵀ · $0")
	is(whole, batch.MatMulNT(x), "$d · $1", "($d)ᵀ · $0")
	is(whole, x.MatMulTN(x), "$1 · ($d)ᵀ", "$0 · $d")
	is(whole, batch.MatMulTN(x), "$1 · ($d)ᵀ", "$0 · $d")
	is(whole, x.Affine(x, x.Reshape(1)), "$d · $1ᵀ", "$0ᵀ · $d", "$d")

	is(whole, x.Sum(), "$d, repeated")
	is(whole, x.Mean(), "$d / $n, repeated")
	is(whole, x.BroadcastTo(1, 1, 1), "$d, summed over the repetitions")
	is(whole, x.SumTo(1), "$d, repeated")
	is(whole, x.SquaredError(x), "$d · ($0 − $1)", "−$d · ($0 − $1)")

	is(whole, batch, "$d, in the input's shape")
	is(whole, x.Transpose(), "$d, with its axes put back")
	is(whole, x.Slice(0, 0, 1), "$d at the place of the part, and 0 around it")
	is(whole, inGrad("pad", x.Slice(0, 0, 1)), "$d, sliced")
	is(whole, autograd.Concat(0, x, x), "$d at the place of $i")
	is(whole, autograd.Grad(x.Sum(), x)[0], "$d", "0")

	is(whole, x.Softmax(0), "$y ⊙ ($d − Σ $d ⊙ $y)")
	is(whole, x.LogSoftmax(0), "$d − e^$y ⊙ Σ $d")
	is(whole, x.LogSumExp(0), "$d ⊙ e^($0 − $y)")
	is(whole, x.Max(), "$d / how often $y is there where $0 = $y, else 0")
	is(whole, x.Min(), "$d / how often $y is there where $0 = $y, else 0")
	is(whole, x.CumSum(0), "Σ $d, from each place to the end")
	is(whole, x.Flip(0), "$d, flipped back")
	is(whole, x.Diagonal(0, 0, 1), "$d on the diagonal, and 0 elsewhere")
	is(whole, x.Sort(0, false), "$d, put back where they were")
	is(whole, x.Tril(0), "$d, its lower triangle")
	is(whole, x.Triu(0), "$d, its upper triangle")
	is(whole, x.Det(), "$d C, where C are the cofactors of $0")
	is(whole, x.Inverse(), "−$yᵀ · $d · $yᵀ")
	class := autograd.Constant(tensor.New(1))
	is(whole, x.NLL(class).Input(0), "$d added at $1, and 0 elsewhere")
	is(whole, x.Reshape(1).OfClasses(class), "$d added at $1, and 0 elsewhere")
	is(whole, x.IndexSelect(0, class), "$d added at $1, and 0 elsewhere")
	is(whole, x.Gather(0, class.Reshape(1, 1)), "$d added at $1, and 0 elsewhere")
}
