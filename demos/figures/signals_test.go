package figures

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gentlegrad/demos/activation"
	"gentlegrad/demos/delta"
	"gentlegrad/demos/page"
	"gentlegrad/demos/problems"
	"gentlegrad/demos/training"
	"gentlegrad/layers"
	"gentlegrad/tensor"
)

// TestStates compares the signals of the frames with the delta rules: those of an observation, and the
// means with sums over all by plain loops.
func TestStates(t *testing.T) {
	for _, number := range []int{8, 11, 13} {
		f := trained(t, number, func(c *training.Config) { c.Iterations, c.Observations = 3, 7 })
		p := newPlayer(&f, pageFrames)
		for _, k := range p.frames {
			var sum state
			n := p.x.Dim(0)
			for i := range n {
				want := byRules(p, k, i)
				compareStates(t, fmt.Sprintf("figure %d, iteration %d, observation %d", number, k, i), p.observed(p.parameters(k), i), want)
				sum = sum.plus(want, float64(n))
			}
			compareStates(t, fmt.Sprintf("figure %d, iteration %d", number, k), p.mean(p.parameters(k)), sum)
		}
	}
}

// byRules is the state for one observation, by the delta rules.
func byRules(p *player, iteration, i int) state {
	x, target := p.x.Slice(0, i, i+1), p.t.Slice(0, i, i+1)
	var pass delta.Pass
	net := p.run.Model.With(p.parameters(iteration)).Closed
	net.ForwardPropagate(&pass, x)
	net.BackpropagateErrors(&pass, target)
	net.CalculateGradients(&pass)
	s := state{miss: math.Abs(pass.Output().Item() - target.Item())}
	for l := range pass.Layers {
		r := &pass.Layers[l]
		s.gradients.Weights = append(s.gradients.Weights, &r.WeightGradient)
		s.gradients.Biases = append(s.gradients.Biases, &r.BiasGradient)
		one := signals{a: r.A.Data(), delta: r.Delta.Data()}
		for j, d := range one.delta {
			one.largest = append(one.largest, math.Abs(d))
			_, slope := p.run.Model.Layers[l].Activation.At(r.Z.At(0, j))
			one.slope = append(one.slope, slope)
		}
		s.layers = append(s.layers, one)
	}
	return s
}

// plus adds a share 1/n of an observation to a mean of sizes.
func (s state) plus(one state, n float64) state {
	s.miss += one.miss / n
	if s.layers == nil {
		for l, o := range one.layers {
			units := len(o.a)
			s.layers = append(s.layers, signals{
				a: make([]float64, units), delta: make([]float64, units), largest: make([]float64, units), slope: make([]float64, units),
			})
			s.gradients.Weights = append(s.gradients.Weights, tensor.New(one.gradients.Weights[l].Shape()...))
			s.gradients.Biases = append(s.gradients.Biases, tensor.New(units))
		}
	}
	for l, o := range one.layers {
		sum, bias := s.layers[l], s.gradients.Biases[l].Data()
		for j := range o.a {
			sum.a[j] += o.a[j] / n
			sum.delta[j] += math.Abs(o.delta[j]) / n
			sum.largest[j] = max(sum.largest[j], o.largest[j])
			sum.slope[j] += o.slope[j] / n
			bias[j] += math.Abs(one.gradients.Biases[l].At(j)) / n
		}
		weight := s.gradients.Weights[l].Data()
		for i, v := range one.gradients.Weights[l].Data() {
			weight[i] += math.Abs(v) / n
		}
	}
	return s
}

func compareStates(t *testing.T, what string, got, want state) {
	t.Helper()
	compare := func(name string, got, want []float64) {
		t.Helper()
		if len(got) != len(want) {
			t.Fatalf("%s: %d numbers for %s, want %d", what, len(got), name, len(want))
		}
		for i := range got {
			if !(math.Abs(got[i]-want[i]) <= 1e-14*(1+math.Abs(want[i]))) {
				t.Errorf("%s: %s[%d] = %v, want %v", what, name, i, got[i], want[i])
			}
		}
	}
	compare("|a − t|", []float64{got.miss}, []float64{want.miss})
	for l, w := range want.layers {
		g, of := got.layers[l], fmt.Sprintf(" of layer %d", l+1)
		compare("a"+of, g.a, w.a)
		compare("δ"+of, g.delta, w.delta)
		compare("largest |δ|"+of, g.largest, w.largest)
		compare("g′(z)"+of, g.slope, w.slope)
		compare("∂E/∂w"+of, got.gradients.Weights[l].Data(), want.gradients.Weights[l].Data())
		compare("∂E/∂b"+of, got.gradients.Biases[l].Data(), want.gradients.Biases[l].Data())
	}
}

// TestConditions: a flat output is settled if it is right, and saturated if it is wrong; a hidden unit
// that is flat is saturated in any case.
func TestConditions(t *testing.T) {
	f := trained(t, 11, func(c *training.Config) { c.Iterations, c.Observations, c.Hidden = 1, 1, []int{1} })
	p := newPlayer(&f, 2)
	for _, test := range []struct {
		hiddenBias, outputBias float64
		target                 float64
		hidden, output         condition
	}{
		{0, 0, 1, responsive, responsive},
		{9, 0, 1, saturated, responsive},
		{0, 9, 1, responsive, settled},
		{0, 9, 0, responsive, saturated},
		{-9, -9, 0, saturated, settled},
		{-9, -9, 1, saturated, saturated},
	} {
		zeros := training.Parameters{
			Weights: []*tensor.Tensor{tensor.New(2, 1), tensor.New(1, 1)},
			Biases:  []*tensor.Tensor{tensor.FromSlice([]float64{test.hiddenBias}, 1), tensor.FromSlice([]float64{test.outputBias}, 1)},
		}
		p.t = tensor.New(p.x.Dim(0), 1).Fill(test.target)
		for what, s := range map[string]state{"mean": p.mean(zeros), "observation": p.observed(zeros, 0)} {
			if hidden, output := p.condition(s, 0, 0), p.condition(s, 1, 0); hidden != test.hidden || output != test.output {
				t.Errorf("%s, %+v: hidden %v, output %v", what, test, hidden, output)
			}
		}
	}
}

// TestObservations: those to choose from are the farthest and the nearest below and above their targets,
// and what is written into units and lines are the δ and gradients of the observation, with their signs.
func TestObservations(t *testing.T) {
	for _, number := range []int{8, 11, 13} {
		f := trained(t, number, func(c *training.Config) { c.Iterations, c.Observations = 5, 12 }).Draw()
		p := newPlayer(&f, pageFrames)
		miss := func(i int) float64 {
			a := f.Run.Model.Predict(p.x.Slice(0, i, i+1))[0]
			return a - f.Run.Data.T[i]
		}
		list := p.observations()
		if len(list) != 4 {
			t.Fatalf("figure %d: %d observations to choose from", number, len(list))
		}
		least, below, most, above := miss(list[0].index), miss(list[1].index), miss(list[2].index), miss(list[3].index)
		for i := range f.Run.Data.N {
			m := miss(i)
			if m < least || m > most || m < 0 && m > below || m >= 0 && m < above {
				t.Errorf("figure %d: observation %d misses by %v; chosen are %v, %v, %v and %v", number, i, m, least, below, above, most)
			}
		}
		for n, o := range list {
			text := string(f.panel(fmt.Sprint("gradients-", n+1)).Drawing.Inline(5))
			last := p.observed(f.Run.Parameters[4], o.index)
			for l, s := range last.layers {
				for j := range s.delta {
					if want := ">" + small(s.delta[j]) + "<"; !strings.Contains(text, want) {
						t.Errorf("figure %d, %s: δ %v of unit %d in layer %d is not written", number, o, s.delta[j], j+1, l+1)
					}
				}
			}
			if got := strings.Count(text, `stroke="`+negative+`"`) - 1; got != negatives(last) { // one is in the legend
				t.Errorf("figure %d, %s: %d lines are negative, want %d", number, o, got, negatives(last))
			}
		}
	}
}

// negatives counts the negative gradients.
func negatives(s state) (n int) {
	for _, g := range slices.Concat(s.gradients.Weights, s.gradients.Biases) {
		for _, v := range g.Data() {
			if v < 0 {
				n++
			}
		}
	}
	return n
}

// panel returns the panel of a name.
func (f Figure) panel(name string) page.Panel {
	return f.Panels[slices.IndexFunc(f.Panels, func(p page.Panel) bool { return p.Name == name })]
}

// The description of a prediction says what is drawn.
func TestPredictionText(t *testing.T) {
	for _, test := range []struct {
		inputs     int
		hidden     []int
		output     activation.Function
		regression bool
		want       string
	}{
		{2, []int{2}, activation.Sigmoid, false, "The network’s prediction over the plane, its decision boundary and"},
		{2, []int{2}, activation.Linear, true, "The network’s prediction over the plane and"},
		{1, []int{mostUnits}, activation.Linear, true, "The training data, the prediction of the network, and what each hidden unit contributes"},
		{1, []int{mostUnits + 1}, activation.Linear, true, "The training data and"},
		{1, nil, activation.Linear, true, "The training data and"},
		{1, []int{2}, activation.Tanh, false, "The training data and"},
	} {
		f := OfRun(someRun(test.inputs, test.hidden, test.output, test.regression, 2), "")
		if svg := string(f.panel("prediction").Drawing.Inline(0)); !strings.Contains(svg, ">"+test.want) {
			t.Errorf("%d inputs, %v, %s: the description has no %q", test.inputs, test.hidden, test.output.Name, test.want)
		}
	}
}

// TestDiverging draws trainings that end with finite numbers so large that what is made of them may not be.
func TestDiverging(t *testing.T) {
	for what, change := range map[string]func(c *training.Config){
		"gradients": func(c *training.Config) {
			c.Hidden, c.Activation, c.LearningRate, c.Iterations, c.Seed = []int{1, 1}, "linear", 700, 3, 195
		},
		"weights": func(c *training.Config) { c.Hidden, c.Output, c.LearningRate, c.Iterations = nil, "tanh", 2e307, 1 },
	} {
		run := trained(t, 14, func(c *training.Config) { c.Observations = 1; change(c) }).Run
		for _, p := range OfRun(run, what).Panels {
			wellFormed(t, what+", "+p.Name, p.Drawing.Inline(p.Frame))
			if svg := string(p.Drawing.Inline(p.Frame)); p.Name == "weights" && !regexp.MustCompile(`\|w\| = \d\.\d+e\d+<`).MatchString(svg) {
				t.Errorf("%s: no |w| with a power of ten", what)
			}
		}
	}
	if w := gradientWidth(math.Inf(1), math.Inf(1)); w != widestGradient {
		t.Errorf("an infinite gradient is %v wide", w)
	}
	for _, log := range []bool{false, true} {
		if r := heights([]float64{1, math.MaxFloat64}, log); math.IsInf(r.Hi, 0) {
			t.Errorf("the loss is drawn from %v to %v", r.Lo, r.Hi)
		}
	}
}

// TestOfRun draws trainings of networks and data that the article has not.
func TestOfRun(t *testing.T) {
	for _, test := range []struct {
		name       string
		inputs     int
		hidden     []int
		output     activation.Function
		regression bool
		iterations int
		panels     string
	}{
		{"3 inputs", 3, []int{2}, activation.Sigmoid, false, 2, "loss weights gradients"},
		{"30 inputs", 30, []int{25, 25, 2}, activation.Linear, true, 3, "loss weights gradients"},
		{"a number of 2 inputs", 2, nil, activation.Linear, true, 2, "prediction loss weights gradients"},
		{"a class of 1 input", 1, []int{50}, activation.Tanh, false, 2, "prediction loss weights gradients"},
		{"a long training", 1, []int{2}, activation.Linear, true, 3000, "prediction loss weights gradients"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := OfRun(someRun(test.inputs, test.hidden, test.output, test.regression, test.iterations), test.name)
			panels := ""
			for _, p := range f.Panels {
				wellFormed(t, p.Name, p.Drawing.Inline(p.Frame))
				if got, want := p.Drawing.Frames(), min(test.iterations+1, pageFrames); got != want {
					t.Errorf("%s has %d frames, want %d", p.Name, got, want)
				}
				if !p.Hidden {
					panels += " " + p.Name
				}
			}
			if panels != " "+test.panels {
				t.Errorf("panels%s, want %s", panels, test.panels)
			}
			if got, want := len(f.Panels), len(strings.Fields(test.panels))+1+len(f.Data.(playerData).Observations); got != want {
				t.Errorf("%d panels, want %d with the logarithmic loss and one for each observation", got, want)
			}
		})
	}
}

// someRun is a training of a network whose parameters grow evenly.
func someRun(inputs int, hidden []int, output activation.Function, regression bool, iterations int) *training.Run {
	const n = 40
	r := &training.Run{
		Config: training.Config{
			Problem: problems.Problem{Name: "MINE", Inputs: inputs, Regression: regression},
			Hidden:  hidden, Output: output.Name, Batch: 1, LearningRate: 1, Anneal: 1,
		},
		Data: problems.Data{N: n, Inputs: inputs, Outputs: 1}, Model: &training.Model{}, Accuracy: math.NaN(),
	}
	for i := range n * inputs {
		r.Data.X = append(r.Data.X, math.Sqrt(float64(i*31%97)))
	}
	for i := range n {
		r.Data.T = append(r.Data.T, float64(i%2)*(output.Classes.Hi-output.Classes.Lo)+output.Classes.Lo)
	}
	units := append(append([]int{inputs}, hidden...), 1)
	for l, in := range units[:len(units)-1] {
		g := activation.Tanh
		if l == len(hidden) {
			g = output
		}
		r.Model.Layers = append(r.Model.Layers, training.Layer{Linear: layers.NewLinear(in, units[l+1], nil), Activation: g})
	}
	at := func(size float64) (p training.Parameters) {
		for l, in := range units[:len(units)-1] {
			p.Weights = append(p.Weights, tensor.New(in, units[l+1]).Fill(size))
			p.Biases = append(p.Biases, tensor.New(units[l+1]).Fill(-size))
		}
		return p
	}
	r.Initial = at(0)
	for i := range iterations {
		r.Parameters = append(r.Parameters, at(float64(i+1)/float64(iterations)))
		r.Loss = append(r.Loss, 1/float64(i+1))
	}
	return r
}
