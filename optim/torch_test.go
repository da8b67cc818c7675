package optim_test

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/optim"
	"gentlegrad/tensor"
)

// torchFile is what layers/testdata/modules.json.gz has of optimisers.
type torchFile struct {
	Optimizers struct {
		X, T, W0, B0 goldenTensor
		Runs         map[string]struct {
			Config  map[string]any
			History []struct {
				Loss float64
				W, B []float64
			}
		}
	}
	Schedules struct {
		BaseLR float64 `json:"base_lr"`
		LR     map[string]json.RawMessage
	}
	Clip map[string]json.RawMessage
}

func readTorch(t *testing.T) (f torchFile) {
	t.Helper()
	file, err := os.Open("../layers/testdata/modules.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	text, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.NewDecoder(text).Decode(&f); err != nil {
		t.Fatal(err)
	}
	return f
}

// agree compares numbers of one tensor with PyTorch's.
func agree(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, PyTorch has %d", what, len(got), len(want))
	}
	largest := 0.0
	for _, v := range want {
		largest = max(largest, math.Abs(v))
	}
	for i := range want {
		if d := math.Abs(got[i] - want[i]); !(d <= 1e-9*max(math.Abs(want[i]), 1e-3*largest, 1e-6)) {
			t.Fatalf("%s: number %d is %v, PyTorch's %v", what, i, got[i], want[i])
		}
	}
}

// options are PyTorch's; each is deleted when it has been read.
type options map[string]any

func (o options) number(name string, field *float64) {
	if v, ok := o[name]; ok {
		*field = v.(float64)
		delete(o, name)
	}
}

func (o options) pair(name string, first, second *float64) {
	if v, ok := o[name]; ok {
		*first, *second = v.([]any)[0].(float64), v.([]any)[1].(float64)
		delete(o, name)
	}
}

func (o options) flag(name string, field *bool) {
	if v, ok := o[name]; ok {
		*field = v.(bool)
		delete(o, name)
	}
}

// torchOptimiser returns the optimiser of a run: its kind from the name up to the first underscore, and
// all else from its options.
func torchOptimiser(t *testing.T, name string, config map[string]any, parameters ...*autograd.Node) optim.Optimiser {
	t.Helper()
	o := options(config)
	kind, _, _ := strings.Cut(name, "_")
	result := torchKind(o, kind, parameters)
	if result == nil {
		t.Fatalf("no optimiser is called %q", kind)
	}
	base := result.Settings()
	o.number("lr", &base.LearningRate)
	o.number("weight_decay", &base.WeightDecay)
	o.flag("decoupled_weight_decay", &base.DecoupledDecay)
	for _, how := range []string{"foreach", "fused", "capturable", "differentiable"} {
		delete(o, how) // how PyTorch computes it, not what
	}
	for name, v := range o {
		t.Errorf("no option is called %s: %v", name, v)
	}
	return result
}

func torchKind(o options, kind string, parameters []*autograd.Node) optim.Optimiser {
	switch kind {
	case "sgd":
		r := optim.NewGradientDescent(.001, parameters...)
		o.number("momentum", &r.Momentum)
		o.number("dampening", &r.Dampening)
		o.flag("nesterov", &r.Nesterov)
		return r
	case "adam", "amsgrad", "adamw":
		r := optim.NewAdam(.001, parameters...)
		if kind == "adamw" {
			r = optim.NewAdamW(.001, parameters...)
		}
		o.pair("betas", &r.Beta1, &r.Beta2)
		o.number("eps", &r.Epsilon)
		o.flag("amsgrad", &r.AMSGrad)
		return r
	case "rmsprop":
		r := optim.NewRMSProp(.01, parameters...)
		o.number("alpha", &r.Alpha)
		o.number("eps", &r.Epsilon)
		o.number("momentum", &r.Momentum)
		o.flag("centered", &r.Centred)
		return r
	case "adagrad":
		r := optim.NewAdagrad(.01, parameters...)
		o.number("lr_decay", &r.RateDecay)
		o.number("initial_accumulator_value", &r.Start)
		o.number("eps", &r.Epsilon)
		return r
	case "adadelta":
		r := optim.NewAdadelta(1, parameters...)
		o.number("rho", &r.Rho)
		o.number("eps", &r.Epsilon)
		return r
	case "nadam":
		r := optim.NewNAdam(.002, parameters...)
		o.pair("betas", &r.Beta1, &r.Beta2)
		o.number("eps", &r.Epsilon)
		o.number("momentum_decay", &r.MomentumDecay)
		return r
	case "adamax":
		r := optim.NewAdamax(.002, parameters...)
		o.pair("betas", &r.Beta1, &r.Beta2)
		o.number("eps", &r.Epsilon)
		return r
	case "radam":
		r := optim.NewRAdam(.001, parameters...)
		o.pair("betas", &r.Beta1, &r.Beta2)
		o.number("eps", &r.Epsilon)
		return r
	case "asgd":
		r := optim.NewASGD(.01, parameters...)
		o.number("lambd", &r.Lambda)
		o.number("alpha", &r.Alpha)
		o.number("t0", &r.Start)
		return r
	case "rprop":
		r := optim.NewRprop(.01, parameters...)
		o.pair("etas", &r.Decrease, &r.Increase)
		o.pair("step_sizes", &r.MinStep, &r.MaxStep)
		return r
	}
	return nil
}

func TestOptimisersAgainstTorch(t *testing.T) {
	t.Parallel()
	data := readTorch(t).Optimizers
	if len(data.Runs) == 0 {
		t.Fatal("the file has no runs")
	}
	for name, run := range data.Runs {
		t.Run(name, func(t *testing.T) {
			maximise := false
			options(run.Config).flag("maximize", &maximise)
			w, b := autograd.Variable(data.W0.tensor().Clone()), autograd.Variable(data.B0.tensor().Clone())
			o := torchOptimiser(t, name, run.Config, w, b)
			for i, want := range run.History {
				loss := autograd.Constant(data.X.tensor()).Affine(w, b).SquaredError(autograd.Constant(data.T.tensor()))
				agree(t, fmt.Sprintf("loss of step %d", i), loss.Value().Data(), []float64{want.Loss})
				grads := autograd.Backward(loss, w, b)
				if maximise {
					grads.Scale(-1)
				}
				o.Step(grads)
				agree(t, fmt.Sprintf("w after step %d", i), w.Value().Data(), want.W)
				agree(t, fmt.Sprintf("b after step %d", i), b.Value().Data(), want.B)
			}
		})
	}
}

func TestClipAgainstTorch(t *testing.T) {
	t.Parallel()
	data := readTorch(t).Clip
	var original []goldenTensor
	if err := json.Unmarshal(data["grads"], &original); err != nil {
		t.Fatal(err)
	}
	delete(data, "grads")
	if len(data) == 0 {
		t.Error("the file has no clipping")
	}
	for name, text := range data {
		t.Run(name, func(t *testing.T) {
			var want struct {
				Returned float64
				Clipped  []goldenTensor
			}
			if err := json.Unmarshal(text, &want); err != nil {
				t.Fatal(err)
			}
			gradients := map[*autograd.Node]*tensor.Tensor{}
			var nodes []*autograd.Node
			for _, g := range original {
				n := autograd.Variable(tensor.New(g.Shape...))
				nodes, gradients[n] = append(nodes, n), g.tensor().Clone()
			}
			grads := autograd.NewGradients(gradients)
			clipAsTorch(t, name, grads, want.Returned, want.Clipped)
			for i, n := range nodes {
				agree(t, fmt.Sprintf("gradient %d", i), grads.Of(n).Data(), want.Clipped[i].Data)
			}
		})
	}
}

// clipAsTorch clips as the name says: norm_1.0, norm_1_l1 or value_0.4. PyTorch divides by the norm +
// 1e-6: its results for gradients that were too large are scaled to exactly the norm that they should
// have, as ours have.
func clipAsTorch(t *testing.T, name string, grads *autograd.Gradients, norm float64, clipped []goldenTensor) {
	t.Helper()
	how, rest, _ := strings.Cut(name, "_")
	limitText, orderText, _ := strings.Cut(rest, "_l")
	limit, order := parse(t, limitText), 2.0
	if orderText != "" {
		order = parse(t, orderText)
	}
	if how == "value" {
		optim.ClipValue(grads, limit)
		return
	}
	returned := optim.ClipPNorm(grads, order, limit)
	agree(t, "norm", []float64{returned}, []float64{norm})
	if norm+1e-6 > limit {
		for _, g := range clipped {
			for i := range g.Data {
				g.Data[i] *= (norm + 1e-6) / max(norm, limit)
			}
		}
	}
}

func parse(t *testing.T, text string) (v float64) {
	t.Helper()
	if _, err := fmt.Sscan(text, &v); err != nil {
		t.Fatalf("%q is no number: %v", text, err)
	}
	return v
}

// torchSchedule returns the schedule of a name such as step_7_0.3.
func torchSchedule(t *testing.T, name string, base float64, rates []float64) optim.Schedule {
	t.Helper()
	var numbers []float64
	var kind []string
	for _, part := range strings.Split(name, "_") {
		var v float64
		if n, err := fmt.Sscanf(part, "%g", &v); n == 1 && err == nil {
			numbers = append(numbers, v)
		} else {
			kind = append(kind, part)
		}
	}
	n := numbers
	switch strings.Join(kind, "_") {
	case "exponential":
		return optim.Exponential(base, n[0])
	case "step":
		return optim.Steps(base, n[1], int(n[0]))
	case "multistep":
		var at []int
		for _, v := range n[:len(n)-1] {
			at = append(at, int(v))
		}
		return optim.MultiStep(base, n[len(n)-1], at...)
	case "cosine_min":
		return optim.Cosine(base, n[1], int(n[0]))
	case "linear_to_over":
		return optim.WarmUp(base*n[0], int(n[2]), optim.Constant(base*n[1]))
	case "warm_restarts_mult":
		return optim.WarmRestarts(base, 0, int(n[0]), int(n[1]))
	case "one_cycle_max_total":
		return optim.OneCycle(n[0], int(n[1]))
	case "polynomial":
		// The name says neither when it ends nor the power: the first rates do.
		end := slices.Index(rates, 0)
		power := math.Log(rates[1]/rates[0]) / math.Log(1-1/float64(end))
		return optim.Polynomial(base, math.Round(1e6*power)/1e6, end)
	}
	t.Fatalf("no schedule is called %q", name)
	return nil
}

func TestSchedulesAgainstTorch(t *testing.T) {
	t.Parallel()
	data := readTorch(t).Schedules
	if len(data.LR) == 0 {
		t.Error("the file has no schedules")
	}
	for name, text := range data.LR {
		t.Run(name, func(t *testing.T) {
			if strings.HasPrefix(name, "reduce_on_plateau") {
				comparePlateau(t, name, data.BaseLR, text)
				return
			}
			var want []float64
			if err := json.Unmarshal(text, &want); err != nil {
				t.Fatal(err)
			}
			schedule := torchSchedule(t, name, data.BaseLR, want)
			var got []float64
			for i := range want {
				got = append(got, schedule.Rate(i))
			}
			agree(t, "rates", got, want)
		})
	}
}

func comparePlateau(t *testing.T, name string, base float64, text []byte) {
	t.Helper()
	var want struct{ Metric, LR []float64 }
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	factorText, patienceText, _ := strings.Cut(strings.TrimPrefix(name, "reduce_on_plateau_f"), "_p")
	plateau := optim.NewPlateau(base, parse(t, factorText), int(parse(t, patienceText)))
	var got []float64
	for i, metric := range want.Metric {
		got = append(got, plateau.Rate(i))
		plateau.Observe(metric)
	}
	agree(t, "rates", got, want.LR)
}
