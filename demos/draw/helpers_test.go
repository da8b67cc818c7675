package draw

import (
	"bytes"
	"encoding/xml"
	"flag"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; run with -update and look at the difference\ngot:\n%s", file, got)
	}
}

// element is a parsed XML element.
type element struct {
	name  string
	attrs map[string]string
	kids  []*element
	text  string
}

// parse reads a drawing and checks what holds for all: well-formed, no numbers
// that are not finite, ids that differ.
func parse(t *testing.T, svg []byte) *element {
	t.Helper()
	root := &element{}
	stack := []*element{root}
	ids := map[string]bool{}
	for dec := xml.NewDecoder(bytes.NewReader(svg)); ; {
		tok, err := dec.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, svg)
		}
		top := stack[len(stack)-1]
		switch tok := tok.(type) {
		case xml.StartElement:
			e := &element{name: tok.Name.Local, attrs: map[string]string{}}
			for _, a := range tok.Attr {
				if strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") {
					t.Errorf("<%s %s=%q>", e.name, a.Name.Local, a.Value)
				}
				if _, twice := e.attrs[a.Name.Local]; twice {
					t.Errorf("<%s> has %s twice", e.name, a.Name.Local)
				}
				e.attrs[a.Name.Local] = a.Value
			}
			if id, ok := e.attrs["id"]; ok && ids[id] {
				t.Errorf("id %s twice", id)
			}
			ids[e.attrs["id"]] = true
			top.kids = append(top.kids, e)
			stack = append(stack, e)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.text += string(tok)
		}
	}
	return root.kids[0]
}

// find returns all elements for which ok, in document order.
func (e *element) find(ok func(*element) bool) (out []*element) {
	if ok(e) {
		out = append(out, e)
	}
	for _, kid := range e.kids {
		out = append(out, kid.find(ok)...)
	}
	return out
}

func (e *element) tag(name string) []*element {
	return e.find(func(e *element) bool { return e.name == name })
}

func (e *element) byID(id string) *element {
	if all := e.find(func(e *element) bool { return e.attrs["id"] == id }); len(all) == 1 {
		return all[0]
	}
	return nil
}

// A polyline is read back from path data of m, l, h, v and z.
type polyline struct {
	points [][2]float64
	closed bool
}

func readPath(t testing.TB, d string) (out []polyline) {
	t.Helper()
	var x, y float64
	var cmd byte
	number := func() float64 {
		d = strings.TrimLeft(d, " ")
		n := 0
		for n < len(d) && (d[n] >= '0' && d[n] <= '9' || d[n] == '.' || n == 0 && d[n] == '-') {
			n++
		}
		v, err := strconv.ParseFloat(d[:n], 64)
		if err != nil {
			t.Fatalf("path data %.20q: %v", d, err)
		}
		d = d[n:]
		return v
	}
	for d != "" {
		if d[0] >= 'a' {
			cmd, d = d[0], d[1:]
		}
		switch cmd {
		case 'm':
			x, y = x+number(), y+number()
			out = append(out, polyline{points: [][2]float64{{x, y}}})
			cmd = 'l'
			continue
		case 'l':
			x, y = x+number(), y+number()
		case 'h':
			x += number()
		case 'v':
			y += number()
		case 'z':
			last := &out[len(out)-1]
			last.closed = true
			x, y = last.points[0][0], last.points[0][1]
			continue
		default:
			t.Fatalf("command %c in path data", cmd)
		}
		last := &out[len(out)-1]
		last.points = append(last.points, [2]float64{x, y})
	}
	return out
}

// winding is how often the lines go round (x, y).
func winding(lines []polyline, x, y float64) (w int) {
	for _, l := range lines {
		for i, a := range l.points {
			b := l.points[(i+1)%len(l.points)]
			side := (b[0]-a[0])*(y-a[1]) - (x-a[0])*(b[1]-a[1])
			switch {
			case a[1] <= y && b[1] > y && side > 0:
				w++
			case a[1] > y && b[1] <= y && side < 0:
				w--
			}
		}
	}
	return w
}

// panics runs f and checks that it panics with a message that has want in it.
func panics(t *testing.T, want string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		got, _ := recover().(string)
		if !strings.HasPrefix(got, "draw: ") || !strings.Contains(got, want) {
			t.Errorf("panic %q, want draw: … %s", got, want)
		}
	}()
	f()
}

func near(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance }

var nan, inf = math.NaN(), math.Inf(1)

var unit = Range{0, 1}
