package draw

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Anchor says which part of a text stands at its x.
type Anchor string

// The anchors.
const (
	Start  Anchor = "start"
	Middle Anchor = "middle"
	End    Anchor = "end"
)

// Text adds a text with its baseline at (x, y) pixels, 12 pixels high, starting
// at x, in Ink. In the string, _ and ^ lower and raise the next character or
// the next {group}: "w_1", "a_{out}", "δ_j", "x^2". A backslash before either
// keeps it as it is.
func (n *Node) Text(x, y float64, s string) *Node {
	t := n.add("text").SetNum("x", x).SetNum("y", y).Fill(Ink)
	t.text = []string{s}
	return t
}

// TextFrames is Text with one string for each frame. The strings are plain: _
// and ^ mean nothing. It panics if there is no string, or not one per frame.
// The text's x, y and font-size must not have tracks.
func (n *Node) TextFrames(x, y float64, values ...string) *Node {
	t := n.Text(x, y, "")
	t.text = t.frames("text", values)
	if len(t.text) == 1 {
		t.text[0] = Plain(t.text[0])
	}
	return t
}

// Plain returns the markup for a text that appears exactly as s.
func Plain(s string) string {
	return strings.NewReplacer(`\`, `\\`, "_", `\_`, "^", `\^`).Replace(s)
}

// Anchor sets which part of the text stands at its x.
func (n *Node) Anchor(a Anchor) *Node { return n.Set("text-anchor", string(a)) }

// Size sets the height of the text, in pixels.
func (n *Node) Size(px float64) *Node { return n.SetNum("font-size", px) }

// Bold makes the text heavier.
func (n *Node) Bold() *Node { return n.Set("font-weight", "600") }

// Rotate turns the element by an angle in degrees, clockwise, around (x, y).
func (n *Node) Rotate(degrees, x, y float64) *Node {
	return n.Set("transform", fmt.Sprintf("rotate(%s %s %s)", Num(degrees), Num(x), Num(y)))
}

// A piece of marked-up text: shift is -1 if it is lowered, 1 if it is raised.
type piece struct {
	text  string
	shift int
}

// pieces splits marked-up text.
func pieces(s string) []piece {
	var out []piece
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		s = s[size:]
		switch {
		case (r == '_' || r == '^') && len(s) > 0:
			var group string
			group, s = script(s)
			out = append(out, piece{group, map[rune]int{'_': -1, '^': 1}[r]})
			continue
		case r == '\\' && len(s) > 0:
			r, size = utf8.DecodeRuneInString(s)
			s = s[size:]
		}
		if len(out) == 0 || out[len(out)-1].shift != 0 {
			out = append(out, piece{})
		}
		out[len(out)-1].text += string(r)
	}
	return out
}

// script takes the {group} or the character at the start of s.
func script(s string) (group, rest string) {
	if s[0] == '{' {
		if end := strings.IndexByte(s, '}'); end > 0 {
			return s[1:end], s[end+1:]
		}
	}
	_, size := utf8.DecodeRuneInString(s)
	return s[:size], s[size:]
}

// size is the height of the piece, relative to one that is neither lowered nor raised.
func (p piece) size() float64 {
	if p.shift != 0 {
		return .78
	}
	return 1
}

// markup writes marked-up text as tspans. baseline-shift is not known to every
// browser, so that a shift is a dy, taken back by the piece that follows.
func (w *writer) markup(s string) {
	const shift = .22 // relative to the text's height
	at := 0           // where the baseline is
	for _, p := range pieces(s) {
		em := p.size()
		if p.shift == at {
			w.escape(p.text)
			continue
		}
		dy := float64(at-p.shift) * shift / em
		if p.shift > 0 && at == 0 || p.shift == 0 && at > 0 {
			dy *= 1.6 // raised more than lowered
		}
		w.open("tspan", "dy", Num(dy)+"em")
		if em != 1 {
			w.attr("font-size", Num(em)+"em")
		}
		w.b.WriteByte('>')
		w.escape(p.text)
		w.b.WriteString("</tspan>")
		at = p.shift
	}
}

// textWidth estimates the width in pixels, on the generous side: no font can be
// measured here.
func textWidth(s string, size float64) float64 {
	em := 0.0
	for _, p := range pieces(s) {
		for _, r := range p.text {
			em += p.size() * runeWidth(r)
		}
	}
	return em * size
}

func runeWidth(r rune) float64 {
	switch {
	case strings.ContainsRune("il.,:;'|!()[] ", r):
		return .34
	case strings.ContainsRune("mwMW—", r):
		return .9
	case r >= 0x2e80: // East Asian
		return 1
	case unicode.IsUpper(r):
		return .75
	}
	return .6
}
