package page_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gentlegrad/demos/draw"
	"gentlegrad/demos/internal/browsertest"
	"gentlegrad/demos/page"
)

// descentJSON is the part of the figures' data that the tests check the page against.
type descentJSON struct {
	Values []float64
	Starts []struct {
		P, M []int
		E, G []float64
	}
	Plane struct{ X, Y [2]float64 }
	Turn  *struct {
		N           int
		Heights     []int
		X, Y, Scale float64
	}
}

func descentData(t *testing.T, f page.Figure) (data descentJSON) {
	t.Helper()
	text, err := json.Marshal(f.Data)
	must(t, err)
	must(t, json.Unmarshal(text, &data))
	return data
}

const (
	map5     = `#figure-5 [data-panel=map] svg`
	surface5 = `#figure-5 [data-panel=surface] svg`
)

// coordinates reads path data of absolute moves and lines.
func coordinates(t *testing.T, d string) (xy []float64) {
	t.Helper()
	split := func(r rune) bool { return strings.ContainsRune("MLz ", r) }
	for _, s := range strings.FieldsFunc(d, split) {
		v, err := strconv.ParseFloat(s, 64)
		must(t, err)
		xy = append(xy, v)
	}
	return xy
}

func nearly(a, b []float64, tolerance float64) bool {
	return slices.EqualFunc(a, b, func(a, b float64) bool { return math.Abs(a-b) <= tolerance })
}

func TestDescent(t *testing.T) {
	t.Parallel()
	list := drawn(t, 4, 5)
	t.Run("starts as drawn", func(t *testing.T) { startsAsDrawn(t, list) })
	t.Run("canvas is the drawing", func(t *testing.T) { canvasIsTheDrawing(t, list[1]) })
	t.Run("turns", func(t *testing.T) { surfaceTurns(t, list[1]) })
	t.Run("path is hidden", func(t *testing.T) { pathIsHidden(t, list[1]) })
	t.Run("labels stay readable", func(t *testing.T) { labelsStayReadable(t, list[1]) })
	t.Run("start is picked", func(t *testing.T) { startIsPicked(t, list[1]) })
	t.Run("start of one weight is picked", func(t *testing.T) { oneStartIsPicked(t, list[0]) })
	t.Run("on a phone", func(t *testing.T) { descentOnAPhone(t, list) })
}

// The script starts with what Go drew: nothing may jump.
func startsAsDrawn(t *testing.T, list []page.Figure) {
	p := open(t, browsertest.Options{}, list...)
	for _, f := range list {
		for _, panel := range f.Panels[1:] {
			markup, err := json.Marshal(string(panel.Drawing.Inline(0)))
			must(t, err)
			differences := browsertest.Eval[[]string](t, p, `(() => {
				dispatchEvent(new Event("beforeprint")); // puts the facets, which paper has, where the canvas has them
				const paper = document.createElement("style");
				paper.textContent = ".panel .facets { display: inline !important }";
				document.head.append(paper);
				const now = document.querySelector("#figure-%d [data-panel=%s]"), drawn = now.cloneNode();
				drawn.innerHTML = %s;
				drawn.style = "position: absolute; max-width: none; width: " + now.getBoundingClientRect().width + "px";
				now.after(drawn); // of the same size, so that texts are too
				const boxes = place => [...place.querySelectorAll("path,text,circle")].map(e => {
					const b = e.getBBox();
					return {text: e.textContent + e.getAttribute("fill"), at: [b.x, b.y, b.width, b.height]};
				});
				const a = boxes(now), b = boxes(drawn);
				drawn.remove();
				paper.remove();
				if (a.length !== b.length) return [a.length + " elements, drawn " + b.length];
				return a.flatMap((e, i) => e.text === b[i].text && e.at.every((v, k) => Math.abs(v - b[i].at[k]) < 0.5) ? []
					: [JSON.stringify(e) + " drawn " + JSON.stringify(b[i])]);
			})()`, f.Number, panel.Name, markup)
			if len(differences) > 0 {
				t.Errorf("figure %d, %s: %d differences: %.400q", f.Number, panel.Name, len(differences), differences)
			}
		}
		facts := browsertest.Eval[[]string](t, p, `[...document.querySelectorAll("#figure-%d .facts td")].map(td => td.textContent)`, f.Number)
		for i, fact := range f.Facts {
			if facts[i] != fact.Value {
				t.Errorf("figure %d: %s is %q, want %q", f.Number, fact.Name, facts[i], fact.Value)
			}
		}
	}
}

// Facets of a turned surface are where NewView has them, the nearest ones last.
func surfaceTurns(t *testing.T, f page.Figure) {
	p := open(t, browsertest.Options{}, f)
	first := facetsAsGo(t, p, f)
	press := func(keys ...string) func() error {
		return func() error {
			must(t, p.Eval(`document.querySelector("`+surface5+`").focus()`, nil))
			for _, k := range keys {
				must(t, p.Press(k))
			}
			return nil
		}
	}
	turns := []struct {
		name  string
		do    func() error
		moved [2]float64 // azimuth and elevation, from 125 and 35
	}{
		{"left key", press("ArrowLeft"), [2]float64{10, 0}},
		{"right and up keys", press("ArrowRight", "ArrowRight", "ArrowUp"), [2]float64{-10, -10}},
		{"down to the limit", press("Home", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown"), [2]float64{0, 35}},
		{"home key", press("Home"), [2]float64{0, 0}},
		{"button", func() error { return p.Click(`#figure-5 [aria-label="Turn the surface right"]`) }, [2]float64{-10, 0}},
		{"button back", func() error { return p.Click(`#figure-5 [aria-label="Reset the surface"]`) }, [2]float64{0, 0}},
		{"drag", func() error {
			c, err := p.Centre(surface5)
			must(t, err)
			return p.Drag(c, browsertest.Point{X: c.X + 200, Y: c.Y - 20})
		}, [2]float64{-100, -10}},
		{"drag behind", func() error {
			c, err := p.Centre(surface5)
			must(t, err)
			return p.Drag(c, browsertest.Point{X: c.X + 190, Y: c.Y})
		}, [2]float64{-195, -10}},
	}
	for _, turn := range turns {
		must(t, turn.do())
		moved := browsertest.Eval[[2]float64](t, p, `(d => [(Number(d.azimuth) - 125 + 540) %% 360 - 180, Number(d.elevation) - 35])(document.querySelector("%s").dataset)`, surface5)
		want := turn.moved
		want[0] = math.Mod(want[0]+540, 360) - 180
		if moved != want {
			t.Errorf("%s turns by %v, want %v", turn.name, moved, want)
		}
		if drawn := facetsAsGo(t, p, f); (drawn == first) != (moved == [2]float64{}) {
			t.Errorf("%s: the drawing is the first one: %v", turn.name, drawn == first)
		}
	}
}

// What the surface hides of the descent is not part of the thick line.
func pathIsHidden(t *testing.T, f page.Figure) {
	p := open(t, browsertest.Options{}, f)
	const lengths = `[...document.querySelectorAll("%s .trace path")].map(l => l.getTotalLength())`
	must(t, p.Eval(`document.querySelector("`+surface5+`").focus()`, nil))
	for range 18 {
		must(t, p.Press("ArrowLeft"))
	}
	behind := browsertest.Eval[[3]float64](t, p, lengths, surface5)
	if !(behind[1] < .7*behind[0] && behind[1] > .02*behind[0]) || behind[1] != behind[2] {
		t.Errorf("from behind, the lines are %v long; want the first longer", behind)
	}
	must(t, p.Press("Home"))
	if front := browsertest.Eval[[3]float64](t, p, lengths, surface5); math.Abs(front[0]-front[1]) > 1 {
		t.Errorf("from the front, the lines are %v long; want all the same", front)
	}
}

// facetsAsGo compares the facets drawn with NewView and returns them.
func facetsAsGo(t *testing.T, p *browsertest.Page, f page.Figure) string {
	t.Helper()
	turn := descentData(t, f).Turn
	at := browsertest.Eval[[2]float64](t, p, `(d => [Number(d.azimuth), Number(d.elevation)])(document.querySelector("%s").dataset)`, surface5)
	weights := draw.Range{Lo: -10, Hi: 10}
	view := draw.NewView(draw.Box{W: 2, H: 2}, weights, weights, draw.Range{Lo: 0, Hi: 1}, at[0], at[1])
	scale := turn.Scale / (10 * math.Hypot(view.PX[1], view.PX[2]))
	step := 20 / float64(turn.N-1)
	corner := func(i, j int) []float64 {
		x, y := view.Project(step*float64(i)-10, step*float64(j)-10, float64(turn.Heights[j*turn.N+i])/1e4)
		return []float64{turn.X + scale*(x-1), turn.Y + scale*(y-1)}
	}
	must(t, p.Eval(`dispatchEvent(new Event("beforeprint"))`, nil)) // paper has what the canvas shows
	drawn := browsertest.Eval[[]string](t, p, `[...document.querySelectorAll("%s .facets path")].map(f => f.getAttribute("d"))`, surface5)
	n := turn.N - 1
	for k, d := range drawn {
		i, j := k%n, k/n
		if view.Depth[1] < 0 {
			i = n - 1 - i
		}
		if view.Depth[2] < 0 {
			j = n - 1 - j
		}
		want := slices.Concat(corner(i, j), corner(i+1, j), corner(i+1, j+1), corner(i, j+1))
		if got := coordinates(t, d); !nearly(got, want, .06) {
			t.Fatalf("seen from %v: facet %d is at %v, want %v", at, k, got, want)
		}
	}
	return strings.Join(drawn, "")
}

// From wherever it is seen, no label may leave the drawing or cover another one.
func labelsStayReadable(t *testing.T, f page.Figure) {
	p := open(t, browsertest.Options{}, f)
	bad := browsertest.Eval[[]string](t, p, `(() => {
		const svg = document.querySelector("%s"), view = svg.viewBox.baseVal, bad = [];
		const key = k => svg.dispatchEvent(new KeyboardEvent("keydown", {key: k}));
		for (let e = 0; e < 9; e++) key("ArrowUp");
		for (let e = 0; e < 3; e++) {
			for (let a = 0; a < 36; a++) {
				const seen = svg.dataset.azimuth + "/" + svg.dataset.elevation + ": ";
				const texts = [...svg.querySelectorAll(".cage text")].filter(t => t.textContent);
				const outer = svg.getBoundingClientRect();
				const boxes = texts.map(t => t.getBoundingClientRect());
				boxes.forEach((b, i) => {
					if (b.left < outer.left || b.right > outer.right || b.top < outer.top || b.bottom > outer.bottom) bad.push(seen + texts[i].textContent + " leaves");
					boxes.slice(0, i).forEach((c, j) => {
						const w = Math.min(b.right, c.right) - Math.max(b.left, c.left), h = Math.min(b.bottom, c.bottom) - Math.max(b.top, c.top);
						if (w > 3 && h > 5) bad.push(seen + texts[i].textContent + " covers " + texts[j].textContent + " " + w + "x" + h);
					});
				});
				if (texts.length < 9) bad.push(seen + texts.length + " labels");
				key("ArrowLeft");
			}
			for (let k = 0; k < 3; k++) key("ArrowDown");
		}
		return bad;
	})()`, surface5)
	if len(bad) > 0 {
		t.Errorf("%d faults in 108 views: %q", len(bad), bad[:min(len(bad), 40)])
	}
}

// wantDescent fails unless the map and the facts show the descent from the values at
// these places.
func wantDescent(t *testing.T, p *browsertest.Page, data descentJSON, i, j int) {
	t.Helper()
	s := data.Starts[j*len(data.Values)+i]
	var want []float64
	for k := 0; k < len(s.P); k += 3 {
		along := func(ends [2]float64, hundredths int) float64 {
			return ends[0] + (ends[1]-ends[0])*(float64(hundredths)/100+10)/20
		}
		want = append(want, along(data.Plane.X, s.P[k]), along(data.Plane.Y, s.P[k+1]))
	}
	for line := range 3 {
		d := browsertest.Eval[string](t, p, `document.querySelectorAll("%s .trace path")[%d].getAttribute("d")`, map5, line)
		if got := coordinates(t, d); !nearly(got, want, .06) {
			t.Errorf("from %v, %v: line %d is at %v, want %v", data.Values[i], data.Values[j], line, got, want)
		}
	}
	facts := browsertest.Eval[[]string](t, p, `[...document.querySelectorAll("#figure-5 .facts td")].slice(-5).map(td => td.textContent.replaceAll("−", "-"))`)
	for k, m := range s.M {
		row := facts[0]
		if k > 0 {
			row = facts[k+1]
		}
		if want := fmt.Sprintf("w₁\u00a0=\u00a0%.2f, w₂\u00a0=\u00a0%.2f", float64(s.P[3*m])/100, float64(s.P[3*m+1])/100); !strings.HasSuffix(row, want) {
			t.Errorf("from %v, %v: the facts have %q, want %q", data.Values[i], data.Values[j], row, want)
		}
		if s.E[k] > .001 && !strings.HasPrefix(row, fmt.Sprintf("E = %v at", s.E[k])) {
			t.Errorf("from %v, %v: the facts have %q, want E = %v", data.Values[i], data.Values[j], row, s.E[k])
		}
	}
	sliders := browsertest.Eval[[]string](t, p, `[...document.querySelectorAll("#figure-5 input")].map(i => i.value)`)
	if want := []string{fmt.Sprint(data.Values[i]), fmt.Sprint(data.Values[j])}; !slices.Equal(sliders, want) {
		t.Errorf("the sliders are at %v, want %v", sliders, want)
	}
}

func startIsPicked(t *testing.T, f page.Figure) {
	data := descentData(t, f)
	p := open(t, browsertest.Options{}, f)
	wantDescent(t, p, data, 13, 4)
	pixel := func(w1, w2 float64) browsertest.Point {
		_, err := p.Centre(map5)
		must(t, err)
		at := browsertest.Eval[[2]float64](t, p, `(svg => { const q = new DOMPoint(%v, %v).matrixTransform(svg.getScreenCTM()); return [q.x, q.y]; })(document.querySelector("%s"))`,
			data.Plane.X[0]+(data.Plane.X[1]-data.Plane.X[0])*(w1+10)/20, data.Plane.Y[0]+(data.Plane.Y[1]-data.Plane.Y[0])*(w2+10)/20, map5)
		return browsertest.Point{X: at[0], Y: at[1]}
	}
	q := pixel(-5.3, 5.2)
	must(t, p.Drag(q, q))
	wantDescent(t, p, data, 5, 15)
	must(t, p.Drag(q, pixel(8.1, -7.9)))
	wantDescent(t, p, data, 18, 2)
	must(t, p.Eval(`document.querySelectorAll("#figure-5 input")[1].focus()`, nil))
	must(t, p.Press("ArrowRight"))
	wantDescent(t, p, data, 18, 3)
	must(t, p.Press("Shift+Tab"))
	must(t, p.Press("Home"))
	wantDescent(t, p, data, 0, 3)
}

func oneStartIsPicked(t *testing.T, f page.Figure) {
	data := descentData(t, f)
	p := open(t, browsertest.Options{}, f)
	path := func() []float64 {
		return coordinates(t, browsertest.Eval[string](t, p, `document.querySelector("#figure-4 .trace path").getAttribute("d")`))
	}
	must(t, p.Click(`#figure-4 [data-panel=surface] svg`))
	value := browsertest.Eval[float64](t, p, `Number(document.querySelector("#figure-4 input").value)`)
	if value == -6 {
		t.Error("the click did not pick another start")
	}
	onTheCurve(t, data, value, path())
	must(t, p.Eval(`document.querySelector("#figure-4 input").focus()`, nil))
	must(t, p.Press("Home")) // from the plateau at the left
	onTheCurve(t, data, -10, path())
}

// onTheCurve fails unless a path begins at a weight and all of it, between its points too, lies on figure
// 4's curve, (σ(w₁)−1)².
func onTheCurve(t *testing.T, data descentJSON, start float64, path []float64) {
	t.Helper()
	along := func(ends [2]float64, pixel float64) float64 { return (pixel - ends[0]) / (ends[1] - ends[0]) }
	if len(path) < 4 || !nearly([]float64{20*along(data.Plane.X, path[0]) - 10}, []float64{start}, .01) {
		t.Fatalf("the path from %v is %v", start, path)
	}
	for i := 0; i+3 < len(path); i += 2 {
		for _, u := range []float64{0, .5, 1} {
			w := 20*along(data.Plane.X, path[i]+u*(path[i+2]-path[i])) - 10
			a := 1 / (1 + math.Exp(-w))
			if e := along(data.Plane.Y, path[i+1]+u*(path[i+3]-path[i+1])); math.Abs(e-(a-1)*(a-1)) > .002 {
				t.Errorf("at w₁ = %.2f the path is at E = %.4f, the curve at %.4f", w, e, (a-1)*(a-1))
			}
		}
	}
}

// A finger picks a start, and a narrow page has nothing to scroll sideways to.
func descentOnAPhone(t *testing.T, list []page.Figure) {
	p := open(t, browsertest.Options{Width: 400, Height: 800, Mobile: true}, list...)
	must(t, p.Tap(map5))
	value := browsertest.Eval[float64](t, p, `Number(document.querySelectorAll("#figure-5 input")[0].value)`)
	if value == 3 {
		t.Error("the tap did not pick another start")
	}
	if wide := browsertest.Eval[float64](t, p, `document.documentElement.scrollWidth`); wide > 400 {
		t.Errorf("the page is %v pixels wide", wide)
	}
}
