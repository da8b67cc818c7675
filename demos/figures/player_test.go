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
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"gentlegrad/demos/draw"
	"gentlegrad/demos/problems"
	"gentlegrad/demos/training"
	"gentlegrad/tensor"
)

// article returns the article's figures, drawn once for all tests; they must not be modified.
var article = sync.OnceValues(func() ([]Figure, error) {
	var list []Figure
	for _, f := range All() {
		var err error
		if f.Training != nil {
			f, err = f.Train(nil)
		}
		if err != nil {
			return nil, err
		}
		list = append(list, f.Draw())
	}
	return list, nil
})

// drawn returns the figure of each number.
func drawn(t *testing.T, numbers ...int) []Figure {
	t.Helper()
	all, err := article()
	must(t, err)
	var list []Figure
	for _, n := range numbers {
		list = append(list, all[n-1])
	}
	return list
}

var trainings = []int{8, 9, 10, 11, 12, 13, 14}

// trained returns a figure, trained as it says, but for a change.
func trained(t *testing.T, number int, change func(c *training.Config)) Figure {
	t.Helper()
	f := All()[number-1]
	change(f.Training)
	var err error
	if f.Run, err = training.Train(*f.Training, nil); err != nil {
		t.Fatal(err)
	}
	return f
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
	for _, f := range drawn(t, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14) {
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

// TestAnyTraining draws trainings that the article has not.
func TestAnyTraining(t *testing.T) {
	for _, c := range []struct {
		figure, iterations int
		hidden             []int
		output             string
	}{
		{11, 1, []int{3}, "sigmoid"},
		{11, 5, []int{3, 2}, "tanh"},
		{13, 2, []int{5, 4}, "linear"},
		{12, 3, []int{30}, "sigmoid"},
		{13, 3, nil, "linear"},
	} {
		f := trained(t, c.figure, func(config *training.Config) {
			config.Iterations, config.Hidden, config.Output, config.Observations = c.iterations, c.hidden, c.output, 5
			if config.Problem.Regression {
				config.LearningRate = 0.01
			}
		})
		f.Printed = f.Run
		f = f.Draw()
		wellFormed(t, f.Run.Network(), f.SVG)
		if got := f.Panels[0].Drawing.Frames(); got != c.iterations+1 {
			t.Errorf("%s: %d frames for %d iterations", f.Run.Network(), got, c.iterations)
		}
	}
}

// TestFramesAreHistory holds what is drawn in a frame to the history at that iteration:
// the widths and colours of the lines to the weights, and the surface to their prediction.
func TestFramesAreHistory(t *testing.T) {
	f := trained(t, 11, func(c *training.Config) { c.Iterations = 12 }).Draw()
	run := f.Run
	data := f.Data.(playerData)
	if !slices.Equal(data.Loss, run.Loss) || data.Iterations != 12 || len(data.Frames) != 13 {
		t.Fatalf("%d losses and %d frames for 12 iterations", len(data.Loss), len(data.Frames))
	}
	drawn, history := newPlayer(&f, 13), append([]training.Parameters{run.Initial}, run.Parameters...)
	grid := run.Problem.Grid(problems.GridSize)
	for k, p := range history {
		z := drawn.predict(k, drawn.mesh(surfacePoints))
		for i, v := range run.Model.With(p).Predict(tensor.FromSlice(grid, len(grid)/2, 2)) {
			x, y := 2*(i%problems.GridSize), 2*(i/problems.GridSize)
			if got := z[y*surfacePoints+x]; !(math.Abs(got-v) <= 1e-12) {
				t.Fatalf("iteration %d: the surface is %v at point %d, the prediction %v", k, got, i, v)
			}
		}
	}
	largest := 0.0
	for _, p := range history {
		largest = max(largest, p.LargestAbs())
	}
	edges := drawn.edgesInOrder()
	line := regexp.MustCompile(`<g id="f11w--\d+" fill="none" (stroke=[^>]*)>`)
	for k, p := range history {
		lines := line.FindAllStringSubmatch(string(f.panel("weights").Drawing.Inline(k)), -1)
		if len(lines) != len(edges) {
			t.Fatalf("iteration %d: %d lines of %d weights", k, len(lines), len(edges))
		}
		for n, e := range edges {
			w := parameter(p, e.layer, e.from, e.to)
			color, dash := positive, "none"
			if w < 0 {
				color, dash = negative, dashes
			}
			want := fmt.Sprintf(`stroke="%s" stroke-width="%s" stroke-dasharray="%s"`, color, draw.Num(1+6*math.Abs(w)/largest), dash)
			if got := lines[n][1]; got != want {
				t.Errorf("iteration %d: the line of weight %v has %s, want %s", k, e, got, want)
			}
		}
	}
}

type edge struct{ layer, from, to int }

// edgesInOrder returns the edges in the order in which their lines stand in the drawing:
// each gets a track with its number, and the tracks are in the drawing's order.
func (f *player) edgesInOrder() []edge {
	d := draw.New(440, 420, "order-")
	var visited []edge
	dg := f.network(d.Node, draw.Box{W: 440, H: 420}, "order", 68, inputName)
	for l, w := range f.run.Initial.Weights {
		for i := draw.Bias; i < w.Dim(0); i++ {
			for j := range w.Dim(1) {
				if line := dg.Edge(l, i, j); line != nil {
					visited = append(visited, edge{l, i, j})
					line.SetNum("stroke-width", float64(len(visited)), 0)
				}
			}
		}
	}
	var edges []edge
	for _, track := range d.Tracks() {
		n, err := strconv.Atoi(track.Values[0])
		if err != nil {
			panic(err)
		}
		edges = append(edges, visited[n-1])
	}
	return edges
}

// However few the iterations are, the ticks are at whole ones.
func TestWholeIterations(t *testing.T) {
	t.Parallel()
	for n := 1; n < 8; n++ {
		f := trained(t, 11, func(c *training.Config) { c.Iterations = n }).Draw()
		for _, p := range f.Panels {
			if p.Name == "loss" && strings.Contains(string(p.Drawing.Static(0)), ".5<") {
				t.Errorf("%d iterations: there is a tick at half an iteration", n)
			}
		}
	}
}

// TestLossPoints: in each frame the line of losses reaches the frame's iteration, whether each iteration
// has a frame, as on the page, or a point, as in a long training, or not.
func TestLossPoints(t *testing.T) {
	for _, test := range []struct{ iterations, frames int }{{1, 34}, {2, 2}, {100, 201}, {100, 34}, {5000, 201}, {12345, 201}} {
		losses := make([]float64, test.iterations)
		for i := range losses {
			losses[i] = 1 / float64(i+1)
		}
		frames := evenly(test.iterations, test.frames)
		xs, ys, ends := lossPoints(losses, frames)
		if frames[0] != 0 || ends[0] != -1 || frames[len(frames)-1] != test.iterations || len(xs) > mostLosses {
			t.Errorf("%+v: frames from %d, point %d, to %d with %d points", test, frames[0], ends[0], frames[len(frames)-1], len(xs))
		}
		for n, k := range frames[1:] {
			if end := ends[n+1]; xs[end] != float64(k) || ys[end] != losses[k-1] {
				t.Errorf("%+v: at iteration %d the line ends at %v, with the loss of %v", test, k, xs[end], 1/ys[end])
			}
		}
	}
}

// TestTracks: the page's player has a value for each iteration.
func TestTracks(t *testing.T) {
	for _, f := range drawn(t, trainings...) {
		data := f.Data.(playerData)
		for _, track := range data.Tracks {
			if len(track.Values) != data.Iterations+1 {
				t.Errorf("figure %d: %s of %s has %d values for %d iterations", f.Number, track.Attr, track.ID, len(track.Values), data.Iterations)
			}
		}
	}
}

// TestActivations compares figure 2 with the numbers of the article's own code.
func TestActivations(t *testing.T) {
	text, err := os.ReadFile("../testdata/article/activations.json")
	must(t, err)
	var want struct {
		X                     []float64
		Linear, Sigmoid, Tanh struct {
			G     []float64
			Prime []float64 `json:"g_prime"`
		}
	}
	must(t, json.Unmarshal(text, &want))
	for i, w := range []struct{ g, prime []float64 }{
		{want.Linear.G, want.Linear.Prime}, {want.Sigmoid.G, want.Sigmoid.Prime}, {want.Tanh.G, want.Tanh.Prime},
	} {
		g, prime := curves(activations[i], want.X)
		for k, x := range want.X {
			if !(math.Abs(g[k]-w.g[k]) <= 4e-16*math.Abs(w.g[k]) && math.Abs(prime[k]-w.prime[k]) <= 8e-16) {
				t.Errorf("%s at %v: %v and %v, want %v and %v", activations[i].Name, x, g[k], prime[k], w.g[k], w.prime[k])
			}
		}
	}
}

// TestCode runs the code that stands beside the figures: that of a training has the losses
// of the run.
func TestCode(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds a module")
	}
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("the go command is not in PATH")
	}
	var program, calls strings.Builder
	program.WriteString(codeHead)
	for _, f := range drawn(t, append(trainings, 1, 2, 3)...) {
		used := "net"
		if strings.Contains(f.Code, "prime :=") {
			used = "prime"
		}
		fmt.Fprintf(&program, "func figure%d() {\n%s_ = %s\n}\n\n", f.Number, f.Code, used)
		fmt.Fprintf(&calls, "\tfigure%d()\n", f.Number)
	}
	fmt.Fprintf(&program, "func main() {\n%s}\n", calls.String())
	output := strings.Fields(runProgram(t, program.String()))
	for _, f := range drawn(t, trainings...) {
		for i, loss := range f.Data.(playerData).Loss {
			if len(output) < 2 || output[0] != strconv.Itoa(i+1) {
				t.Fatalf("figure %d, iteration %d: the program prints %.100q", f.Number, i+1, output)
			}
			got, err := strconv.ParseFloat(output[1], 64)
			if err != nil || got != loss {
				t.Fatalf("figure %d, iteration %d: the program prints a loss of %s, the run has %v", f.Number, i+1, output[1], loss)
			}
			output = output[2:]
		}
	}
}

// codeHead stands before the code of the figures.
const codeHead = `package main

import (
	"fmt"
	"math/rand/v2"

	"gentlegrad/autograd"
	"gentlegrad/demos/legacy"
	"gentlegrad/demos/problems"
	"gentlegrad/layers"
	"gentlegrad/optim"
	"gentlegrad/tensor"
)

var rng = rand.New(rand.NewPCG(1, 2))

`

// runProgram runs a program as the main package of another module.
func runProgram(t *testing.T, program string) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	must(t, err)
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":  "module code\n\ngo 1.26\n\nrequire gentlegrad v0.0.0\n\nreplace gentlegrad => " + root + "\n",
		"main.go": program,
	} {
		must(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	c := exec.Command("go", "run", ".")
	c.Dir = dir
	c.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	var stderr strings.Builder
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("go run: %v\n%s\n%s", err, stderr.String(), program)
	}
	return string(out)
}

// must fails unless there is no error.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
