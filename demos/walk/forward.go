package walk

import (
	"reflect"
	"strconv"
	"strings"

	"gentlegrad/autograd"
)

// forms says how operations of package autograd are written; $0, $1, … are the inputs. Operations
// that are not here are written as a call: LogSoftmax(z₂).
var forms = map[string]string{
	"Add": "$0 + $1", "Sub": "$0 − $1", "Mul": "$0 ⊙ $1", "Div": "$0 / $1", "Neg": "−$0",
	"MatMul": "$0 · $1", "MatMulNT": "$0 · $1ᵀ", "MatMulTN": "$0ᵀ · $1", "Affine": "$0 · $1 + $2",
	"Sigmoid": "1 / (1 + e^−$0)", "Tanh": "tanh $0", "ReLU": "max(0, $0)", "Exp": "e^$0", "Log": "log $0",
	"Square": "$0²", "Sqrt": "√$0", "SquaredError": "½ Σ ($0 − $1)²", "Sum": "Σ $0", "Transpose": "$0ᵀ",
}

// form returns the form of the operation that made y, if there is one; numbers can be put
// into it as well as names.
func (m *maker) form(y *autograd.Node) (string, bool) {
	t := reflect.TypeOf(y.Op())
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	f, ok := forms[y.Op().Name()]
	if edges := m.edges[y]; y.Op().Name() == "Scale" && len(edges) == 1 { // a·x as a·∂L/∂y
		f, ok = edges[0].Formula("$0", m.of), true
	}
	return f, ok && t.PkgPath() == reflect.TypeFor[autograd.Node]().PkgPath()
}

// forward returns the formula by which y is computed from its inputs.
func (m *maker) forward(y *autograd.Node, name func(x *autograd.Node) string) string {
	f, ok := m.form(y)
	if !ok {
		var inputs []string
		for k := range y.NumInputs() {
			inputs = append(inputs, "$"+strconv.Itoa(k))
		}
		f = y.Op().Name() + "(" + strings.Join(inputs, ", ") + ")"
	}
	var pairs []string
	for k := y.NumInputs() - 1; k >= 0; k-- { // $10 before $1
		pairs = append(pairs, "$"+strconv.Itoa(k), name(y.Input(k)))
	}
	return strings.NewReplacer(pairs...).Replace(f)
}
