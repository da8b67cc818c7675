package page_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gentlegrad/demos/internal/browser"
	"gentlegrad/demos/page"
)

// stepsJSON is what the script of figure 6 gets.
type stepsJSON struct {
	Groups []struct {
		Name  string
		First int
	}
	Steps []struct {
		Group, Node, Equation, Sentence string
		With, Edges                     []string
		Known                           []struct{ At, Text string }
	}
}

// stepsSeen is what a reader of figure 6 sees.
type stepsSeen struct {
	Sentence, Group, Count, Value string
	Node                          string   // drawn heaviest
	With, Edges                   []string // drawn heavy
	Work                          []string // whose working shows
	Numbers                       map[string]string
}

const stepsLook = `(() => {
	const all = s => [...document.querySelectorAll("#figure-6 " + s)];
	const shows = e => { for (; e instanceof SVGElement; e = e.parentNode) if (e.getAttribute("display") === "none") return false; return true; };
	const wide = w => all("[data-node]").filter(e => e.getAttribute("stroke-width") === w).map(e => e.dataset.node);
	return {
		sentence: document.querySelector("#figure-6 [aria-live=polite]").textContent,
		group: all("[aria-pressed=true]").map(e => e.dataset.group).join(),
		count: document.querySelector("#figure-6 output").textContent,
		value: document.querySelector("#figure-6 input").value,
		node: wide("3.5").join(),
		with: wide("2"),
		edges: all("[data-edge]").filter(shows).map(e => e.dataset.edge),
		work: all("[data-step]").filter(shows).map(e => e.dataset.step),
		numbers: Object.fromEntries(all("[data-number]").filter(e => e.textContent).map(e => [e.dataset.number, e.textContent])),
	};
})()`

func stepsFigure(t *testing.T) (page.Figure, stepsJSON) {
	t.Helper()
	f := drawn(t, 6)[0]
	text, err := json.Marshal(f.Data)
	must(t, err)
	var data stepsJSON
	must(t, json.Unmarshal(text, &data))
	return f, data
}

// stepsWant fails unless the page shows step k as the data says.
func stepsWant(t *testing.T, p *browser.Page, data stepsJSON, k int) {
	t.Helper()
	var got stepsSeen
	must(t, p.Eval(stepsLook, &got))
	s := data.Steps[k]
	if got.Sentence != s.Sentence || got.Group != s.Group {
		t.Errorf("step %d says %q in %s, want %q in %s", k, got.Sentence, got.Group, s.Sentence, s.Group)
	}
	if want := fmt.Sprintf("%d of %d", k+1, len(data.Steps)); got.Count != want || got.Value != fmt.Sprint(k) {
		t.Errorf("step %d is counted %q, slider at %s", k, got.Count, got.Value)
	}
	if !slices.Equal(got.Work, []string{fmt.Sprint(k)}) {
		t.Errorf("step %d shows the workings %v", k, got.Work)
	}
	stepsWantGraph(t, got, data, k)
}

func stepsWantGraph(t *testing.T, got stepsSeen, data stepsJSON, k int) {
	t.Helper()
	s := data.Steps[k]
	if want := s.Node; !strings.HasPrefix(want, "w") && got.Node != want {
		t.Errorf("step %d looks at %q, want %q", k, got.Node, want)
	}
	if !stepsSame(got.With, s.With) {
		t.Errorf("step %d comes from %v, want %v", k, got.With, s.With)
	}
	edges := slices.DeleteFunc(slices.Clone(s.Edges), func(n string) bool { return strings.HasPrefix(n, "b") })
	if !stepsSame(got.Edges, edges) {
		t.Errorf("step %d lights %v, want %v", k, got.Edges, edges)
	}
	want := map[string]string{}
	for _, s := range data.Steps[:k+1] {
		for _, n := range s.Known {
			if want[n.At] = n.Text; n.Text == "" {
				delete(want, n.At)
			}
		}
	}
	for place, text := range want {
		if got.Numbers[place] != text {
			t.Errorf("step %d has %q at %s, want %q", k, got.Numbers[place], place, text)
		}
	}
	if len(got.Numbers) != len(want) {
		t.Errorf("step %d has %d numbers, want %d", k, len(got.Numbers), len(want))
	}
}

func stepsSame(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// Stepping on to the end and back to the start shows every step as the data says.
func TestStepsWalk(t *testing.T) {
	t.Parallel()
	f, data := stepsFigure(t)
	p := open(t, browser.Options{}, f)
	last := len(data.Steps) - 1
	for k := range data.Steps {
		stepsWant(t, p, data, k)
		must(t, p.Click("#figure-6 button[aria-label=Forward]"))
	}
	stepsWant(t, p, data, last)
	for k := last; k >= 0; k-- {
		stepsWant(t, p, data, k)
		must(t, p.Click("#figure-6 button[aria-label=Back]"))
	}
	stepsWant(t, p, data, 0)
	quiet(t, p)
}

func TestStepsJumps(t *testing.T) {
	t.Parallel()
	f, data := stepsFigure(t)
	p := open(t, browser.Options{Width: 400, Height: 850, Mobile: true}, f)
	for _, g := range data.Groups {
		must(t, p.Tap(fmt.Sprintf("#figure-6 button[data-group=%s]", g.Name)))
		stepsWant(t, p, data, g.First)
	}
	must(t, p.Tap("#figure-6 button[aria-label=Last]"))
	stepsWant(t, p, data, len(data.Steps)-1)
	must(t, p.Tap("#figure-6 button[aria-label=First]"))
	stepsWant(t, p, data, 0)
	quiet(t, p)
}

// The keyboard is enough: Tab reaches every control, arrows move the slider.
func TestStepsKeyboard(t *testing.T) {
	t.Parallel()
	f, data := stepsFigure(t)
	p := open(t, browser.Options{}, f)
	last := len(data.Steps) - 1
	must(t, p.Eval(`document.querySelector("#figure-6 button[aria-label=Forward]").focus()`, nil))
	must(t, p.Press("Enter"))
	must(t, p.Press("Space"))
	stepsWant(t, p, data, 2)
	must(t, p.Press("Tab"))
	must(t, p.Press("Tab"))
	for _, key := range []struct {
		name string
		want int
	}{{"ArrowRight", 3}, {"ArrowUp", 4}, {"ArrowLeft", 3}, {"End", last}, {"ArrowRight", last}, {"Home", 0}, {"ArrowLeft", 0}} {
		must(t, p.Press(key.name))
		stepsWant(t, p, data, key.want)
	}
	var value string
	must(t, p.Eval(`document.activeElement.getAttribute("aria-valuetext")`, &value))
	if want := fmt.Sprintf("1 of %d: %s", last+1, data.Steps[0].Equation); value != want {
		t.Errorf("the slider says %q, want %q", value, want)
	}
	quiet(t, p)
}

// Nothing is cut off or too small, and nothing moves when the steps change.
func TestStepsLayout(t *testing.T) {
	t.Parallel()
	f, data := stepsFigure(t)
	for _, o := range []browser.Options{
		{Width: 320, Height: 640, Mobile: true}, {Width: 360, Height: 740, Mobile: true}, {Width: 400, Height: 850, Mobile: true}, {Width: 850, Height: 400, Mobile: true},
		{Width: 928, Height: 700}, {Width: 1400, Height: 900},
	} {
		t.Run(fmt.Sprintf("%d×%d", o.Width, o.Height), func(t *testing.T) {
			t.Parallel()
			p := open(t, o, f)
			var heights []float64
			must(t, p.Eval(stepsHeights, &heights))
			if len(heights) != 1 {
				t.Errorf("what is below moves: it is at %v", heights)
			}
			for _, k := range []int{0, 9, 14, len(data.Steps) - 1} {
				must(t, p.Eval(fmt.Sprintf(`(() => { %s set(%d) })()`, stepsSet, k), nil))
				stepsWant(t, p, data, k)
				var got struct{ Wider, Smallest, Outside float64 }
				must(t, p.Eval(stepsMeasure, &got))
				if got.Wider > 0 || got.Outside > 0 {
					t.Errorf("step %d: the page is %v px too wide, %v texts are cut off", k, got.Wider, got.Outside)
				}
				if o.Width >= 400 && got.Smallest < 10 {
					t.Errorf("step %d: text of %v px", k, got.Smallest)
				}
			}
			quiet(t, p)
		})
	}
}

// The numbers of a working stand apart, however long they are.
func TestStepsWorkings(t *testing.T) {
	t.Parallel()
	f, _ := stepsFigure(t)
	p := open(t, browser.Options{Width: 1400, Height: 900}, f)
	touching := eval[[]string](t, p, `(() => {
		`+stepsSet+`
		const out = [];
		for (let k = 0; k <= document.querySelector("#figure-6 input").max; k++) {
			set(k);
			const texts = [...document.querySelectorAll("#figure-6 [data-panel=work] text")].filter(e => e.textContent && e.getBoundingClientRect().width > 0);
			const boxes = texts.map(e => e.getBoundingClientRect());
			boxes.forEach((b, i) => boxes.slice(0, i).forEach((c, j) => {
				if (b.left < c.right && c.left < b.right && Math.abs(b.top - c.top) < 8) out.push(k + ": " + texts[j].textContent + " and " + texts[i].textContent);
			}));
		}
		return out;
	})()`)
	if len(touching) > 0 {
		t.Errorf("texts touch: %q", touching)
	}
	quiet(t, p)
}

const stepsSet = `const set = k => { const e = document.querySelector("#figure-6 input"); e.value = k; e.dispatchEvent(new Event("input")); };`

// stepsHeights are the places of what is below the controls, over all steps.
const stepsHeights = `(() => {
	` + stepsSet + `
	const out = new Set();
	for (let k = 0; k <= document.querySelector("#figure-6 input").max; k++) {
		set(k);
		out.add(document.querySelector("#figure-6 .words").offsetTop);
	}
	return [...out];
})()`

const stepsMeasure = `(() => {
	const out = { wider: document.documentElement.scrollWidth - innerWidth, smallest: 1e9, outside: 0 };
	for (const svg of document.querySelectorAll("#figure-6 svg")) {
		const frame = svg.getBoundingClientRect(), scale = frame.width / svg.viewBox.baseVal.width;
		for (const text of svg.querySelectorAll("text")) {
			const box = text.getBoundingClientRect();
			if (box.width === 0) continue;
			out.smallest = Math.min(out.smallest, scale * parseFloat(getComputedStyle(text).fontSize));
			if (box.left < frame.left || box.right > frame.right || box.top < frame.top || box.bottom > frame.bottom) out.outside++;
		}
	}
	return out;
})()`

// Without script, the picture is that of the end of step II.
func TestStepsWithoutScript(t *testing.T) {
	t.Parallel()
	f, data := stepsFigure(t)
	text, err := page.Render([]page.Figure{f})
	must(t, err)
	_, graph, _ := strings.Cut(string(text), `data-panel="graph"`)
	graph, work, _ := strings.Cut(graph, `data-panel="work"`)
	end := data.Groups[2].First - 1
	for _, s := range data.Steps[:end+1] {
		for _, n := range s.Known {
			if !strings.Contains(graph, fmt.Sprintf(`data-number="%s">%s<`, n.At, n.Text)) {
				t.Errorf("the graph has not %s at %s", n.Text, n.At)
			}
		}
	}
	if strings.Count(work, `display="inline"`) != 1 || !strings.Contains(work, fmt.Sprintf(`display="inline" data-step="%d"`, end)) {
		t.Error("the working is not that of the end of step II")
	}
}
