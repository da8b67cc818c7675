package draw

import ("math";"os";"testing";"time";"fmt")

func TestSamples(t *testing.T) {
	w := func(n string, b []byte) { os.WriteFile("/tmp/dr/"+n, b, 0o644); fmt.Println(n, len(b)) }
	xs := []float64{}
	for i := range 101 { xs = append(xs, -5+float64(i)/10) }
	f := func(g func(float64) float64) []float64 { o := make([]float64, len(xs)); for i, x := range xs { o[i] = g(x) }; return o }
	d := New(640, 360, "a")
	d.Describe("Activations", "Linear, logistic, tanh <&>")
	ax := d.Axes(AxesSpec{Box: Box{0, 0, 420, 360}, X: Range{-5, 5}, Y: Range{-1.5, 1.5}, Title: "Activation functions g(z)", XLabel: "pre-activation z_j", YLabel: "activation a_j", Grid: true})
	ax.Area("#0072b233", xs, f(func(x float64) float64 { return math.Tanh(x)-.2 }), f(func(x float64) float64 { return math.Tanh(x)+.2 }))
	var es []Entry
	for i, g := range []func(float64) float64{func(x float64) float64 { return x }, func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }, math.Tanh, math.Sin, math.Cos, func(x float64)float64{return x*x/20-1}, func(x float64)float64{return 1.2-x*x/20}} {
		s := Series(i)
		ax.Line(s, xs, f(g))
		es = append(es, Entry{Label: fmt.Sprintf("series_%d", i), Line: &s})
	}
	for i := range 4 { m := Marker{Shape: Shape(i)}; es = append(es, Entry{Label: "filled class^2", Marker: &m}); h := m; h.Hollow = true; es = append(es, Entry{Label:"hollow a_{out}", Marker: &h}) }
	d.Legend(430, 20, es...)
	w("lines.svg", d.Static(0))

	// contour
	d = New(700, 330, "c")
	const F = 100
	grids := []Grid{}
	loss, it := []float64{}, []float64{}
	for k := range F {
		th := float64(k) / F
		grids = append(grids, Sample(20, 20, Range{-.5, 1.5}, Range{-.5, 1.5}, func(x, y float64) float64 {
			s := func(v float64) float64 { return 1 / (1 + math.Exp(-v)) }
			return s(12*th*(s(8*(x+y-.5))-s(8*(x+y-1.5))-.6) + .3*math.Sin(9*x+k2(k)))
		}))
		loss = append(loss, 45*math.Exp(-4*th)+3*math.Sin(th*50)*(1-th)+5)
		it = append(it, float64(k+1))
	}
	ax = d.Axes(AxesSpec{Box: Box{0, 0, 330, 330}, X: Range{-.5, 1.5}, Y: Range{-.5, 1.5}, Title: "Prediction surface", XLabel: "x_1", YLabel: "x_2"})
	levels := Levels(Range{0, 1}, 9)
	cols := ColorMap(BlueOrange).Bands(10)
	ax.Contours(levels, cols, grids...)
	ax.Isoline(Stroke{Color: "#222", Width: 1.5}, .5, grids...)
	var px, py [2][]float64
	for i := range 100 { a, b := i&1, i>>1&1; c := a^b; px[c] = append(px[c], float64(a)+.15*math.Sin(float64(i*i))); py[c] = append(py[c], float64(b)+.15*math.Cos(float64(3*i*i))) }
	ax.Scatter(Marker{Shape: Dot}, px[0], py[0])
	ax.Scatter(Marker{Shape: Square, Hollow: true}, px[1], py[1])
	d.ColorBar(Box{335, 20, 50, 270}, levels, cols, "a_{out}")
	lx := d.Axes(AxesSpec{Box: Box{390, 0, 310, 330}, X: Range{0, F}, Y: Extent(.05, loss), Title: "Loss", XLabel: "iteration", YLabel: "Σ (a − t)^2", Grid: true})
	lx.Grow(Series(0), it, loss)
	lx.Moving(Marker{Color: "#d55e00"}, it, loss)
	txt := make([]string, F)
	for k := range txt { txt[k] = fmt.Sprintf("%d: %.2f", k+1, loss[k]) }
	lx.Over.TextFrames(lx.Frame.X+lx.Frame.W-8, lx.Frame.Y+20, txt...).Anchor(End)
	w("contour.svg", d.Static(F-1))
	w("contour-first.svg", d.Static(8))
	w("contour-anim.svg", d.Animated(60*time.Millisecond, time.Second))
	w("contour-inline.svg", d.Inline(F/2))

	// surface
	d = New(900, 700, "s")
	for i, az := range []float64{-60, 30, 130, 225, 0, -60} {
		el := 30.0
		if i == 5 { el = 75 }
		g := Sample(31, 31, Range{-10, 10}, Range{-10, 10}, func(x, y float64) float64 { s := func(v float64) float64 { return 1 / (1 + math.Exp(-v)) }; e := s(y*s(x)) - 1; return e * e })
		sf := d.Surface(SurfaceSpec{Box: Box{float64(i%3) * 300, float64(i/3) * 350, 300, 350}, Grid: g, Azimuth: az, Elevation: el, XLabel: "w_1", YLabel: "w_2", ZLabel: "E(w_1, w_2)", Title: fmt.Sprintf("azimuth %v", az)})
		sf.Line(Stroke{Color: "#d55e00", Width: 2.5}, []float64{-8, -4, 0, 3}, []float64{-6, -3, -1, 2}, []float64{.6, .5, .4, .05})
	}
	w("surface.svg", d.Static(0))

	// diagram
	d = New(900, 640, "n")
	spec := DiagramSpec{Box: Box{0, 0, 450, 300}, Layers: []Layer{{Title: "input", Units: []Unit{{Label: "x_1"}, {Label: "x_2"}}, Bias: &Unit{Label: "1"}}, {Title: "hidden", Units: []Unit{{Label: "a_1"}, {Label: "a_2"}, {Label: "a_3"}, {Label: "a_4"}}, Bias: &Unit{Label: "1"}}, {Title: "output", Units: []Unit{{Label: "a_{out}", Note: "0.73"}}}}}
	for l, n := range []int{2, 4} {
		for j := range []int{4, 1}[l] { for i := -1; i < n; i++ { s := Series((i + j + 7) % 7); s.Width = 1 + float64(i+1)*.7; s.Dash = ""; e := Edge{Layer: l, From: i, To: j, Stroke: s}; if l == 1 || true { e.Label = fmt.Sprintf("w_{%d%d}", i+1, j+1) }; spec.Edges = append(spec.Edges, e) } }
	}
	dg := d.Diagram(spec)
	_ = dg
	spec2 := DiagramSpec{Box: Box{450, 0, 450, 300}, Limit: 8, Layers: []Layer{{Title: "in"}, {Title: "code"}, {}, {Title: "out"}}}
	for l, n := range []int{3, 12, 20, 2} { for range n { spec2.Layers[l].Units = append(spec2.Layers[l].Units, Unit{Label: "z_j"}) } }
	for l, n := range []int{3, 12, 20} { for i := range n { for j := range len(spec2.Layers[l+1].Units) { spec2.Edges = append(spec2.Edges, Edge{Layer: l, From: i, To: j, Stroke: Stroke{Width: .7, Color: Muted}}) } } }
	d.Diagram(spec2)
	dg = d.Diagram(DiagramSpec{Box: Box{0, 310, 450, 300}, Radius: 34, Layers: []Layer{{Title: "Step II: δ", Units: []Unit{{Label: "x", Note: "1.0"}}}, {Units: []Unit{{}, {Label: "tanh"}}}, {Units: []Unit{{Label: "a", Note: "target t"}}}}, Edges: []Edge{{0, 0, 0, "w_1 = 0.5", Stroke{}, false}, {0, 0, 1, "w_2", Stroke{Dash: "5 3"}, false}, {1, 0, 0, "δ_k w_{jk}", Stroke{Color: "#d55e00", Width: 3}, true}, {1, 1, 0, "", Stroke{}, true}}})
	in := dg.Inside(1, 0)
	g := Sample(12, 12, Range{-1, 1}, Range{-1, 1}, func(x, y float64) float64 { return x*y })
	for i, c := range ColorMap(BlueOrange).Bands(6) { in.Path(ContourPath(g, float64(i)/3-1-.001, Scale{Range{-1, 1}, -34, 34}, Scale{Range{-1, 1}, 34, -34})).Fill(c) }
	ls := []Layer{}
	for range 10 { ls = append(ls, Layer{Units: make([]Unit, 20)}) }
	sp := DiagramSpec{Box: Box{450, 310, 450, 320}, Layers: ls}
	for l := range 9 { for i := range 20 { sp.Edges = append(sp.Edges, Edge{Layer: l, From: i, To: (i * 7) % 20, Stroke: Stroke{Width: .6}}) } }
	d.Diagram(sp)
	w("diagram.svg", d.Static(0))
}
func k2(k int) float64 { return float64(k) / 30 }
