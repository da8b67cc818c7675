package walk

import (
	"bytes"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"gentlegrad/autograd"
	"gentlegrad/demos/internal/browsertest"
	"gentlegrad/tensor"
)

// booksPage writes a page with the seven graphs and returns its address. Without script it is as a
// reader has it who has switched script off.
func booksPage(t *testing.T, books []*Book, script bool) string {
	t.Helper()
	data := map[string]any{"Title": "Walks", "Style": template.CSS(pageCSS + Style()), "Walk": Fragment(books...)}
	if script {
		data["Script"] = template.JS(Script())
	}
	var b bytes.Buffer
	must(t, pageTemplate.Execute(&b, data))
	name := filepath.Join(t.TempDir(), "walks.html")
	must(t, os.WriteFile(name, b.Bytes(), 0o666))
	return browsertest.FileURL(name)
}

func allBooks() []*Book {
	var books []*Book
	for _, e := range Examples() {
		books = append(books, e.Book())
	}
	return books
}

func openPage(t *testing.T, url string, o browsertest.Options) *browsertest.Page {
	t.Helper()
	o.ReducedMotion = true
	return browsertest.Start(t).OpenQuiet(t, url, o)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// seen is what a reader sees of a step.
type seen struct {
	Title, Says, Rule, Nums, Sum, Hand, Measured string
	Output, Vars                                 string
	Here, Gets                                   []string // marked nodes
	Gradients                                    map[string]string
	Partial                                      []string // whose sum is shown as incomplete
	Paid                                         map[string]int
	Lit, Half                                    []string // rules of the left book
	Code                                         []string
}

const look = `(() => {
	const shows = e => e.getClientRects().length > 0;
	const all = (s, e = document) => [...e.querySelectorAll(s)].filter(shows);
	const text = s => document.querySelector(".now ." + s).textContent.trim();
	const nodes = [...document.querySelectorAll(".walk:not([hidden]) .node")];
	const kept = f => Object.fromEntries(nodes.map(n => [n.dataset.go, f(n)]).filter(([, v]) => v));
	const rule = e => e.querySelector(".r").textContent;
	return {
		title: text("what"), says: text("say"), rule: text("rule"), nums: text("nums"), sum: text("sum"), hand: text("hand"), measured: text("measured"),
		output: document.querySelector("output").textContent, vars: document.querySelector(".walk:not([hidden]) .vars").textContent,
		here: nodes.filter(n => all(".here", n).length).map(n => n.dataset.go),
		gets: nodes.filter(n => all(".gets", n).length).map(n => n.dataset.go),
		gradients: kept(n => all(".sum .num", n).map(e => e.textContent).join(" ")),
		partial: nodes.filter(n => all(".sum.partial", n).length).map(n => n.dataset.go),
		paid: kept(n => all("circle.paid", n).length),
		lit: all(".left li.on").map(rule), half: all(".left li.half").map(rule),
		code: all(".source .on").map(e => e.textContent),
	};
})()`

// want is what a step of a walk should show.
func want(b *Book, walk, k int) seen {
	w := b.Walks[walk]
	s := &w.Steps[k]
	nums := ""
	if !s.Value.isEmpty() {
		nums = "= " + s.Value.String()
	}
	x := seen{
		Title: s.Title, Says: s.Says, Rule: s.Rule, Nums: nums, Sum: s.Sum.String(), Vars: s.Variables,
		Hand: b.byHand(walk, s).String(), Measured: b.numerically(walk, s).String(),
		Output:    fmt.Sprintf("%d of %d", k+1, len(w.Steps)),
		Gradients: map[string]string{}, Paid: map[string]int{},
	}
	if s.Node >= 0 {
		x.Here = []string{w.Nodes[s.Node].ID}
	}
	if s.Kind == Pass {
		x.Gets = []string{w.Nodes[s.To].ID}
	}
	parts := map[string]int{}
	for i := range w.Steps[:k+1] {
		t := &w.Steps[i]
		switch {
		case t.Kind == Pass:
			id := w.Nodes[t.To].ID
			x.Gradients[id] = flat(t.After)
			x.Paid[id]++
			parts[id] = t.Parts
		case t.Kind == Visit && t.Node == len(w.Nodes)-1:
			x.Gradients[w.Nodes[t.Node].ID] = "1"
		}
	}
	for _, n := range w.Nodes {
		if x.Paid[n.ID] < parts[n.ID] {
			x.Partial = append(x.Partial, n.ID)
		}
	}
	for _, l := range b.Lines[walk] {
		rule := l.Name + " = " + l.Rule
		about := func(node int) bool { return node >= 0 && w.Nodes[node].ID == l.Node }
		switch {
		case (l.Step == "I") != (s.Kind == Record):
		case about(s.Node):
			x.Lit = append(x.Lit, rule)
		case s.Kind == Pass && about(s.To) && s.Part < s.Parts:
			x.Half = append(x.Half, rule)
		case s.Kind == Pass && about(s.To) && !w.Nodes[s.To].Op:
			x.Lit = append(x.Lit, rule)
		}
	}
	switch {
	case s.Kind == Visit && w.Nodes[s.Node].Op:
		x.Code = []string{"y, dy, into := t.list[place], s.dy(place), t.into[place]"}
	case s.Kind == Visit:
		x.Code = []string{strings.TrimLeft(traversal[atLeaf], "\t")}
	case s.Kind == Pass:
		x.Code = []string{"s.add(to.place, dx, …)"}
	case s.Kind == Skip:
		x.Code = []string{"for _, to := range into {"}
	case s.Kind == Record && b.program != nil:
		x.Code = []string{b.program[b.codeOf(w, s.Node)].code}
	}
	return x
}

// flat are the numbers of a tensor in the graph.
func flat(t *tensor.Tensor) string {
	var all []string
	for _, row := range newMatrix(t, graphDigits).cells {
		all = append(all, row...)
	}
	return strings.Join(all, " ")
}

func compare(t *testing.T, p *browsertest.Page, b *Book, walk, k int) {
	t.Helper()
	got := browsertest.Eval[seen](t, p, look)
	if d := cmp.Diff(want(b, walk, k), got, cmpopts.EquateEmpty()); d != "" {
		t.Errorf("%s, walk %d, step %d (− wanted, + shown):\n%s", b.ID, walk, k, d)
	}
}

// addressed fails unless the address is, or becomes, that of a step.
func addressed(t *testing.T, p *browsertest.Page, b *Book, walk, k int) {
	t.Helper()
	hash := "#" + b.ID + "/" + b.Walks[walk].Steps[k].ID
	if walk > 0 {
		hash += fmt.Sprint("@", walk)
	}
	must(t, p.WaitFor(fmt.Sprintf("decodeURI(location.hash) === %q", hash), 10*time.Second))
}

// By keyboard alone: to every graph, through all its steps and back; and what is shown is what Go says,
// for the first walk and for one of another observation after training.
func TestWalksByKeyboard(t *testing.T) {
	t.Parallel()
	books := allBooks()
	p := openPage(t, booksPage(t, books, true), browsertest.Options{Width: 1400, Height: 900})
	must(t, p.Press("Tab")) // to the chooser
	for i, b := range books {
		if i > 0 {
			must(t, p.Press("ArrowRight"))
		}
		tab(t, p, "graph")
		last := len(b.Walks[0].Steps) - 1
		must(t, p.Press("End"))
		must(t, p.Press("Home"))
		for k := range last {
			compare(t, p, b, 0, k)
			must(t, p.Press("ArrowRight"))
		}
		must(t, p.Press("ArrowRight")) // at the end it stays
		addressed(t, p, b, 0, last)
		for k := last; k > 0; k-- {
			compare(t, p, b, 0, k)
			must(t, p.Press("ArrowLeft"))
		}
		const other = 2*Observations + 1
		must(t, p.Eval(fmt.Sprintf(`document.querySelector(".walk:not([hidden]) [data-which=observation]").value = %d`, other%Observations), nil))
		must(t, p.Eval(fmt.Sprintf(`(e => { e.value = %d; e.dispatchEvent(new Event("change", { bubbles: true })); })(document.querySelector(".walk:not([hidden]) [data-which=state]"))`, other/Observations), nil))
		for k := range last {
			compare(t, p, b, other, k)
			must(t, p.Press("ArrowRight"))
		}
		compare(t, p, b, other, last)
		addressed(t, p, b, other, last)
		must(t, p.Eval(`document.querySelector(".chooser input:checked").focus()`, nil))
	}
}

// tab presses Tab until an element of a class has the focus.
func tab(t *testing.T, p *browsertest.Page, class string) {
	t.Helper()
	for range 10 {
		must(t, p.Press("Tab"))
		if browsertest.Eval[bool](t, p, `document.activeElement.classList.contains(%q)`, class) {
			return
		}
	}
	t.Fatalf("Tab does not lead to .%s", class)
}

// A click on a node leads to its visit, and an address to its step, also one of another walk.
func TestWalkByClick(t *testing.T) {
	t.Parallel()
	books := allBooks()
	url := booksPage(t, books, true)
	p := openPage(t, url, browsertest.Options{Width: 1400, Height: 900})
	b, k := books[2], 0
	must(t, p.Eval(`document.querySelector(".chooser [value=tied]").click()`, nil))
	for i, n := range b.Walks[0].Nodes {
		must(t, p.Eval(fmt.Sprintf(`document.querySelector("#tied .node[data-go='%s'] .card").dispatchEvent(new MouseEvent("click", { bubbles: true }))`, n.ID), nil))
		k = max(0, slices.IndexFunc(b.Walks[0].Steps, func(s Step) bool { return s.Kind == Visit && s.Node == i }))
		compare(t, p, b, 0, k)
		addressed(t, p, b, 0, k)
	}
	must(t, p.Eval(`location.hash = "#skip/z2-a1@7"`, nil))
	must(t, p.WaitFor(`!document.querySelector("#skip").hidden`, 10*time.Second))
	k = slices.IndexFunc(books[3].Walks[7].Steps, func(s Step) bool { return s.ID == "z2-a1" })
	compare(t, p, books[3], 7, k)
	must(t, p.Press("Tab"))
	must(t, p.Click("[data-do=play]"))
	must(t, p.WaitFor(`location.hash !== "#skip/z2-a1@7"`, 10*time.Second))
	must(t, p.Click("[data-do=play]"))
	compare(t, p, books[3], 7, k+1)
}

// The node, the formula and the controls are seen together, in every step of every graph: on a small screen, and on a
// wide one where the graph is taller than the screen.
func TestWalkSeenTogether(t *testing.T) {
	t.Parallel()
	x := autograd.Variable(tensor.Linspace(-1, 1, 6).Reshape(3, 2)).Named("x")
	tall := x
	for range 12 {
		tall = tall.Tanh().Mul(x)
	}
	own := filepath.Join(t.TempDir(), "tall.html")
	var b bytes.Buffer
	must(t, WritePage(&b, "Tall", tall.Sum()))
	must(t, os.WriteFile(own, b.Bytes(), 0o666))
	for _, test := range []struct {
		url string
		browsertest.Options
	}{
		{booksPage(t, allBooks(), true), browsertest.Options{Width: 360, Height: 640, Mobile: true}},
		{browsertest.FileURL(own), browsertest.Options{Width: 800, Height: 700}},
	} {
		p := openPage(t, test.url, test.Options)
		bad := browsertest.Eval[[]string](t, p, `(() => {
			const bad = [], radios = [...document.querySelectorAll(".chooser input")];
			for (const id of radios.length ? radios.map(r => r.value) : ["walk"]) {
				radios.find(r => r.value === id)?.click();
				const walk = document.getElementById(id), view = walk.querySelector(".graph"), slider = document.querySelector(".bar input");
				for (let k = 1; k <= slider.max; k++) {
					slider.value = k;
					slider.dispatchEvent(new Event("input"));
					view.scrollIntoView();
					const box = e => e.getBoundingClientRect(), frame = box(view), bar = box(document.querySelector(".bar"));
					const at = walk.querySelector(".at"), visited = [...walk.querySelectorAll(".node")].find(e => e.dataset.go === at.dataset.node);
					const about = walk.querySelector(".gets.on") ?? visited?.querySelector(".card");
					const node = about ? box(about) : frame;
					if (node.left < frame.left - 4 || node.top < frame.top - 4 || (node.right > frame.right + 4 && node.width < frame.width) || (node.bottom > frame.bottom + 4 && node.height < frame.height)) bad.push(at.id + " node");
					if (box(document.querySelector(".now .formula")).bottom > bar.top) bad.push(at.id + " formula");
					if (bar.bottom > innerHeight + 1) bad.push(at.id + " controls");
				}
			}
			if (document.documentElement.scrollWidth > innerWidth) bad.push("too wide");
			return bad;
		})()`)
		if len(bad) > 0 {
			t.Errorf("%d×%d: not seen together: %q", test.Width, test.Height, bad)
		}
	}
}

// Without script there are all graphs with all numbers, and all steps; on paper those of
// the graph that is chosen.
func TestWalkWithoutScript(t *testing.T) {
	t.Parallel()
	books := allBooks()
	for _, o := range []struct {
		script bool
		want   [3]int // graphs, tables, controls
	}{{false, [3]int{7, 7, 0}}, {true, [3]int{1, 1, 0}}} {
		p := openPage(t, booksPage(t, books, o.script), browsertest.Options{Width: 800, Height: 1100, Print: true})
		got := browsertest.Eval[[3]int](t, p, `[".graph svg", ".all table", ".bar, .chooser, select, .now, .keys"].map(s => [...document.querySelectorAll(s)].filter(e => e.getClientRects().length).length)`)
		if got != o.want {
			t.Errorf("script %v: graphs, tables and controls %v, want %v", o.script, got, o.want)
		}
		shown := browsertest.Eval[string](t, p, `[...document.querySelectorAll("#tied [data-go=w] .sum .num")].filter(e => e.getClientRects().length).map(e => e.textContent).join(" ")`)
		if w := flat(books[2].Walks[0].byID("w").Gradient); !o.script && shown != w {
			t.Errorf("the gradient of w is %q, want %q", shown, w)
		}
	}
}

// The page of a graph of one's own: nodes without names, large tensors, names that are no HTML.
func TestWritePage(t *testing.T) {
	t.Parallel()
	x := autograd.Constant(tensor.Linspace(-1, 1, 60).Reshape(20, 3)).Named("x")
	w := autograd.Variable(tensor.Linspace(-1, 2, 18).Reshape(3, 6)).Named("w")
	h := x.MatMul(w).ReLU()
	loss := h.Softmax(-1).Mul(h).Named("<b>p").Sum(1).Add(h.Mean(1)).Mul(h.Sum(1)).Mean()
	name := filepath.Join(t.TempDir(), "own.html")
	var b bytes.Buffer
	must(t, WritePage(&b, "Mine & <yours>", loss))
	must(t, os.WriteFile(name, b.Bytes(), 0o666))
	p := openPage(t, browsertest.FileURL(name), browsertest.Options{Width: 360, Height: 640, Mobile: true})
	book := NewBook("walk", "Mine & <yours>", New(loss), nil)
	if title := browsertest.Eval[string](t, p, `document.title + document.querySelector("h1").textContent`); title != book.Title+book.Title {
		t.Errorf("title %q", title)
	}
	tab(t, p, "graph")
	for k := range book.Walks[0].Steps {
		must(t, p.Press("ArrowRight"))
		got := browsertest.Eval[seen](t, p, look)
		k = min(k+1, len(book.Walks[0].Steps)-1)
		if w := want(book, 0, k); got.Title != w.Title || got.Rule != w.Rule || fmt.Sprint(got.Paid) != fmt.Sprint(w.Paid) {
			t.Errorf("step %d shows %+v, want %+v", k, got, w)
		}
	}
	if browsertest.Eval[bool](t, p, `document.documentElement.scrollWidth > innerWidth`) {
		t.Error("the page is too wide")
	}
}

// The links of the table and the addresses that the page writes lead to their steps,
// whatever the nodes are called.
func TestNamesInAddresses(t *testing.T) {
	t.Parallel()
	x := autograd.Constant(tensor.Linspace(-1, 1, 2).Reshape(1, 2)).Named("x")
	w := autograd.Variable(tensor.Linspace(-1, 2, 2).Reshape(2, 1)).Named("50% <w>")
	loss := x.MatMul(w).Named("x@w").Square().Named("a%40@7").Add(w.Sum().Named("a#b@")).Sum()
	name := filepath.Join(t.TempDir(), "names.html")
	var b bytes.Buffer
	must(t, WritePage(&b, "Names", loss))
	must(t, os.WriteFile(name, b.Bytes(), 0o666))
	url := browsertest.FileURL(name)
	p := openPage(t, url, browsertest.Options{Width: 1400, Height: 900})
	const shown = `document.querySelector(".now .what").textContent`
	for k, s := range New(loss).Steps {
		must(t, p.Eval(fmt.Sprintf(`document.querySelectorAll("tbody tr")[%d].querySelector("a").click()`, k), nil))
		if err := p.WaitFor(fmt.Sprintf(`%s === %q`, shown, s.Title), 10*time.Second); err != nil {
			t.Errorf("the link to step %d, %s: %v", k, s.ID, err)
		}
	}
	must(t, p.Eval(`document.querySelector("[data-do=first]").click()`, nil))
	for k, s := range New(loss).Steps {
		must(t, p.WaitFor(fmt.Sprintf(`decodeURI(location.hash) === %q`, "#walk/"+s.ID), 10*time.Second))
		must(t, p.Eval(`(hash => {
			document.querySelector("[data-do=first]").click();
			history.replaceState(null, "", hash);
			dispatchEvent(new Event("hashchange"));
		})(location.hash)`, nil))
		if got := browsertest.Eval[string](t, p, shown); got != s.Title {
			t.Errorf("the address of step %d, %s, shows %s", k, s.ID, got)
		}
		must(t, p.Eval(`document.querySelector("[data-do=next]").click()`, nil))
	}
}

// Nothing in the step is cut off, in any step of any graph, on a phone and on a wide screen.
func TestStepFits(t *testing.T) {
	t.Parallel()
	url := booksPage(t, allBooks(), true)
	for _, o := range []browsertest.Options{{Width: 360, Height: 640, Mobile: true}, {Width: 400, Height: 800, Mobile: true}, {Width: 800, Height: 1000}, {Width: 1400, Height: 900}} {
		p := openPage(t, url, o)
		cut := browsertest.Eval[[]string](t, p, `(() => {
			const cut = [], now = document.querySelector(".now"), slider = document.querySelector(".bar input");
			for (const radio of document.querySelectorAll(".chooser input")) {
				radio.click();
				for (const which of [0, 9]) {
					const walk = document.getElementById(radio.value);
					walk.querySelector("[data-which=observation]").value = which %% 4;
					const state = walk.querySelector("[data-which=state]");
					state.value = Math.floor(which / 4);
					state.dispatchEvent(new Event("change", { bubbles: true }));
					for (let k = 1; k <= slider.max; k++) {
						slider.value = k;
						slider.dispatchEvent(new Event("input"));
						if (now.scrollWidth > now.clientWidth) cut.push(radio.value + " " + k + " of walk " + which + ": " + (now.scrollWidth - now.clientWidth));
					}
				}
			}
			return cut;
		})()`)
		if len(cut) > 0 {
			t.Errorf("%d pixels wide, cut off: %q", o.Width, cut)
		}
	}
}
