package surface

import (
	"math"
	"strings"
	"testing"

	"gentlegrad/tensor"
)

// TestRun holds the demo to what its page says.
func TestRun(t *testing.T) {
	if testing.Short() {
		t.Skip("it trains networks of 16 layers")
	}
	t.Parallel()
	r, err := Config{Seed: 1}.Run(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if start, end := r.Views[0].Errors[0], r.Views[0].Errors[steps]; !(start >= .2 && end <= .005) {
		t.Errorf("the error goes from %v to %v", start, end)
	}
	path, random, plain, skip := r.Views[0], r.Views[1], r.Deep[0], r.Deep[1]
	if !(path.Share >= .98 && random.Share <= .02) {
		t.Errorf("the plane of the path holds %v of it, a random one %v", path.Share, random.Share)
	}
	if !(plain.end() >= .098 && skip.end() <= 1e-4) {
		t.Errorf("with 16 layers the error ends at %v, with skip connections at %v", plain.end(), skip.end())
	}
	html, err := r.Page().Render()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"The plane of the path", "What to do about depth", "at the height of its error", "func newNet("} {
		if !strings.Contains(string(html), want) {
			t.Errorf("the page does not hold %q", want)
		}
	}
	if text := r.String(); strings.Count(text, "% of the path") != 4 {
		t.Error(text)
	}
}

// short returns a network after a short training.
func short(t *testing.T) *network {
	n := newNetwork(newNet(depth, false))
	if err := n.train(t.Context(), 150); err != nil {
		t.Fatal(err)
	}
	return n
}

// The surface at a point of the path is the error that the training had there, and the end
// is projected to the middle.
func TestView(t *testing.T) {
	t.Parallel()
	n := short(t)
	for k := range n.path {
		if e := n.at(n.path[k]); e != n.errors[k] {
			t.Fatalf("after %d steps the error was %v, the surface is at %v", k, n.errors[k], e)
		}
	}
	for _, p := range []plane{n.pathPlane(), n.randomPlane(1)} {
		xs, ys, _ := n.project(p)
		if x, y := xs[150], ys[150]; x != 0 || y != 0 {
			t.Errorf("the end is at %v, %v", x, y)
		}
		// What is left of a point without its projection is at right angles to both directions.
		rest := n.path[0].plus(-1, n.end()).plus(-xs[0], p.x).plus(-ys[0], p.y)
		for _, d := range []point{p.x, p.y} {
			if cos := rest.dot(d) / math.Sqrt(rest.dot(rest)*d.dot(d)); !(math.Abs(cos) <= 1e-12) {
				t.Errorf("the projection is not at right angles: the cosine is %g", cos)
			}
		}
	}
}

func TestPathPlane(t *testing.T) {
	t.Parallel()
	n := short(t)
	p := n.pathPlane()
	if xx, xy, yy := p.x.dot(p.x), p.x.dot(p.y), p.y.dot(p.y); !(math.Abs(xx-1) <= 1e-9 && math.Abs(yy-1) <= 1e-9 && math.Abs(xy) <= 1e-6) {
		t.Errorf("the directions' products are %v, %v, %v, want 1, 0, 1", xx, xy, yy)
	}
	// No plane holds more: not one that is turned a little.
	most := share(n, p)
	turned := p
	turned.x = p.x.plus(.1, n.randomPlane(1).x)
	if s := share(n, turned); !(s < most) {
		t.Errorf("the plane holds %v of the path, one that is turned %v", most, s)
	}
}

func share(n *network, p plane) float64 {
	_, _, share := n.project(p)
	return share
}

func TestEigen(t *testing.T) {
	t.Parallel()
	value, vector := eigen(tensor.Rows([][]float64{{2, 1}, {1, 2}}))
	if !(math.Abs(value-3) <= 1e-12 && math.Abs(vector.At(0, 0)-math.Sqrt(.5)) <= 1e-12 && math.Abs(vector.At(1, 0)-math.Sqrt(.5)) <= 1e-12) {
		t.Errorf("eigenvalue %v of %v, want 3 of [√½ √½]", value, vector)
	}
}

// Each unit's part of a random direction is as long as its weights; biases stay.
func TestRandomPlane(t *testing.T) {
	t.Parallel()
	n := short(t)
	p := n.randomPlane(1)
	for _, d := range []point{p.x, p.y} {
		for i, w := range n.end() {
			want := tensor.New(w.Shape()...)
			got := d[i]
			if w.Rank() == 2 {
				want, got = new(tensor.Tensor).Norm(w, 2, 0), new(tensor.Tensor).Norm(d[i], 2, 0)
			}
			if !tensor.AllClose(got, want, 1e-12, 0) {
				t.Errorf("parameter %d: lengths %v, want %v", i, got, want)
			}
		}
	}
	if tensor.Equal(p.x[0], p.y[0]) || tensor.Equal(p.x[0], n.randomPlane(2).x[0]) {
		t.Error("two directions are one")
	}
}

func TestParameterPlane(t *testing.T) {
	t.Parallel()
	along, err := ParseParameters("0.weight[1,3],6.bias[0]")
	if err != nil {
		t.Fatal(err)
	}
	n := short(t)
	xs, ys, _ := n.project(n.parameterPlane(along[0], along[1]))
	for k, p := range n.path {
		if wx, wy := p[0].At(1, 3), p[7].At(0); !(math.Abs(xs[k]-wx) <= 1e-15 && math.Abs(ys[k]-wy) <= 1e-15) {
			t.Fatalf("step %d: the path is at %v, %v, the parameters are %v, %v", k, xs[k], ys[k], wx, wy)
		}
	}
	const good = "0.weight[1,3]"
	for _, bad := range []string{"", "0.weight", "0.weight[0]", "0.weight[2,0]", "0.weight[0, 1]", "1.weight[0,0]", "0.bias[-1]"} {
		for _, text := range []string{bad + "," + good, good + "," + bad, bad} {
			if _, err := ParseParameters(text); err == nil || !strings.Contains(err.Error(), "the shapes are 0.weight[2 8] 0.bias[8] 2.weight[8 8]") {
				t.Errorf("%q: %v", text, err)
			}
		}
	}
	if _, err := ParseParameters(good + "," + good); err == nil || err.Error() != "both are 0.weight[1,3]: want two" {
		t.Error(err)
	}
}
