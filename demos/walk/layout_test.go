package walk

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// laidOut returns the graphs to be laid out: the seven, and random ones.
func laidOut() map[string]*Walk {
	walks := map[string]*Walk{}
	for _, e := range Examples() {
		walks[e.ID] = e.One(0, 0).Walks[0]
	}
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 1))
		nodes := []*autograd.Node{autograd.Variable(tensor.Scalar(1)), autograd.Variable(tensor.Full(1, 1, 3)), autograd.Constant(tensor.Full(1, 2, 1))}
		for range 25 {
			x, y := nodes[rng.IntN(len(nodes))], nodes[rng.IntN(len(nodes))]
			nodes = append(nodes, x.Add(y))
		}
		sum := nodes[0]
		for _, n := range nodes {
			sum = sum.Add(n.Sum())
		}
		walks[fmt.Sprint("random ", seed)] = New(sum)
	}
	return walks
}

// No two nodes overlap, every edge goes to the right, past the nodes and between the columns.
func TestLayout(t *testing.T) {
	t.Parallel()
	for name, w := range laidOut() {
		sizes := make([]box, len(w.Nodes))
		rng := rand.New(rand.NewPCG(uint64(len(w.Nodes)), 2))
		for i := range sizes {
			sizes[i] = box{w: 60 + 100*rng.Float64(), h: 40 + 60*rng.Float64()}
		}
		l := arrange(w.Nodes, sizes)
		for i, a := range l.boxes {
			if a.x < margin-1e-9 || a.y < margin-1e-9 || a.x+a.w > l.width-margin+1e-9 || a.y+a.h > l.height-margin+1e-9 {
				t.Errorf("%s: node %d is outside, at %v", name, i, a)
			}
			for j, b := range l.boxes[:i] {
				if a.x < b.x+b.w && b.x < a.x+a.w && a.y < b.y+b.h+8 && b.y < a.y+a.h+8 {
					t.Errorf("%s: nodes %d and %d touch: %v and %v", name, i, j, a, b)
				}
			}
		}
		edges := 0
		for i := range w.Nodes {
			for _, u := range w.Nodes[i].Users {
				edges++
				checkRoute(t, name, l, i, u)
			}
		}
		if edges != len(l.routes) {
			t.Errorf("%s: %d routes of %d edges", name, len(l.routes), edges)
		}
	}
}

func checkRoute(t *testing.T, name string, l *layout, from int, u Use) {
	t.Helper()
	way := l.routes[u]
	a, b := l.boxes[from], l.boxes[u.User]
	if way[0].from != a.x+a.w || way[len(way)-1].to != b.x {
		t.Errorf("%s: the edge %v does not lead from %v to %v: %v", name, u, a, b, way)
	}
	for k, s := range way {
		if s.from > s.to {
			t.Errorf("%s: the edge %v goes back: %v", name, u, way)
		}
		for i, c := range l.boxes {
			if i != from && i != u.User && s.from < c.x+c.w && c.x < s.to && c.y < s.y && s.y < c.y+c.h {
				t.Errorf("%s: the edge %v runs through node %d", name, u, i)
			}
			// Between two stretches it bends, where no node is.
			if k > 0 && way[k-1].to < c.x+c.w-1e-9 && c.x < s.from-1e-9 {
				t.Errorf("%s: the edge %v bends in the column of node %d", name, u, i)
			}
		}
	}
}

// The traversal that is shown is that of package autograd.
func TestTraversal(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("../../autograd/backward.go")
	must(t, err)
	rest := string(source)
	for _, line := range traversal {
		start, end, _ := strings.Cut(line, "…")
		_, after, ok := strings.Cut(rest, "\n\t"+start)
		if !ok {
			t.Fatalf("backward.go has not %q where it is shown", line)
		}
		if end != "" {
			if first, _, _ := strings.Cut(after, "\n"); !strings.HasSuffix(first, end) {
				t.Errorf("backward.go has not %q at the end of %q", end, first)
			}
		}
		rest = after
	}
	for at, want := range map[int]string{atVisit: "y, dy, into :=", atLeaf: "continue // ∂L/∂y", atSkip: "for _, to", atAdd: "s.add("} {
		if !strings.HasPrefix(strings.TrimLeft(traversal[at], "\t"), want) {
			t.Errorf("line %d is %q", at, traversal[at])
		}
	}
}

// The variables of a step are those of the code that is shown; an input has the place at which it is visited.
func TestVariables(t *testing.T) {
	t.Parallel()
	code := strings.Join(traversal, "\n")
	for _, e := range Examples() {
		steps := e.One(0, 0).Walks[0].Steps
		places := map[int]string{}
		for _, s := range steps {
			if s.Kind == Visit {
				places[s.Node], _, _ = strings.Cut(s.Variables, ",") // place = 3
			}
		}
		for _, s := range steps {
			for v := range strings.SplitSeq(s.Variables, ", ") {
				if name, _, _ := strings.Cut(v, " = "); !strings.Contains(code, name) {
					t.Errorf("%s, %s: the code has no %q", e.ID, s.Title, name)
				}
			}
			if want := fmt.Sprintf(", to.input = %d, to.%s", s.Input, places[s.To]); s.Kind == Pass && !strings.HasSuffix(s.Variables, want) {
				t.Errorf("%s, %s: the variables are %q, want %q at the end", e.ID, s.Title, s.Variables, want)
			}
		}
	}
}

// Every program that is shown makes the nodes of its graph, in its order.
func TestPrograms(t *testing.T) {
	t.Parallel()
	for _, e := range Examples() {
		b := e.One(0, 0)
		w := b.Walks[0]
		last := -1
		for _, l := range b.program {
			for i, n := range w.Nodes {
				if n.ID == l.node {
					if i <= last || !n.Op {
						t.Errorf("%s: %q makes node %d, after %d", e.ID, l.code, i, last)
					}
					last = i
				}
			}
		}
		if len(b.program) < 4 || last != len(w.Nodes)-1 {
			t.Errorf("%s: the program %q ends with node %d of %d", e.ID, b.program, last, len(w.Nodes))
		}
	}
}
