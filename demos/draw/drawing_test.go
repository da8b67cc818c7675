package draw

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestNum(t *testing.T) {
	t.Parallel()
	tests := []struct {
		v    float64
		want string
	}{
		{0, "0"}, {math.Copysign(0, -1), "0"}, {-.001, "0"}, {.005, "0.01"}, {-.5, "-0.5"},
		{1.0 / 3, "0.33"}, {100, "100"}, {1e7, "10000000"}, {12.30, "12.3"}, {1e-9, "0"},
		{1e20, "100000000000000000000"},
	}
	for _, tt := range tests {
		if got := Num(tt.v); got != tt.want {
			t.Errorf("Num(%v) = %s, want %s", tt.v, got, tt.want)
		}
	}
	panics(t, "NaN", func() { Num(nan) })
	panics(t, "Inf", func() { Num(inf) })
}

// sample is a drawing of everything that can have tracks.
func sample(prefix string) *Drawing {
	d := New(200, 100, prefix)
	d.Describe("A <title> & \"quotes\"", "It's <described>")
	ax := d.Axes(AxesSpec{Box: Box{0, 0, 150, 100}, X: Range{0, 4}, Y: unit, XLabel: "x_1 < x^2"})
	ax.Grow(Series(0), []float64{0, 1, 2, 3}, []float64{.1, .5, .5, .9}, []int{0, 1, 2, 3})
	ax.Moving(Marker{}, []float64{0, 1, nan, 3}, []float64{.1, .5, .5, .9})
	ax.Line(Stroke{Dash: "2 2"}, []float64{0, 4}, []float64{0, 1}, []float64{0, .5}, []float64{0, .5}, []float64{1, 0})
	d.Text(160, 20, "a_{out} & \\_")
	d.TextFrames(160, 40, "a<1", "a<1", "b_2", "&").Anchor(End)
	g := d.Group().Set("stroke", "red", "red", "red", "blue")
	g.Line(160, 50, 190, 60).Set("stroke", "inherit")
	d.Circle(170, 80, 5).Fill("red", "red", "red", "red").Opacity(0, .25, .5, 1).Class("mine")
	return d
}

func TestWellFormed(t *testing.T) {
	t.Parallel()
	d := sample("p1")
	for name, svg := range map[string][]byte{
		"static": d.Static(0), "inline": d.Inline(3), "animated": d.Animated(time.Second/10, 0),
	} {
		root := parse(t, svg)
		if root.name != "svg" || root.attrs["role"] != "img" || root.attrs["aria-labelledby"] != "p1-title p1-desc" {
			t.Errorf("%s: root %s %v", name, root.name, root.attrs)
		}
		if got := root.byID("p1-title").text; got != `A <title> & "quotes"` {
			t.Errorf("%s: title %q", name, got)
		}
		for _, e := range root.find(func(e *element) bool { return e.attrs["id"] != "" }) {
			if !strings.HasPrefix(e.attrs["id"], "p1-") {
				t.Errorf("%s: id %q without the prefix", name, e.attrs["id"])
			}
		}
		if got := len(root.tag("style")) == 1; got != (name != "inline") {
			t.Errorf("%s: has a style sheet: %t", name, got)
		}
		if len(root.tag("script")) > 0 {
			t.Errorf("%s: has a script", name)
		}
	}
}

func TestEscaping(t *testing.T) {
	t.Parallel()
	d := New(10, 10, "x")
	nasty := "<&\">'\x00\xff]]>"
	d.Describe(nasty, nasty)
	d.Text(0, 0, Plain(nasty+"_^\\"))
	d.Path("").Class(nasty).Set("data-x", nasty)
	root := parse(t, d.Static(0))
	want := "<&\">'\ufffd\ufffd]]>"
	if got := root.tag("text")[0].text; got != want+"_^\\" {
		t.Errorf("text %q", got)
	}
	if got := root.tag("path")[0].attrs["data-x"]; got != want {
		t.Errorf("attribute %q", got)
	}
}

func TestDeterminism(t *testing.T) {
	t.Parallel()
	for range 3 {
		if !bytes.Equal(sample("a").Animated(time.Second, 0), sample("a").Animated(time.Second, 0)) {
			t.Fatal("two runs differ")
		}
	}
}

// The page's player, the static files and the animation must show the same.
func TestTracksAgree(t *testing.T) {
	t.Parallel()
	d := sample("p")
	tracks := d.Tracks()
	if len(tracks) != 6 {
		t.Errorf("%d tracks: %v", len(tracks), tracks)
	}
	animated := parse(t, d.Animated(100*time.Millisecond, 300*time.Millisecond))
	moving := animated.tag("animate")
	for k := range d.Frames() {
		page, still := parse(t, d.Inline(k)), parse(t, d.Static(k))
		if a, b := flat(page, "id"), flat(still, "id"); a != b {
			t.Errorf("frame %d: inline differs from static:\n%s\n%s", k, a, b)
		}
		for _, tr := range tracks {
			got := page.byID(tr.ID).attrs[tr.Attr]
			if tr.Attr == "text" {
				got = page.byID(tr.ID).text
			}
			if got != tr.Values[k] {
				t.Errorf("frame %d: %s %s is %q, track %q", k, tr.ID, tr.Attr, got, tr.Values[k])
			}
			if tr.Attr != "text" && !slices.ContainsFunc(moving, func(e *element) bool {
				return e.attrs["attributeName"] == tr.Attr && expand(t, e, d.Frames(), 100, 700)[k] == tr.Values[k]
			}) {
				t.Errorf("frame %d: no animation of %s has %q", k, tr.Attr, tr.Values[k])
			}
		}
	}
}

// flat writes an element without the given attribute and without style sheet.
func flat(e *element, without string) string {
	var names []string
	for name := range e.attrs {
		names = append(names, name)
	}
	slices.Sort(names)
	s := e.name + strings.TrimSpace(e.text)
	for _, name := range names {
		if name != without {
			s += " " + name + "=" + e.attrs[name]
		}
	}
	for _, kid := range e.kids {
		if kid.name != "style" {
			s += "\n" + flat(kid, without)
		}
	}
	return s
}

// expand returns an animation's value in the middle of each frame.
func expand(t *testing.T, e *element, frames int, frame, total float64) []string {
	t.Helper()
	values, times := strings.Split(e.attrs["values"], ";"), strings.Split(e.attrs["keyTimes"], ";")
	if len(values) != len(times) || times[0] != "0" || e.attrs["calcMode"] != "discrete" {
		t.Fatalf("animation %v", e.attrs)
	}
	out := make([]string, frames)
	for k := range out {
		for i, s := range times {
			if at, err := strconv.ParseFloat(s, 64); err != nil || at > 1 {
				t.Fatalf("key time %q", s)
			} else if at*total <= (float64(k)+.5)*frame {
				out[k] = values[i]
			}
		}
	}
	return out
}

func TestAnimatedText(t *testing.T) {
	t.Parallel()
	d := sample("p")
	root := parse(t, d.Animated(time.Second, 0))
	strips := root.find(func(e *element) bool { return e.name == "text" && len(e.tag("animate")) == 1 })
	if len(strips) != 1 {
		t.Fatalf("%d animated texts", len(strips))
	}
	var lines []string
	for _, e := range strips[0].tag("tspan") {
		lines = append(lines, e.text)
	}
	if want := []string{"a<1", "b_2", "&"}; !slices.Equal(lines, want) {
		t.Errorf("lines %q, want %q", lines, want)
	}
	a := strips[0].tag("animate")[0].attrs
	if a["attributeName"] != "y" || a["values"] != "40;16;-8" || a["keyTimes"] != "0;0.5;0.75" {
		t.Errorf("animation %v", a)
	}
	if strips[0].attrs["y"] != "-8" {
		t.Errorf("y=%s without animation, want the last frame's", strips[0].attrs["y"])
	}
}

// Who cannot or does not want to see motion sees the last frame.
func TestLastFrameIsTheFallback(t *testing.T) {
	t.Parallel()
	d := sample("p")
	root := parse(t, d.Animated(time.Second, 0))
	class := func(name string) []*element {
		return root.find(func(e *element) bool { return slices.Contains(strings.Fields(e.attrs["class"]), name) })
	}
	run, still := class("draw-run"), class("draw-still")
	if len(run) != len(still) || len(run) == 0 {
		t.Fatalf("%d moving elements, %d still ones", len(run), len(still))
	}
	for i := range still {
		if still[i].attrs["display"] != "none" || len(still[i].tag("animate")) > 0 {
			t.Errorf("still element %v", still[i].attrs)
		}
		for name, v := range run[i].attrs {
			if name != "class" && still[i].name == run[i].name && still[i].attrs[name] != v {
				t.Errorf("%s=%s, still %s", name, v, still[i].attrs[name])
			}
		}
	}
	last := still[len(still)-1] // the circle
	if last.attrs["opacity"] != "1" || last.attrs["fill"] != "red" {
		t.Errorf("last frame %v", last.attrs)
	}
}

func TestTrackJSON(t *testing.T) {
	t.Parallel()
	tests := []struct {
		values []string
		want   string
	}{
		{[]string{"a", "b"}, `["a","b"]`},
		{[]string{"a", "a", "b", "b", "a"}, `["a",1,"b",1,"a"]`},
		{[]string{"", "", "x"}, `["",1,"x"]`},
	}
	for _, tt := range tests {
		got, err := json.Marshal([]Track{{"f1-3", "d", tt.values}})
		if want := `[{"id":"f1-3","attr":"d","values":` + tt.want + `}]`; err != nil || string(got) != want {
			t.Errorf("%s, %v, want %s", got, err, want)
		}
	}
	if got, _ := json.Marshal(New(1, 1, "a").Tracks()); string(got) != "[]" {
		t.Errorf("no tracks are %s", got)
	}
}

func TestConstantTrackIsNoTrack(t *testing.T) {
	t.Parallel()
	d := New(10, 10, "a")
	d.Circle(1, 1, 1).SetNum("cx", 1, 1.001, 1)
	d.TextFrames(0, 0, "a_b", "a_b", "a_b")
	if len(d.Tracks()) != 0 || d.Frames() != 3 {
		t.Errorf("%d tracks, %d frames", len(d.Tracks()), d.Frames())
	}
	if text := parse(t, d.Static(2)).tag("text")[0]; text.text != "a_b" || len(text.kids) > 0 {
		t.Errorf("plain text became %q with %d parts", text.text, len(text.kids))
	}
}

func TestPanics(t *testing.T) {
	t.Parallel()
	d := New(10, 10, "a")
	d.Path("m0 0h1", "m0 0h2")
	tests := []struct {
		name, want string
		f          func()
	}{
		{"prefix", `"1a"`, func() { New(1, 1, "1a") }},
		{"size", "no area", func() { New(0, 1, "a") }},
		{"frames", "3 values for cx in a drawing of 2 frames", func() { d.Circle(0, 0, 1).SetNum("cx", 1, 2, 3) }},
		{"no value", "no value for d", func() { d.Path() }},
		{"transform", "cannot be animated", func() { d.Group().Set("transform", "a", "b") }},
		{"semicolon", "cannot be animated", func() { d.Group().Set("style", "a;b", "c") }},
		{"not finite", "not finite", func() { d.Path("mNaN 0") }},
		{"frame", "frame 2 of 2", func() { d.Static(2) }},
		{"frame time", "frame time 0s", func() { d.Animated(0, 0) }},
		{"lengths", "2 x values but 1 y values", func() { d.Polyline([]float64{1, 2}, []float64{1}) }},
		{"pen", "before Move", func() { new(Pen).Line(1, 1) }},
		{"NaN", "not a finite", func() { new(Pen).Move(nan, 1) }},
		{"text that moves", "x has a track too", func() {
			e := New(9, 9, "e")
			e.TextFrames(1, 1, "a", "b").SetNum("x", 1, 2)
			e.Animated(1, 0)
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { panics(t, tt.want, tt.f) })
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	golden(t, "sample-animated.svg", sample("p").Animated(100*time.Millisecond, time.Second))
	tracks, err := json.MarshalIndent(sample("p").Tracks(), "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "sample-tracks.json", append(tracks, '\n'))
}

// In an animation a solid line is a dash too: Chromium leaves out one with none in it.
func TestAnimatedDashes(t *testing.T) {
	t.Parallel()
	d := New(10, 10, "a")
	d.Line(0, 0, 9, 9).Set("stroke-dasharray", "none", "none", "6 3", "none")
	text := string(d.Animated(time.Second, 0))
	if !strings.Contains(text, `keyTimes="0;0.5;0.75" values="1 0;6 3;1 0"`) {
		t.Errorf("%s", text)
	}
}
