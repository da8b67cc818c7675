// Package surface draws the error surface of a deeper network, over its hundreds of parameters, along
// any two directions: the main ones in which the training moved, random ones, or any two parameters.
package surface

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"gentlegrad/demos/draw"
)

// A Config says along which directions.
type Config struct {
	Along []Parameter // two, or none: then along the path of training, and along random directions
	Seed  uint64      // of the random directions
}

// The network, and its training.
const (
	depth = 3
	steps = 600
	deep  = 16
)

// The views by default.
const (
	pathName   = "The plane of the path"
	randomName = "A random plane"
)

// A View is a plane through the surface, with the path of training projected on it.
type View struct {
	Name           string
	XLabel, YLabel string
	Grid           draw.Grid // of mean (a−t)²
	X, Y           []float64 // the path
	Errors         []float64 // on the path itself
	Share          float64   // how much of the path the plane holds, by the squared distances from the path's end
}

// A Result holds the views.
type Result struct {
	Net        string // in words
	Parameters int
	Views      []View
	Deep       []View // of a network too deep to train, and of the same with skip connections
}

// Run trains the network and looks at the surface.
func (c Config) Run(ctx context.Context, _ io.Writer) (*Result, error) {
	n, err := trained(ctx, depth, false)
	if err != nil {
		return nil, err
	}
	r := &Result{Net: n.net.String()}
	for _, w := range n.end() {
		r.Parameters += w.Len()
	}
	if c.Along != nil {
		r.Views = []View{n.view("Two parameters", n.parameterPlane(c.Along[0], c.Along[1]))}
		return r, nil
	}
	r.Views = []View{n.view(pathName, n.pathPlane()), n.view(randomName, n.randomPlane(c.Seed))}
	for _, skip := range []bool{false, true} {
		n, err := trained(ctx, deep, skip)
		if err != nil {
			return nil, err
		}
		name := fmt.Sprintf("%d hidden layers", deep)
		if skip {
			name += " with skip connections"
		}
		r.Deep = append(r.Deep, n.view(name, n.randomPlane(c.Seed)))
	}
	return r, nil
}

func trained(ctx context.Context, depth int, skip bool) (*network, error) {
	n := newNetwork(newNet(depth, skip))
	return n, n.train(ctx, steps)
}

// view looks at the surface on a plane, as far as the path reaches, and at least 1 around the end.
func (n *network) view(name string, p plane) View {
	v := View{Name: name, XLabel: p.xLabel, YLabel: p.yLabel, Errors: n.errors}
	v.X, v.Y, v.Share = n.project(p)
	around := func(path []float64, end float64) draw.Range {
		return draw.Extent(.15, append([]float64{end - 1, end + 1}, path...))
	}
	v.Grid = n.sample(p, around(v.X, p.offset[0]), around(v.Y, p.offset[1]))
	return v
}

// String returns what was trained, and how much of the path the planes hold.
func (r *Result) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n%d parameters; mean (a−t)² from %.4f to %.4f in %d steps\n", r.Net, r.Parameters, r.Views[0].Errors[0], r.Views[0].end(), steps)
	for _, v := range slices.Concat(r.Views, r.Deep) {
		e := draw.Extent(0, v.Grid.Z)
		fmt.Fprintf(&b, "\n%s, along %s and %s:\n  the plane holds %.1f %% of the path; the error at the end of the path is %.2g, and on the plane %.2g to %.2g", v.Name, v.XLabel, v.YLabel, 100*v.Share, v.end(), e.Lo, e.Hi)
	}
	return b.String()
}
