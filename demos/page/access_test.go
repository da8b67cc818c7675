package page_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"gentlegrad/demos/internal/browsertest"
)

// focused returns the name of what has the focus.
func focused(t *testing.T, p *browsertest.Page) string {
	t.Helper()
	return browsertest.Eval[string](t, p, `(e => e.getAttribute("aria-label") ?? (e.id || e.labels?.[0]?.textContent || e.textContent))(document.activeElement)`)
}

// By keyboard, a link leads past the list of figures, and buttons that belong together are one stop.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	f, _ := trained(t, 11, 4)
	p := open(t, browsertest.Options{Width: 1000, Height: 1200}, append(drawn(t, 5), f)...)
	stops := func(want ...string) {
		t.Helper()
		for _, name := range want {
			must(t, p.Press("Tab"))
			if got := focused(t, p); got != name {
				t.Errorf("Tab leads to %q, want %q", got, name)
			}
		}
	}
	stops("Skip to the content")
	must(t, p.Press("Enter"))
	if got := focused(t, p); got != "content" {
		t.Errorf("the link leads to %q", got)
	}
	must(t, p.Eval(`document.querySelector("`+surface5+`").focus()`, nil))
	stops("Start at w₁ = 3", "Start at w₂ = −6", "Turn the surface left")
	for _, c := range []struct{ key, name string }{
		{"ArrowRight", "Turn the surface right"}, {"End", "Reset the surface"}, {"ArrowRight", "Turn the surface left"},
		{"ArrowLeft", "Reset the surface"}, {"Home", "Turn the surface left"}, {"ArrowRight", "Turn the surface right"},
	} {
		must(t, p.Press(c.key))
		if got := focused(t, p); got != c.name {
			t.Errorf("%s leads to %q, want %q", c.key, got, c.name)
		}
	}
	stops("The code: here, and with the rules by hand", "The figure as a file")
	must(t, p.Press("Shift+Tab"))
	must(t, p.Press("Shift+Tab"))
	if got := focused(t, p); got != "Turn the surface right" {
		t.Errorf("back in the toolbar the focus is on %q", got)
	}
	must(t, p.Eval(`document.querySelector("#figure-5 .file a").focus()`, nil))
	stops("Loss: log scale, in powers of ten", "Show Weights", "Play", "Iteration", "Speed 2/s5/s10/s20/s40/s")
	must(t, p.Press("Shift+Tab"))
	must(t, p.Press("Shift+Tab"))
	must(t, p.Press("ArrowRight"))
	must(t, p.Press("Enter"))
	if got := browsertest.Eval[string](t, p, `document.querySelector("#figure-11").dataset.iteration`); got != "3" {
		t.Errorf("−1 leads from iteration 4 to %s", got)
	}
}

// The address leads back to what is shown, and nothing is added to the history.
func TestAddress(t *testing.T) {
	t.Parallel()
	f, _ := trained(t, 11, 9)
	p := open(t, browsertest.Options{Width: 1000, Height: 1200}, append(drawn(t, 4, 5), f)...)
	addressed := func(hash string) {
		t.Helper()
		if err := p.WaitFor(fmt.Sprintf(`location.hash === %q`, hash), 5*time.Second); err != nil {
			t.Errorf("%v; it is %s", err, browsertest.Eval[string](t, p, `location.hash`))
		}
	}
	shows := func(want string) {
		t.Helper()
		got := browsertest.Eval[string](t, p, `[...document.querySelectorAll(".weight input")].map(i => i.value).join() + " " +
			(d => d.azimuth + "," + d.elevation)(document.querySelector("%s").dataset) + " " + document.querySelector("#figure-11").dataset.iteration`, surface5)
		if got != want {
			t.Errorf("the page shows %s, want %s", got, want)
		}
	}
	time.Sleep(400 * time.Millisecond) // longer than the address waits
	addressed("")
	shows("-6,3,-6 125,35 9")
	entries := browsertest.Eval[int](t, p, `history.length`)
	key := func(selector, key string) {
		t.Helper()
		must(t, p.Eval(fmt.Sprintf(`document.querySelector(%q).focus()`, selector), nil))
		must(t, p.Press(key))
	}
	key("#figure-4 input", "Home")
	addressed("#figure-4@-10")
	key("#figure-5 input", "ArrowRight")
	addressed("#figure-5@4,-6")
	key(surface5, "ArrowLeft")
	addressed("#figure-5@4,-6,135,35")
	key(surface5, "Home")
	addressed("#figure-5@4,-6")
	key("#figure-11 input", "Home")
	addressed("#figure-11@0")
	must(t, p.Eval(`dispatchEvent(new Event("beforeprint")); dispatchEvent(new Event("afterprint"))`, nil))
	time.Sleep(400 * time.Millisecond)
	addressed("#figure-11@0")
	if n := browsertest.Eval[int](t, p, `history.length`); n != entries {
		t.Errorf("%d entries were added to the history", n-entries)
	}

	shows("-10,4,-6 125,35 0")
	must(t, p.Click(`[aria-label="Show Gradients, δ"]`))
	addressed("#figure-11@0,gradients")
	must(t, p.Eval(`(s => { s.value = 2; s.dispatchEvent(new Event("change")); })(document.querySelector(".of-network select"))`, nil))
	must(t, p.Click(`.of-loss button`))
	addressed("#figure-11@0,loss-log,gradients-2")
	url := browsertest.Eval[string](t, p, `location.href.split("#")[0]`)
	for _, c := range []struct{ hash, shows string }{
		{"#figure-5@-2,7,300,60", "-10,-2,7 300,60 0"},
		{"#figure-5@-2,7", "-10,-2,7 125,35 0"},
		{"#figure-11@5", "-10,-2,7 125,35 5"},
		{"#figure-4@1.5", "1.5,-2,7 125,35 5"},
		{"#figure-4@1.51", "1.5,-2,7 125,35 5"}, // no start
		{"#figure-5@x,,y,z", "1.5,-2,7 125,35 5"},
		{"#figure-11@999", "1.5,-2,7 125,35 9"},
		{"#figure-11@7,gradients-3", "1.5,-2,7 125,35 7"},
		{"#figure-99@1", "1.5,-2,7 125,35 7"},
		{"#figure-11@5%", "1.5,-2,7 125,35 7"}, // a % that begins no character
	} {
		must(t, p.Eval(fmt.Sprintf(`new Promise(done => { addEventListener("hashchange", done, {once: true}); location.hash = %q; }).then(() => 0)`, c.hash), nil))
		shows(c.shows)
		time.Sleep(300 * time.Millisecond)
		addressed(c.hash) // as the reader wrote it
	}
	if got := visible(t, p); !strings.HasSuffix(got, "prediction loss gradients-3") {
		t.Errorf("of figure 11 it shows %s", got)
	}
	must(t, p.Navigate("about:blank"))
	must(t, p.Navigate(url+"#figure-5@6,-2,200,20"))
	shows("-6,6,-2 200,20 9")
	if top := browsertest.Eval[float64](t, p, `document.querySelector("#figure-5").getBoundingClientRect().top`); top < 0 || top > 100 {
		t.Errorf("figure 5 is at %v", top)
	}
}

// What is pressed is seen where the system sets the colours.
func TestForcedColors(t *testing.T) {
	t.Parallel()
	f, _ := trained(t, 11, 3)
	for _, dark := range []bool{false, true} {
		p := open(t, browsertest.Options{ForcedColors: true, Dark: dark}, f)
		got := browsertest.Eval[struct {
			Seen              [2]string
			Ink, Paper, Shown string
		}](t, p, `(() => {
			const style = e => getComputedStyle(e), color = v => { const e = document.createElement("p"); e.style.color = v; document.body.append(e); return style(e).color; };
			return {
				seen: [...document.querySelectorAll(".of-network button")].map(b => style(b).backgroundColor + style(b).color),
				ink: style(document.querySelector("#figure-11 svg text")).fill, paper: style(document.querySelector("#figure-11 svg > rect")).fill,
				shown: color("CanvasText") + color("Canvas"),
			};
		})()`)
		if got.Seen[0] == got.Seen[1] {
			t.Errorf("dark %v: pressed and not pressed are both %s", dark, got.Seen[0])
		}
		if got.Ink+got.Paper != got.Shown {
			t.Errorf("dark %v: the drawing has the colours %s and %s, the system %s", dark, got.Ink, got.Paper, got.Shown)
		}
	}
}

// With a font of twice the size all text is twice as large, drawings as far as there is room; and a
// lowered letter leaves its line as high as it was.
func TestFontSize(t *testing.T) {
	t.Parallel()
	f, _ := trained(t, 11, 3)
	list := append(drawn(t, 1, 4, 6), f)
	p := open(t, browsertest.Options{Width: 2600, Height: 1200}, list...)
	const sizes = `[...document.querySelectorAll("body *")].filter(e => !e.closest("svg") && e.checkVisibility() && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
		.map(e => [parseFloat(getComputedStyle(e).fontSize), e.tagName + " " + e.className + ": " + e.textContent.slice(0, 40)])`
	const drawings = `[...document.querySelectorAll("svg")].filter(e => e.checkVisibility()).map(e => e.getScreenCTM().a)`
	type size struct {
		Size float64
		What string
	}
	measure := func() (list []size, scales []float64) {
		for _, pair := range browsertest.Eval[[][2]any](t, p, sizes) {
			list = append(list, size{pair[0].(float64), pair[1].(string)})
		}
		return list, browsertest.Eval[[]float64](t, p, drawings)
	}
	sizes1, scales1 := measure()
	must(t, p.Eval(`document.documentElement.style.fontSize = "200%"`, nil))
	sizes2, scales2 := measure()
	if len(sizes1) < 100 || len(scales1) < 6 {
		t.Fatalf("%d texts, %d drawings", len(sizes1), len(scales1))
	}
	for i, s := range sizes1 {
		if got := sizes2[i].Size / s.Size; got < 1.99 || got > 2.01 {
			t.Errorf("%s is %v times as large", s.What, got)
		}
	}
	for i, s := range scales1 {
		if got := scales2[i] / s; got < 1.6 {
			t.Errorf("drawing %d is %v times as large", i, got)
		}
	}

	heights := browsertest.Eval[[2]float64](t, p, `(() => {
		const p = document.querySelector("#figure-1 .text p"), high = () => p.getBoundingClientRect().height;
		p.innerHTML = "z<br>a<sub>i</sub><br>w<sub>ij</sub>";
		const lowered = high();
		p.innerHTML = "z<br>a<br>w";
		return [lowered, high()];
	})()`)
	if heights[0] != heights[1] {
		t.Errorf("lines with lowered letters are %v high, others %v", heights[0], heights[1])
	}
}
