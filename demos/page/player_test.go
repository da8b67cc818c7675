package page_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"gentlegrad/demos/draw"
	"gentlegrad/demos/figures"
	"gentlegrad/demos/internal/browsertest"
	"gentlegrad/demos/page"
	"gentlegrad/demos/training"
)

// open renders a page of the figures and opens it in a browser, or skips.
func open(t *testing.T, o browsertest.Options, list ...page.Figure) *browsertest.Page {
	t.Helper()
	b := browsertest.Start(t)
	text, err := page.Page{Title: "Figures", Figures: list}.Render()
	must(t, err)
	name := filepath.Join(t.TempDir(), "index.html")
	must(t, os.WriteFile(name, text, 0o644))
	return b.OpenQuiet(t, browsertest.FileURL(name), o)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// trained returns one of the figures 8 to 14, trained for some iterations.
func trained(t *testing.T, number, iterations int) (page.Figure, *training.Run) {
	t.Helper()
	f := figures.All()[number-1]
	f.Training.Iterations = iterations
	var err error
	f.Run, err = training.Train(*f.Training, nil)
	must(t, err)
	return f.Draw().Figure, f.Run
}

// drawn returns figures that show no training.
func drawn(t *testing.T, numbers ...int) []page.Figure {
	t.Helper()
	var list []page.Figure
	for _, n := range numbers {
		list = append(list, figures.All()[n-1].Draw().Figure)
	}
	return list
}

// shown returns the values that the page shows, by element and attribute.
func shown(t *testing.T, p *browsertest.Page, tracks []draw.Track) []string {
	t.Helper()
	type place struct{ ID, Attr string }
	var places []place
	for _, track := range tracks {
		places = append(places, place{track.ID, track.Attr})
	}
	text, err := json.Marshal(places)
	must(t, err)
	return browsertest.Eval[[]string](t, p, `%s.map(({ID, Attr}) => {
		const e = document.getElementById(ID);
		return Attr === "text" ? e.textContent : e.getAttribute(Attr);
	})`, text)
}

// TestPlayer holds what is drawn at an iteration to the frames of that iteration, which
// are made from the run's history, however the reader gets there.
func TestPlayer(t *testing.T) {
	const iterations = 12
	for _, number := range []int{8, 11, 13} {
		t.Run(fmt.Sprint(number), func(t *testing.T) {
			f, run := trained(t, number, iterations)
			var tracks []draw.Track
			for _, panel := range f.Panels {
				tracks = append(tracks, panel.Drawing.Tracks()...)
			}
			p := open(t, browsertest.Options{Width: 1000, Height: 1200}, f)
			at := func(how string, iteration int) {
				t.Helper()
				text := browsertest.Eval[string](t, p, `document.querySelector(".controls output").textContent`)
				want := fmt.Sprintf("iteration %d of %d, before training", iteration, iterations)
				if iteration > 0 {
					want = fmt.Sprintf("iteration %d of %d, loss %#.4g", iteration, iterations, run.Loss[iteration-1])
				}
				if text != want {
					t.Errorf("%s: the page says %q, want %q", how, text, want)
				}
				for i, value := range shown(t, p, tracks) {
					if want := tracks[i].Values[iteration]; value != want {
						t.Fatalf("%s: at iteration %d %s of %s is %q, want %q", how, iteration, tracks[i].Attr, tracks[i].ID, value, want)
					}
				}
			}
			at("at first", iterations)
			must(t, p.Click(`[aria-label="−1 iteration"]`))
			at("a step back", iterations-1)
			must(t, p.Click(`[aria-label="+1 iteration"]`))
			must(t, p.Click(`[aria-label="+1 iteration"]`))
			at("steps on, beyond the end", iterations)
			must(t, p.Eval(`document.querySelector("input[type=range]").focus()`, nil))
			must(t, p.Press("Home"))
			at("Home on the slider", 0)
			must(t, p.Press("ArrowRight"))
			must(t, p.Press("ArrowRight"))
			at("arrows on the slider", 2)
			must(t, p.Click(`[aria-label="Play"]`))
			must(t, p.WaitFor(`document.querySelector("section").dataset.iteration >= 5`, 10*time.Second))
			must(t, p.WaitFor(`document.querySelector("section").dataset.iteration == 12 && document.querySelector('[aria-label="Play"]') !== null`, 10*time.Second))
			at("played to the end", iterations)
			must(t, p.Click(`[aria-label="Play"]`))
			must(t, p.WaitFor(`document.querySelector("section").dataset.iteration >= 2`, 10*time.Second))
			must(t, p.Click(`[aria-label="Pause"]`))
			paused := browsertest.Eval[int](t, p, `Number(document.querySelector("section").dataset.iteration)`)
			time.Sleep(300 * time.Millisecond)
			at("paused", paused)
		})
	}
}

// visible returns the panels that the page shows, in order.
func visible(t *testing.T, p *browsertest.Page) string {
	t.Helper()
	names := browsertest.Eval[[]string](t, p, `[...document.querySelectorAll(".panel")].filter(e => e.getClientRects().length > 0).map(e => e.dataset.panel)`)
	return strings.Join(names, " ")
}

// pressed returns the labels of the pressed buttons that the page shows, in order.
func pressed(t *testing.T, p *browsertest.Page) string {
	t.Helper()
	labels := browsertest.Eval[[]string](t, p, `[...document.querySelectorAll("[aria-pressed=true]")].filter(e => e.getClientRects().length > 0).map(e => e.textContent)`)
	return strings.Join(labels, ", ")
}

// A choice is what a reader does at a player, and what it shows then.
type choice struct{ press, panels, pressed string }

// choose makes choices, one after another: press is a button's name, or the number of an observation.
func choose(t *testing.T, p *browsertest.Page, choices ...choice) {
	t.Helper()
	for _, c := range choices {
		switch number, err := strconv.Atoi(c.press); {
		case err == nil:
			must(t, p.Eval(fmt.Sprintf(`(s => { s.value = %d; s.dispatchEvent(new Event("change")); })(document.querySelector(".of-network select"))`, number), nil))
		case c.press != "":
			must(t, p.Click(fmt.Sprintf(`[aria-label="%s"]`, c.press)))
		}
		if got := visible(t, p); got != c.panels {
			t.Errorf("%q shows %s, want %s", c.press, got, c.panels)
		}
		if got := pressed(t, p); got != c.pressed {
			t.Errorf("%q: pressed are %s, want %s", c.press, got, c.pressed)
		}
	}
}

// TestPanels chooses what a wide screen shows.
func TestPanels(t *testing.T) {
	f, _ := trained(t, 11, 3)
	p := open(t, browsertest.Options{}, f)
	choose(t, p,
		choice{"", "prediction loss weights", "Weights"},
		choice{"Show Gradients, δ", "prediction loss gradients", "Gradients, δ"},
		choice{"2", "prediction loss gradients-2", "Gradients, δ"},
		choice{"Loss: log scale, in powers of ten", "prediction loss-log gradients-2", "Loss: log scale, Gradients, δ"},
		choice{"Show Weights", "prediction loss-log weights", "Loss: log scale, Weights"},
		choice{"Show Gradients, δ", "prediction loss-log gradients-2", "Loss: log scale, Gradients, δ"},
		choice{"0", "prediction loss-log gradients", "Loss: log scale, Gradients, δ"},
		choice{"Loss: log scale, in powers of ten", "prediction loss gradients", "Gradients, δ"},
	)
}

// TestRing: the observation whose gradients show has a ring around it in the prediction.
func TestRing(t *testing.T) {
	f, _ := trained(t, 13, 3)
	p := open(t, browsertest.Options{}, f)
	const rings = `[...document.querySelectorAll(".ring")].flatMap((r, i) => r.getClientRects().length > 0 ? [i + 1] : [])`
	for _, c := range []struct {
		choice
		rings string
	}{
		{choice{"Show Gradients, δ", "prediction loss gradients", "Gradients, δ"}, "[]"},
		{choice{"3", "prediction loss gradients-3", "Gradients, δ"}, "[3]"},
		{choice{"Show Weights", "prediction loss weights", "Weights"}, "[]"},
	} {
		choose(t, p, c.choice)
		if got := fmt.Sprint(browsertest.Eval[[]int](t, p, rings)); got != c.rings {
			t.Errorf("%q: rings %s, want %s", c.press, got, c.rings)
		}
	}
}

// TestPhone: a small screen shows one part at a time, whole, with what chooses it and with the controls.
func TestPhone(t *testing.T) {
	const height = 640
	f, _ := trained(t, 11, 100)
	p := open(t, browsertest.Options{Width: 360, Height: height, Mobile: true}, f)
	for _, c := range []choice{
		{"", "prediction", "Prediction"},
		{"Show the loss", "loss", "Loss"},
		{"Loss: log scale, in powers of ten", "loss-log", "Loss, Loss: log scale"},
		{"Show the network", "weights", "Network, Weights"},
		{"Show Gradients, δ", "gradients", "Network, Gradients, δ"},
		{"2", "gradients-2", "Network, Gradients, δ"},
		{"Show the prediction", "prediction", "Prediction"},
		{"Show the network", "gradients-2", "Network, Gradients, δ"},
	} {
		choose(t, p, c)
		must(t, p.Eval(`document.querySelector("section").scrollIntoView()`, nil))
		top := browsertest.Eval[float64](t, p, `document.querySelector(".tabs").getBoundingClientRect().top`)
		bottom := browsertest.Eval[float64](t, p, `document.querySelector(".controls").getBoundingClientRect().bottom`)
		covered := browsertest.Eval[bool](t, p, `[...document.querySelectorAll(".panel svg")].some(e => e.getBoundingClientRect().bottom > document.querySelector(".controls").getBoundingClientRect().top)`)
		if top < 0 || bottom > height || covered {
			t.Errorf("%q: from %v to %v of %d pixels, and that the controls cover a part is %v", c.press, top, bottom, height, covered)
		}
	}
}

// TestFits holds the page to the width of a phone: nothing sticks out, not even a long word, and a label
// stays with its select.
func TestFits(t *testing.T) {
	f, _ := trained(t, 11, 3)
	long := strings.Repeat("long", 50)
	f.Text, f.Facts = append(f.Text, long), append(f.Facts, page.Fact{Name: "Inputs", Value: long})
	p := open(t, browsertest.Options{Width: 360, Height: 800, Mobile: true}, append(drawn(t, 7, 2, 6), f)...)
	if width := browsertest.Eval[int](t, p, `document.documentElement.scrollWidth`); width > 360 {
		t.Errorf("the page is %d pixels wide on a phone of 360", width)
	}
	if n := browsertest.Eval[int](t, p, `Math.max(...[...document.querySelectorAll(".which label")].map(e => e.getClientRects().length))`); n != 1 {
		t.Errorf("a label and its select are in %d boxes", n)
	}
}

// Where two of three panels fit side by side, the third is as wide. The facts are no wider than they have to
// be, and the value of one with a long name begins beside the name's first line.
func TestSideBySide(t *testing.T) {
	f := page.Figure{Number: 1, Text: []string{"a"}, Facts: []page.Fact{{Name: "a name " + strings.Repeat("that is long ", 30), Value: "1"}, {Name: "b", Value: "2"}}}
	for i := range 3 {
		f.Panels = append(f.Panels, page.Panel{Drawing: draw.New(300+90*float64(i), 100, fmt.Sprint("p", i, "-"))})
	}
	p := open(t, browsertest.Options{Width: 800, Height: 800}, f)
	const widths = `new Set([...document.querySelectorAll(".panel")].map(e => e.clientWidth)).size`
	if n := browsertest.Eval[int](t, p, widths); n != 1 {
		t.Errorf("three panels have %d widths", n)
	}
	const top = `(r => { r.selectNodeContents(document.querySelector(".facts td")); return r.getBoundingClientRect().top - document.querySelector(".facts th").getBoundingClientRect().top })(new Range)`
	if y := browsertest.Eval[float64](t, p, top); y > 10 {
		t.Errorf("a value begins %v pixels below its name", y)
	}
	f.Facts = f.Facts[1:]
	p = open(t, browsertest.Options{Width: 800, Height: 800}, f)
	if w := browsertest.Eval[int](t, p, `document.querySelector(".facts").clientWidth`); w > 100 {
		t.Errorf("a table of two letters is %d pixels wide", w)
	}
}

// The facts of a figure without text have the place of the text.
func TestWithoutText(t *testing.T) {
	html, err := page.Page{Figures: []page.Figure{{Facts: []page.Fact{{Name: "a", Value: "b"}}}}}.Render()
	must(t, err)
	if strings.Contains(string(html), `class="text"`) {
		t.Error("there is a place for the text")
	}
}

func TestEscapes(t *testing.T) {
	text, err := page.Page{Title: "<title>", Figures: []page.Figure{{
		Number: 99, Title: `<script>alert("title")</script>`, Text: []string{`<b>bold</b> & w_{ij}<i>`},
		Facts: []page.Fact{{Name: "<u>", Value: "</table>"}}, Code: "a < b && c > d</code>",
		Kind: "player", Data: map[string]string{"x": "</script><script>alert(1)</script>"},
		Links: []page.Link{{Text: "<i>", Address: `"><script>alert`}},
	}}}.Render()
	must(t, err)
	html := string(text)
	for _, bad := range []string{"<b>bold", "<i>", "<u>", `<script>alert`, "d</code></code>", "<title><title>", "<h1><title>"} {
		if strings.Contains(html, bad) {
			t.Errorf("the page has %q unescaped", bad)
		}
	}
	if want := "&lt;b&gt;bold&lt;/b&gt; &amp; w<sub>ij</sub>&lt;i&gt;"; !strings.Contains(html, want) {
		t.Errorf("the page lacks %q", want)
	}
}
