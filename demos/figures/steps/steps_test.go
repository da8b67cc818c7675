package steps

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"gentlegrad/autograd"
	"gentlegrad/demos/delta"
	"gentlegrad/demos/problems"
	"gentlegrad/demos/training"
	"gentlegrad/layers"
	"gentlegrad/tensor"
)

// cases are networks of all kinds, with an observation each.
func cases(t *testing.T) []testCase {
	network := func(problem string, output string, hidden ...int) training.Config {
		p, err := problems.ByName(problem)
		if err != nil {
			t.Fatal(err)
		}
		c := training.Defaults(p)
		c.Hidden, c.Output = hidden, output
		return c
	}
	return []testCase{
		{"the article's", network("XOR", "sigmoid", 4), 3},
		{"two hidden layers", network("XOR", "sigmoid", 3, 2), 2},
		{"three hidden layers", network("RING", "sigmoid", 2, 5, 3), 7},
		{"no hidden layer", network("OR", "sigmoid"), 1},
		{"one hidden unit", network("AND", "sigmoid", 1), 1},
		{"numbers of two digits", network("XOR", "sigmoid", 12, 11), 4},
		{"tanh output", network("XOR", "tanh", 4), 5},
		{"linear output", network("XOR", "linear", 2), 6},
		{"regression", network("SIN", "linear", 3), 10},
	}
}

type testCase struct {
	name        string
	config      training.Config
	observation int
}

// pass returns the case's pass.
func (c testCase) pass(t *testing.T) *pass {
	t.Helper()
	p, err := newPass(c.config, c.observation)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Every number that is worked out is the library's, and the library's gradients are
// those of the delta rules.
func TestNumbers(t *testing.T) {
	t.Parallel()
	for _, test := range cases(t) {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := test.pass(t)
			for k, s := range p.walk() {
				if d := math.Abs(s.worked - s.library); !(d <= 1e-15*max(1, math.Abs(s.library))) {
					t.Errorf("step %d, %s %s: worked out %v, library %v", k, s.Group, s.Node, s.worked, s.library)
				}
				if strings.Contains(s.Equation+s.Sentence, "%!") {
					t.Errorf("step %d, %s %s: %s; %s", k, s.Group, s.Node, s.Equation, s.Sentence)
				}
			}
			if p.largest > 1e-15 {
				t.Errorf("automatic and manual gradients differ by %v", p.largest)
			}
			checkDeltas(t, test, p)
		})
	}
}

// checkDeltas compares the shown δ with the delta rules.
func checkDeltas(t *testing.T, test testCase, p *pass) {
	_, m, err := training.New(test.config)
	if err != nil {
		t.Fatal(err)
	}
	var pass delta.Pass
	m.Closed.ForwardPropagate(&pass, tensor.FromSlice(p.x, 1, len(p.x)))
	m.Closed.BackpropagateErrors(&pass, tensor.Full(p.t, 1, 1))
	for _, s := range p.walk() {
		for l := range p.layers {
			for j := range p.layers[l].units {
				want := pass.Layers[l].Delta.At(0, j)
				if s.Group == "II" && s.Node == p.z(l, j) && math.Abs(s.worked-want) > 1e-15 {
					t.Errorf("%s is %v, by the delta rules %v", p.d(l, j), s.worked, want)
				}
			}
		}
	}
}

// Every node of the graph comes once forward, after what it is computed from, and once
// back, after what is computed from it; the inputs come back too. Every parameter has one gradient and one update.
func TestOrder(t *testing.T) {
	t.Parallel()
	for _, test := range cases(t) {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := test.pass(t)
			steps := p.walk()
			seen := map[string]map[string]bool{"I": {}, "II": {}, "III": {}, "IV": {}}
			for _, s := range steps[1 : len(steps)-1] {
				if seen[s.Group][s.Node] {
					t.Errorf("%s comes twice in %s", s.Node, s.Group)
				}
				for _, n := range s.With {
					if s.Group < "III" && !seen[s.Group][n] && !strings.HasPrefix(n, "x") && n != "t" {
						t.Errorf("%s: %s comes before %s", s.Group, s.Node, n)
					}
				}
				seen[s.Group][s.Node] = true
			}
			nodes, parameters := countGraph(t, test)
			for group, want := range map[string]int{"I": nodes, "II": nodes + len(p.x), "III": parameters, "IV": parameters} {
				if len(seen[group]) != want {
					t.Errorf("%s has %d nodes or parameters, want %d", group, len(seen[group]), want)
				}
			}
		})
	}
}

// countGraph counts the numbers in autograd's graph, and the parameters.
func countGraph(t *testing.T, test testCase) (nodes, parameters int) {
	data, m, err := training.New(test.config)
	if err != nil {
		t.Fatal(err)
	}
	x := autograd.Constant(tensor.New(1, data.Inputs))
	graph := []*autograd.Node{layers.SquaredError(m.Net.Forward(x), autograd.Constant(tensor.New(1, 1)))}
	for len(graph) > 0 {
		y := graph[0]
		graph = graph[1:]
		if y.Op() != nil {
			nodes += y.Value().Len()
		}
		for i := range y.NumInputs() {
			graph = append(graph, y.Input(i))
		}
	}
	if test.config.Output == "linear" {
		nodes++ // a and z are one node
	}
	for _, p := range layers.Parameters(m.Net) {
		parameters += p.Value().Len()
	}
	return nodes, parameters
}

// What a step knows stays: the numbers of the last step of II are all values and
// gradients, in as many places as there are.
func TestScenes(t *testing.T) {
	t.Parallel()
	for _, test := range cases(t) {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := test.pass(t)
			steps := p.walk()
			scenes := newScenes(steps)
			nodes, parameters := countGraph(t, test)
			end := numbered(steps)[2].First - 1
			if got, want := len(scenes[end].text), 2*nodes+parameters+2*len(p.x)+1; got != want {
				t.Errorf("%d numbers at the end of II, want %d", got, want)
			}
			last := len(scenes) - 1 // where gradients go, since those of the new parameters are others
			for place := range scenes[last].text {
				if strings.HasPrefix(place, "δ") || strings.HasPrefix(place, "∂") {
					t.Errorf("the last step still has %s", place)
				}
			}
			for k := 1; k < last; k++ {
				if len(scenes[k].text) < len(scenes[k-1].text) {
					t.Errorf("step %d forgets numbers", k)
				}
			}
		})
	}
}

func TestDraw(t *testing.T) {
	t.Parallel()
	for _, test := range cases(t) {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f, svg, err := Draw(test.config, test.observation)
			if err != nil {
				t.Fatal(err)
			}
			again, svgAgain, err := Draw(test.config, test.observation)
			if err != nil {
				t.Fatal(err)
			}
			text, err := json.Marshal(f.Data)
			if err != nil {
				t.Fatal(err)
			}
			textAgain, _ := json.Marshal(again.Data)
			if !bytes.Equal(svg, svgAgain) || !bytes.Equal(text, textAgain) {
				t.Error("two figures differ")
			}
			wellFormed(t, svg)
			steps := f.Data.(data).Steps
			for _, panel := range f.Panels {
				wellFormed(t, panel.Drawing.Inline(panel.Frame))
				if panel.Drawing.Frames() != len(steps) {
					t.Errorf("panel %s has %d frames, want %d", panel.Name, panel.Drawing.Frames(), len(steps))
				}
				if steps[panel.Frame].Group != "II" || steps[panel.Frame+1].Group != "III" {
					t.Errorf("panel %s starts at step %d", panel.Name, panel.Frame)
				}
			}
			if len(test.config.Hidden) < 2 && len(svg) >= 400_000 {
				t.Errorf("the file has %d bytes", len(svg))
			}
		})
	}
}

func wellFormed(t *testing.T, svg []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(svg))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func TestDrawMistakes(t *testing.T) {
	t.Parallel()
	c := cases(t)[0].config
	for _, observation := range []int{0, -1, 201} {
		if _, _, err := Draw(c, observation); err == nil || !strings.Contains(err.Error(), "of 200") {
			t.Errorf("observation %d: %v", observation, err)
		}
	}
	c.LearningRate = 0
	if _, _, err := Draw(c, 1); err == nil {
		t.Error("no error for a configuration that is not valid")
	}
}

func TestShort(t *testing.T) {
	t.Parallel()
	for v, want := range map[float64]string{
		0: "0", 1: "1", -0.03646: "−0.0365", 0.00567: "0.0057", -0.000823: "−8.2e−4", 1.49e-5: "1.5e−5", 12.345: "12.3", -1234.5: "−1234",
	} {
		if got := short(v); got != want || utf8.RuneCountInString(got) > 7 {
			t.Errorf("%v is written %q, want %q", v, got, want)
		}
	}
	for got, want := range map[string]string{
		full(1.48914e-12): "1.4891·10⁻¹²", full(-.25): "−0.25", said(-.000823): "−8.2·10⁻⁴", said(0.00567): "0.0057"} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// The code that the figure shows is the example's.
func TestCode(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(string(source), "func Example() {\n")
	body, _, _ = strings.Cut(body, "\n\t// Output:")
	lines := strings.Split(body, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimPrefix(line, "\t")
	}
	if got := strings.Join(lines, "\n"); got != Code {
		t.Errorf("the example is\n%s\nthe figure shows\n%s", got, Code)
	}
}

// The network of two hidden layers has sums of several terms on the way back.
func TestSums(t *testing.T) {
	t.Parallel()
	test := cases(t)[1]
	p := test.pass(t)
	i := slices.IndexFunc(p.walk(), func(s step) bool { return s.Group == "II" && s.Node == "a_1,3" })
	s := p.walk()[i]
	if len(s.rows) != 2 || !slices.Equal(s.With, []string{"z_2,1", "z_2,2"}) || !slices.Equal(s.Edges, []string{"w_2,31", "w_2,32"}) {
		t.Errorf("a_1,3 has children %v over %v in %d rows", s.With, s.Edges, len(s.rows))
	}
	if strings.Count(s.Equation, ")·") != 2 || !strings.Contains(s.Sentence, "has 2 children") {
		t.Errorf("%s; %s", s.Equation, s.Sentence)
	}
}

// No weight's number is near another edge, or touches another number.
func TestPlaces(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		testCase
		clear float64 // pixels from a number's middle to the nearest other edge
	}{{cases(t)[0], 18}, {cases(t)[1], 9}, {cases(t)[3], 25}, {cases(t)[8], 25}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := test.pass(t)
			g := p.layout()
			width, _ := p.graphSize()
			g.centre = width / 2
			for l, layer := range p.layers {
				for a := range layer.inputs * layer.units {
					x, y := g.place(l, a/layer.units, a%layer.units)
					for b := range layer.inputs * layer.units {
						if a == b {
							continue
						}
						x1, y1, x2, y2 := g.edge(l, b/layer.units, b%layer.units)
						if d := math.Abs((x2-x1)*(y-y1)-(y2-y1)*(x-x1)) / math.Hypot(x2-x1, y2-y1); d < test.clear {
							t.Errorf("the number of %s is %.1f pixels from the edge %s", p.w(l, a/layer.units, a%layer.units), d, p.w(l, b/layer.units, b%layer.units))
						}
						if u, v := g.place(l, b/layer.units, b%layer.units); math.Abs(u-x) < plateW+4 && math.Abs(v-y) < 18 {
							t.Errorf("the numbers of %s and %s touch", p.w(l, a/layer.units, a%layer.units), p.w(l, b/layer.units, b%layer.units))
						}
					}
				}
			}
		})
	}
}
