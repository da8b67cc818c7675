package page_test

import (
	"testing"
	"time"

	"gentlegrad/demos/internal/browsertest"
)

// On paper, a training takes at most a page: its four panels are two by two, and the
// table has room for its words.
func TestPrintsTraining(t *testing.T) {
	t.Parallel()
	f, _ := trained(t, 12, 3)
	const width, height = 720, 960 // of a page between its margins
	p := open(t, browsertest.Options{Width: width, Height: height, Print: true}, f)
	got := browsertest.Eval[struct {
		Panels               [][2]float64
		Value, Words, Height float64
		Shown                []string
	}](t, p, `(() => {
		const all = s => [...document.querySelectorAll("#figure-12 " + s)], box = e => e.getBoundingClientRect();
		return {
			panels: all(".panel").filter(e => box(e).height > 0).map(e => [box(e).left, box(e).top]),
			value: box(all(".facts td")[1]).width, words: box(all(".text")[0]).width,
			height: box(all(".words")[0]).bottom - box(all("h2")[0]).top,
			shown: all(".controls, details, .hint").filter(e => box(e).height > 0).map(e => e.className),
		};
	})()`)
	if got.Value < 250 || got.Words < .9*width || got.Height > height || len(got.Shown) > 0 {
		t.Errorf("values are %v wide, the text %v, the figure %v high, %q shown", got.Value, got.Words, got.Height, got.Shown)
	}
	if q := got.Panels; len(q) != 4 || q[0][1] != q[1][1] || q[2][1] != q[3][1] || q[0][1] >= q[2][1] || q[0][0] >= q[1][0] || q[2][0] >= q[3][0] {
		t.Errorf("the panels are at %v", q)
	}
	if got, want := visible(t, p), "prediction loss weights gradients"; got != want {
		t.Errorf("printed are %s, want %s", got, want)
	}
}

// On paper, a training is at its end, whose numbers stand beside it; then the reader has
// back what he saw, and what played has stopped.
func TestPrintsPlayer(t *testing.T) {
	t.Parallel()
	f, _ := trained(t, 11, 6)
	p := open(t, browsertest.Options{}, f)
	iteration := func() string {
		return browsertest.Eval[string](t, p, `document.querySelector("#figure-11").dataset.iteration`)
	}
	must(t, p.Eval(`(i => { i.value = 3; i.dispatchEvent(new Event("input")); })(document.querySelector("#figure-11 input"))`, nil))
	must(t, p.Eval(`(() => {
		document.querySelector("#figure-11 button[aria-label=Play]").click();
		dispatchEvent(new Event("beforeprint"));
	})()`, nil))
	if got := iteration(); got != "6" {
		t.Errorf("on paper: iteration %s of 6", got)
	}
	must(t, p.Eval(`dispatchEvent(new Event("afterprint"))`, nil))
	time.Sleep(300 * time.Millisecond) // three iterations, if it played
	if got := iteration(); got != "3" {
		t.Errorf("after printing at iteration 3: %s", got)
	}
}

// An open piece of code is printed.
func TestPrintsCode(t *testing.T) {
	t.Parallel()
	p := open(t, browsertest.Options{Width: 720, Height: 960}, drawn(t, 3)...)
	must(t, p.Click("#figure-3 summary"))
	must(t, p.Emulate(browsertest.Options{Width: 720, Height: 960, Print: true, Offline: true}))
	if high := browsertest.Eval[float64](t, p, `document.querySelector("#figure-3 pre").getBoundingClientRect().height`); high < 20 {
		t.Errorf("the code is %v pixels high", high)
	}
}
