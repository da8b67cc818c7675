package figures

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"gentlegrad/demos/draw"
	"gentlegrad/demos/problems"
	"gentlegrad/demos/training"
)

// trainings returns figures 8 to 14, drawn from their runs, once for all tests.
var trainings = sync.OnceValues(func() ([]Figure, error) {
	var list []Figure
	for _, f := range training.Figures() {
		run, err := training.Train(f.Config, nil)
		if err != nil {
			return nil, err
		}
		var printed *training.Run
		if c := f.AsPrinted(); c.Anneal != f.Anneal {
			if printed, err = training.Train(c, nil); err != nil {
				return nil, err
			}
		}
		list = append(list, Training(f.Number, run, printed))
	}
	return list, nil
})

func mustTrain(t *testing.T) []Figure {
	t.Helper()
	list, err := trainings()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// wellFormed fails unless the text is XML from end to end.
func wellFormed(t *testing.T, what string, text []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(text))
	for {
		if _, err := d.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Errorf("%s is not well-formed: %v", what, err)
			return
		}
	}
}

const largestFile = 400_000 // bytes

func TestFiles(t *testing.T) {
	for _, f := range append(mustTrain(t), SingleLayer(), Activations(), MultiLayer(), TruthTables()) {
		t.Run(fmt.Sprint(f.Number), func(t *testing.T) {
			wellFormed(t, "the file", f.SVG)
			if len(f.SVG) > largestFile {
				t.Errorf("the file has %d bytes, at most %d are allowed", len(f.SVG), largestFile)
			}
			for _, p := range f.Panels {
				wellFormed(t, "panel "+p.Name, p.Drawing.Inline(p.Frame))
			}
			if strings.Contains(string(f.SVG), "<script") {
				t.Error("the file has a script")
			}
			if f.Kind == "player" && !strings.Contains(string(f.SVG), "<animate") {
				t.Error("the file of a training does not move")
			}
		})
	}
}

func TestDeterministic(t *testing.T) {
	f := training.Figures()[3]
	f.Iterations = 40
	var files [2][]byte
	for i := range files {
		run, err := training.Train(f.Config, nil)
		if err != nil {
			t.Fatal(err)
		}
		files[i] = Training(f.Number, run, nil).SVG
	}
	if !bytes.Equal(files[0], files[1]) {
		t.Error("two runs of the same training are drawn differently")
	}
}

// TestAnyTraining draws trainings that the article has not.
func TestAnyTraining(t *testing.T) {
	for _, c := range []struct {
		figure, iterations int
		hidden             []int
		output             training.Output
	}{
		{11, 1, []int{3}, training.Sigmoid},
		{11, 5, []int{3, 2}, training.Tanh},
		{13, 2, []int{5, 4}, training.Linear},
		{12, 3, []int{30}, training.Sigmoid},
		{13, 3, nil, training.Linear},
	} {
		config := training.Figures()[c.figure-8].Config
		config.Iterations, config.Hidden, config.Output, config.Observations = c.iterations, c.hidden, c.output, 5
		if config.Problem.Regression {
			config.LearningRate = 0.01
		}
		run, err := training.Train(config, nil)
		if err != nil {
			t.Fatal(err)
		}
		f := Training(c.figure, run, run)
		wellFormed(t, fmt.Sprint(config.Network()), f.SVG)
		if got := f.Panels[0].Drawing.Frames(); got != c.iterations {
			t.Errorf("%s: %d frames for %d iterations", config.Network(), got, c.iterations)
		}
	}
}

// TestFramesAreHistory holds what is drawn in a frame to the history at that iteration:
// the widths and colours of the lines to the weights, and the surface to the prediction.
func TestFramesAreHistory(t *testing.T) {
	c := training.Figures()[3].Config
	c.Iterations = 12
	run, err := training.Train(c, nil)
	if err != nil {
		t.Fatal(err)
	}
	f := Training(11, run, nil)
	data := f.Data.(playerData)
	if len(data.Loss) != 12 || data.Iterations != 12 {
		t.Fatalf("%d losses for 12 iterations", len(data.Loss))
	}
	drawn := newTrainingFigure(11, run, nil, 12)
	for k, want := range run.Predictions {
		z := drawn.fine(k)
		for i, v := range want {
			x, y := 2*(i%problems.GridSize), 2*(i/problems.GridSize)
			if got := z[y*surfacePoints+x]; math.Abs(got-v) > 1e-12 {
				t.Fatalf("iteration %d: the surface is %v at point %d, the history has %v", k, got, i, v)
			}
		}
	}
	largest := 0.0
	for _, p := range run.Parameters {
		largest = max(largest, p.LargestAbs())
	}
	for k, p := range run.Parameters {
		var got, want []string
		for _, track := range data.Tracks {
			if track.Attr == "stroke-width" && strings.HasPrefix(track.ID, "f11w") {
				got = append(got, track.Values[k])
			}
		}
		for l := range p.Weights {
			for _, w := range append(slices.Clone(p.Weights[l].Data()), p.Biases[l].Data()...) {
				want = append(want, draw.Num(.5+6*math.Abs(w)/largest))
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("iteration %d: lines are %v wide, want %v", k, got, want)
		}
	}
}

func TestTracksAsJSON(t *testing.T) {
	for _, f := range mustTrain(t) {
		data := f.Data.(playerData)
		text, err := json.Marshal(data)
		if err != nil {
			t.Fatal(err)
		}
		var back playerData
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatal(err)
		}
		if len(back.Tracks) != len(data.Tracks) {
			t.Errorf("figure %d: %d tracks of %d", f.Number, len(back.Tracks), len(data.Tracks))
		}
		for _, track := range back.Tracks {
			if len(track.Values) != data.Iterations {
				t.Errorf("figure %d: %s of %s has %d values for %d iterations", f.Number, track.Attr, track.ID, len(track.Values), data.Iterations)
			}
		}
	}
}

// TestActivations compares figure 2 with the numbers of the article's own code.
func TestActivations(t *testing.T) {
	text, err := os.ReadFile("../testdata/article/activations.json")
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		X                     []float64
		Linear, Sigmoid, Tanh struct {
			G     []float64
			Prime []float64 `json:"g_prime"`
		}
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	for i, w := range []struct{ g, prime []float64 }{
		{want.Linear.G, want.Linear.Prime}, {want.Sigmoid.G, want.Sigmoid.Prime}, {want.Tanh.G, want.Tanh.Prime},
	} {
		g, prime := activations[i].values(want.X)
		for k, x := range want.X {
			if math.Abs(g[k]-w.g[k]) > 4e-16*math.Abs(w.g[k]) || math.Abs(prime[k]-w.prime[k]) > 8e-16 {
				t.Errorf("%s at %v: %v and %v, want %v and %v", activations[i].name, x, g[k], prime[k], w.g[k], w.prime[k])
			}
		}
	}
}

// TestCodeCompiles builds the code that stands beside the figures.
func TestCodeCompiles(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds a module")
	}
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("the go command is not in PATH")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", "module code\n\ngo 1.26\n\nrequire gentlegrad v0.0.0\n\nreplace gentlegrad => "+root+"\n")
	const head = `package code

import (
	"math/rand/v2"

	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/optim"
	"gentlegrad/tensor"
)

var (
	rng *rand.Rand
	xs, ts []*tensor.Tensor
	_ = autograd.Constant
	_ = layers.Nodes
	_ = optim.Constant
)

`
	for _, f := range append(mustTrain(t), SingleLayer(), Activations(), MultiLayer()) {
		used := "net"
		if strings.Contains(f.Code, "prime :=") {
			used = "prime"
		}
		body := "func figure() {\n" + f.Code + "_ = " + used + "\n}\n"
		write("figure.go", head+body)
		c := exec.Command("go", "vet", ".")
		c.Dir = dir
		c.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod")
		if out, err := c.CombinedOutput(); err != nil {
			t.Errorf("figure %d: %v\n%s\n%s", f.Number, err, out, f.Code)
		}
	}
}
