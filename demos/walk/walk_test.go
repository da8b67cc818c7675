package walk

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

var update = flag.Bool("update", false, "write golden files anew")

// The three witnesses agree, for every graph, observation and state: what the walk finds, what the rules
// by hand give, and numerical derivatives.
func TestWitnesses(t *testing.T) {
	t.Parallel()
	for _, e := range Examples() {
		t.Run(e.ID, func(t *testing.T) {
			t.Parallel()
			b := e.Book()
			if len(b.Walks) != Observations*len(States) {
				t.Fatalf("%d walks", len(b.Walks))
			}
			for k, w := range b.Walks {
				byHand := map[string]bool{}
				for _, l := range b.Lines[k] {
					n := w.byID(l.Node)
					value := n.Gradient
					if l.Step == "I" {
						value = n.Value
					} else {
						byHand[l.Node] = true
					}
					if gap := largestGap(l.Value, value); gap > 1e-12 {
						t.Errorf("walk %d: %s by hand differs by %v", k, l.Name, gap)
					}
				}
				numerical := 0
				for i, n := range w.Nodes {
					if n.Gradient != nil && !n.Op && !byHand[n.ID] {
						t.Errorf("%s has no rule by hand", n.Name)
					}
					if m := b.numbers[k][i]; m != nil {
						numerical++
						const rounding = 1e-15 // of the gradient, a sum of terms no larger than 1
						if gap := largestGap(m.Gradient, n.Gradient); !(gap <= m.Bound+rounding && m.Bound <= 1e-6) {
							t.Errorf("walk %d: %s differs from the numerical gradient by %v, its bound is %v", k, n.Grad, gap, m.Bound)
						}
					} else if n.Gradient != nil && i < len(w.Nodes)-1 {
						t.Errorf("walk %d: %s has no numerical gradient", k, n.Name)
					}
				}
				if numerical == 0 {
					t.Error("no numerical gradients")
				}
			}
		})
	}
}

// Training lowers the loss of every graph, and "during" is between.
func TestStates(t *testing.T) {
	t.Parallel()
	for _, e := range Examples() {
		b := e.Book()
		var loss [3]float64
		for k, w := range b.Walks {
			loss[k/Observations] += w.Nodes[len(w.Nodes)-1].Value.Item()
		}
		if !(loss[0] > loss[1] && loss[1] > loss[2]) {
			t.Errorf("%s: losses %v", e.ID, loss)
		}
	}
}

// A walk ends with what autograd.Backward gives, sums its contributions, and visits a node
// when its sum is complete.
func TestWalk(t *testing.T) {
	t.Parallel()
	for _, e := range Examples() {
		b := e.One(2, 0)
		w := b.Walks[0]
		grads := autograd.Backward(w.Nodes[len(w.Nodes)-1].node)
		sums, ids := map[int]*tensor.Tensor{}, map[string]bool{}
		for _, s := range w.Steps {
			if ids[s.ID] {
				t.Errorf("%s: two steps are called %s", e.ID, s.ID)
			}
			ids[s.ID] = true
			switch s.Kind {
			case Pass:
				sums[s.To] = s.After
			case Visit:
				if n := &w.Nodes[s.Node]; len(n.Users) > 0 && !tensor.Equal(sums[s.Node], n.Gradient) {
					t.Errorf("%s: %s is visited with an incomplete sum", e.ID, n.Name)
				}
			}
		}
		for i, n := range w.Nodes {
			if n.Gradient == nil {
				continue
			}
			if gap := largestGap(grads.Of(n.node), n.Gradient); gap > 1e-15 {
				t.Errorf("%s: %s differs from Backward's by %v", e.ID, n.Grad, gap)
			}
			if !ids[n.ID] {
				t.Errorf("%s: node %d, %s, is not visited", e.ID, i, n.ID)
			}
		}
	}
}

func TestNumber(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		v      float64
		digits int
		want   string
	}{
		{0, 3, "0"}, {1, 3, "1"}, {-2, 4, "−2"}, {.625, 4, "0.6250"}, {.63, 3, "0.630"}, {-.12456, 3, "−0.125"}, {.0009996, 3, "0.00100"},
		{8.2e-4, 2, "8.2·10⁻⁴"}, {-.00082, 3, "−8.20·10⁻⁴"}, {12.3456, 3, "12.3"}, {1234.56, 3, "1235"}, {1234567, 3, "1.23·10⁶"},
		{1e-12, 2, "1.0·10⁻¹²"}, {math.Inf(-1), 3, "−∞"}, {math.NaN(), 3, "NaN"},
	} {
		if got := number(test.v, test.digits); got != test.want {
			t.Errorf("number(%v, %d) = %q, want %q", test.v, test.digits, got, test.want)
		}
	}
}

// A matrix is written transposed where the rule has a ᵀ; a batch of matrices keeps the sign.
func TestTransposed(t *testing.T) {
	t.Parallel()
	w := autograd.Variable(tensor.FromSlice([]float64{1, 2, 3, 4, 5, 6}, 2, 3))
	for want, y := range map[string]*autograd.Node{
		"(1 2 3; 4 5 6) · (1 4; 2 5; 3 6) = (14 32; 32 77)": w.MatMulNT(w),
		"(1 2 3; 4 5 6) · (1 2 3; 4 5 6)ᵀ = (14 32; 32 77)": w.Reshape(1, 2, 3).MatMulNT(w.Reshape(1, 2, 3)),
	} {
		steps := New(y.Sum()).Steps
		k := slices.IndexFunc(steps, func(s Step) bool { return strings.Contains(s.Says, "MatMulNT") })
		if got := steps[k].Value.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// A tensor without elements is a pair of parentheses, in text and on the page.
func TestEmpty(t *testing.T) {
	t.Parallel()
	for text, shape := range map[string][]int{"()": {0}, "0×9 ()": {0, 9}, "5×0 ()": {5, 0}} {
		e := only(tensor.New(shape...), stepDigits)
		if html := regexp.MustCompile("<[^>]*>").ReplaceAllString(e.HTML(), ""); e.String() != text || html != "()" {
			t.Errorf("%v: %q, on the page %q", shape, e, html)
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	x := autograd.Variable(tensor.Scalar(2))
	w1 := autograd.Variable(tensor.Scalar(3)).Named("w1")
	same := autograd.Variable(tensor.Scalar(3)).Named("w1")
	w := New(x.Mul(w1).Named("z12").Mul(same).Named("two words"))
	var got []string
	for _, n := range w.Nodes {
		got = append(got, n.Name+" "+n.Grad)
	}
	want := "v₁ ∂two words/∂v₁, w₁ ∂two words/∂w₁, w1#2 ∂two words/∂w1#2, z₁₂ δ₁₂, two words ∂two words/∂two words"
	if strings.Join(got, ", ") != want {
		t.Errorf("names %q, want %q", strings.Join(got, ", "), want)
	}
}

// Each step has an ID of its own, and a visit that of its node, whatever the nodes are called.
func TestIDs(t *testing.T) {
	t.Parallel()
	b := autograd.Variable(tensor.Scalar(2)).Named("b")
	w := New(b.Exp().Named("a").Mul(b.Sin().Named("record-a")).Mul(b.Cos().Named("a-b")).Named("leaves"))
	ids := map[string]bool{}
	for _, s := range w.Steps {
		if ids[s.ID] || s.Kind == Visit && s.ID != w.Nodes[s.Node].ID {
			t.Errorf("%s has the ID %s", s.Title, s.ID)
		}
		ids[s.ID] = true
	}
}

// The rules with numbers are those of the symbols: a few, read by eye.
func TestRules(t *testing.T) {
	t.Parallel()
	e, err := ExampleOf("tied")
	must(t, err)
	var got strings.Builder
	for _, s := range e.One(2, 0).Walks[0].Steps {
		if s.Kind == Pass {
			got.WriteString(s.Rule + " = " + s.Value.String() + "\n")
			if !s.Sum.isEmpty() {
				got.WriteString(s.Sum.String() + "\n")
			}
		}
	}
	golden(t, "tied-rules.txt", got.String())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	name = "testdata/" + name
	if *update {
		must(t, os.MkdirAll("testdata", 0o777))
		must(t, os.WriteFile(name, []byte(got), 0o666))
	}
	want, err := os.ReadFile(name)
	must(t, err)
	if got != string(want) {
		t.Errorf("differs from %s (go test ./demos/walk -update writes it anew):\n%s", name, got)
	}
}

// Where a user passes nothing, that is what is said, and the line that is lit.
func TestNothingPassed(t *testing.T) {
	t.Parallel()
	w := autograd.Variable(tensor.FromSlice([]float64{1.5, 2}, 2)).Named("w")
	u := w.Square().Named("u")
	walk := New(u.Floor().Add(w).Named("y").Sum()) // the slope of Floor is 0: nothing reaches u
	lit := NewBook("b", "", walk, nil).mark(0).on
	for title, want := range map[string]struct {
		says string
		at   int
	}{
		"y passes to w":   {"No other user of w passes anything to it, so this is all it gets.", atAdd},
		"u passes over w": {"Nothing has reached u: there is nothing to pass on.", atLeaf},
		"Visit w, a leaf": {"w is a leaf: it has nothing to pass on. Its gradient is the sum of what was passed to it.", atLeaf},
		"v₁ passes to u":  {"u has no other user, so this is all it gets.", atAdd},
	} {
		k := slices.IndexFunc(walk.Steps, func(s Step) bool { return s.Title == title })
		if k < 0 {
			t.Fatalf("there is no step %q", title)
		}
		if says := walk.Steps[k].Says; says != want.says || !slices.Contains(lit[fmt.Sprint("code ", want.at)], k) {
			t.Errorf("%s: says %q, with line %d lit: %v", title, says, want.at, lit)
		}
	}
}

// Two uses are both, and twice. A use through which nothing is passed is one, too.
func TestUses(t *testing.T) {
	t.Parallel()
	w := autograd.Variable(tensor.Scalar(2)).Exp().Named("w")
	for y, want := range map[*autograd.Node][2]string{
		w.Mul(w):                      {"w is used twice.", "Both uses of w have been visited, so"},
		w.Exp().Floor().Mul(w).Mul(w): {"w is used 3 times.", "All 3 uses of w have been visited, so"},
	} {
		for _, says := range want {
			if !slices.ContainsFunc(New(y).Steps, func(s Step) bool { return strings.HasPrefix(s.Says, says) }) {
				t.Errorf("no step says %q", says)
			}
		}
	}
}

// Numerical derivatives count as no run of the graph. There are none where operations may draw random
// numbers.
func TestNumericalLeavesState(t *testing.T) {
	t.Parallel()
	runs := 0
	x := autograd.Variable(tensor.Full(1, 2))
	y := autograd.Apply(counting{&runs}, x)
	if b := NewBook("", "", New(y.Sum()), nil); runs != 1 || b.numbers[0][0] == nil {
		t.Errorf("%d runs, numerical derivatives %v", runs, b.numbers)
	}
	random := autograd.Context{Rand: rand.New(rand.NewPCG(1, 2))}.Constant(tensor.Full(1, 2))
	if b := NewBook("", "", New(random.Mul(x).Sum()), nil); slices.ContainsFunc(b.numbers[0], func(n *Numerical) bool { return n != nil }) {
		t.Errorf("numerical derivatives %v of a graph with a random source", b.numbers)
	}
}

// counting is the identity, and counts its runs.
type counting struct{ runs *int }

func (counting) Name() string { return "Counting" }

func (counting) Forward(y *autograd.Node) { y.Value().Copy(y.Input(0).Value()) }

func (counting) VJP(_ *autograd.Node, _ int, dy *autograd.Node) *autograd.Node { return dy }

func (c counting) After(*autograd.Node) { *c.runs++ }

// The step forward to a multiple shows by which number it is multiplied, as the step back does; where no
// gradient flows, there is no step back, and the operation is written as a call.
func TestFactorForward(t *testing.T) {
	t.Parallel()
	value := tensor.FromSlice([]float64{2, -3}, 2)
	x, c := autograd.Variable(value).Named("x"), autograd.Constant(value).Named("c")
	for _, test := range []struct {
		y    *autograd.Node
		want string
	}{
		{x.Scale(-.25), "y = −0.25 · x = −0.25 · (2 −3) = (−0.5000 0.7500)"},
		{x.Scale(3e-7), "y = 3·10⁻⁷ · x = 3·10⁻⁷ · (2 −3) = (6.000·10⁻⁷ −9.000·10⁻⁷)"},
		{x.Scale(-1.5e12), "y = −1.5·10¹² · x = −1.5·10¹² · (2 −3) = (−3.000·10¹² 4.500·10¹²)"},
		{c.Scale(-.25), "y = Scale(c) = (−0.5000 0.7500)"},
	} {
		var got string
		for _, s := range New(test.y.Named("y").Mul(x).Sum()).Steps {
			if s.ID == "record-y" {
				got = s.Rule + " = " + s.Value.String()
			}
		}
		if got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
}
