package trace_test

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/autograd/trace"
	"gentlegrad/tensor"
)

// hostile are names that mean something to DOT, to Graphviz's labels or to this package, or have no
// meaning at all.
var hostile = []string{`"`, `\`, `a"b\"`, "two\nlines", "tab\t\r\x00", "<b>html</b>", "&amp; & &lt;", "δ₁ 層 🙂", "\xff\xfe",
	`\N\G\l`, "v1", "v2", "w", "w", "w#2", "$d $0 $y", "]; n1 -> n1 [label=", "-> {}", "\u202e", "L"}

func hostileGraph() *node {
	y := autograd.Constant(tensor.New(2)).Named(hostile[0])
	for _, name := range hostile {
		w := autograd.Variable(tensor.Full(1, 2)).Named(name)
		y = autograd.Apply(sink{name: name}, w, y.Mul(w)).Add(w).Named(name)
	}
	return y.Sum().Named(hostile[2])
}

// line is what a line of a digraph may be: a string has no line break, and no quote inside unless it is
// escaped.
var line = regexp.MustCompile(`^(digraph \{|\trankdir=LR|\tn\d+ \[shape=box(, style=(rounded|dashed))?, label="([^"\\]|\\["\\n])*"\]|\tn\d+ -> n\d+( \[label="([^"\\]|\\["\\n])*"\])?|\})$`)

func TestDOTIsValid(t *testing.T) {
	pictures := map[string]string{"hostile": trace.Backward(hostileGraph()).DOT(), "hostile values": trace.DOT(hostileGraph())}
	for name, loss := range graphs() {
		pictures[name] = trace.Backward(loss).DOT()
		pictures[name+", no gradients"] = trace.DOT(loss)
	}
	for name, dot := range pictures {
		lines := strings.Split(strings.TrimSuffix(dot, "\n"), "\n")
		for i, l := range lines {
			if !line.MatchString(l) || (l == "}") != (i == len(lines)-1) {
				t.Errorf("%s: %q", name, l)
			}
		}
		if strings.ToValidUTF8(dot, "") != dot || strings.ContainsAny(dot, "\x00\r") {
			t.Errorf("%s: control characters or wrong UTF-8", name)
		}
	}
	if dot, err := exec.LookPath("dot"); err == nil {
		for name, text := range pictures {
			cmd := exec.Command(dot, "-Tplain")
			cmd.Stdin, cmd.Stderr = strings.NewReader(text), os.Stderr
			out, err := cmd.Output()
			if err != nil || strings.Count(string(out), "\nnode ") != strings.Count(text, "[shape=") {
				t.Errorf("%s: dot: %v", name, err)
			}
		}
	}
}

// A graph that is built again gives the same text.
func TestSameText(t *testing.T) {
	one, two := trace.Backward(hostileGraph()), trace.Backward(hostileGraph())
	if one.DOT() != two.DOT() || one.String() != two.String() {
		t.Error("texts differ")
	}
	if one, two := graphs(), graphs(); trace.DOT(one["second order"]) != trace.DOT(two["second order"]) {
		t.Error("texts differ")
	}
}

// No two nodes have the same name. In text, names are on one line each.
func TestNames(t *testing.T) {
	loss := hostileGraph()
	nodes := map[string]*node{}
	for x, name := range trace.Names(loss, strings.Clone) {
		if nodes[name] != nil {
			t.Errorf("%s stands for %v and for %v", name, nodes[name], x)
		}
		nodes[name] = x
	}
	text := trace.Backward(loss).String()
	seen := map[string]bool{}
	for l := range strings.Lines(text) {
		if strings.HasPrefix(l, "step ") {
			continue
		}
		if !strings.HasPrefix(l, "  ") {
			t.Errorf("no line of a step: %q", l)
		}
		if name, _, ok := strings.Cut(l, ", a Variable"); ok {
			seen[name] = true
		}
	}
	if len(seen) != len(hostile) {
		t.Errorf("%d names of leaves, want %d", len(seen), len(hostile))
	}
}

// A graph that a plan owns is drawn without the values that the plan does not keep.
func TestDOTOfPlan(t *testing.T) {
	x := variable(1, 2).Named("x")
	y := x.Exp().Sum()
	plan := autograd.NewPlan(y, x)
	if got := trace.DOT(y); !strings.Contains(got, `label="v1: Exp"`) || !strings.Contains(got, `label="x: Variable\n[2] = [`) {
		t.Error(got)
	}
	plan.Forward()
	if got := trace.DOT(y); !strings.Contains(got, `label="v2: Sum\n[] = `) {
		t.Error(got)
	}
}

// Large and empty tensors are described, not written out.
func TestLargeAndEmpty(t *testing.T) {
	x := autograd.Variable(tensor.Linspace(0, 99, 100)).Named("x")
	e := autograd.Variable(tensor.New(0, 3)).Named("e")
	tr := trace.Backward(x.Square().Sum().Add(e.Sum()))
	for _, want := range []string{"x, a Variable  [100] 0 1 2 …", "∂L/∂x          [100] 0 2 4 …", "e, a Variable  [0 3] empty"} {
		if !strings.Contains(tr.String(), want+"\n") {
			t.Errorf("no %q in\n%s", want, tr)
		}
	}
	if want := `"x: Variable\n[100] 0 1 2 …\n∂L/∂x = [100] 0 2 4 …"`; !strings.Contains(tr.DOT(), want) {
		t.Errorf("no %s in\n%s", want, tr.DOT())
	}
}
