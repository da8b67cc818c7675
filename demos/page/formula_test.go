package page

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
)

func TestFormula(t *testing.T) {
	for s, want := range map[string]string{
		"z = Σ_i a_i w_i + b":   "<mi>z</mi><mo>=</mo><munder><mo>Σ</mo><mi>i</mi></munder><msub><mi>a</mi><mi>i</mi></msub><msub><mi>w</mi><mi>i</mi></msub><mo>+</mo><mi>b</mi>",
		"a_{out}":               "<msub><mi>a</mi><mrow><mi>o</mi><mi>u</mi><mi>t</mi></mrow></msub>",
		"a_i^2":                 "<msubsup><mi>a</mi><mi>i</mi><mn>2</mn></msubsup>",
		"g′(z) < 1":             "<mrow><mi>g</mi><mo lspace=\"0\" rspace=\"0\">′</mo></mrow><mo stretchy=\"false\">(</mo><mi>z</mi><mo stretchy=\"false\">)</mo><mo>&lt;</mo><mn>1</mn>",
		"{1}/{1 + e^{−z}}":      "<mfrac><mrow><mn>1</mn></mrow><mrow><mn>1</mn><mo>+</mo><msup><mi>e</mi><mrow><mo>−</mo><mi>z</mi></mrow></msup></mrow></mfrac>",
		`0.15 "is noise & all"`: "<mn>0.15</mn><mtext>is\u00a0noise\u00a0&amp;\u00a0all</mtext>",
	} {
		if got := string(formula(s)); got != "<math><mrow>"+want+"</mrow></math>" {
			t.Errorf("%s\n%s\nwant\n%s", s, got, want)
		}
	}
	for s, want := range map[string]string{"a_": "ends where something is missing", "{a": "has a { without }", "a}": "ends where something is missing"} {
		func() {
			defer func() {
				if got := recover(); got != "page: a formula "+want {
					t.Errorf("%q: got panic %v, want %s", s, got, want)
				}
			}()
			formula(s)
		}()
	}
}

func TestWords(t *testing.T) {
	if got, want := words("a_1 < 97.5 % of z_{12}"), "a<sub>1</sub> &lt; 97.5\u00a0% of z<sub>12</sub>"; string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// What a formula is written as is well-formed, whatever it is.
func FuzzFormula(f *testing.F) {
	f.Add("z = Σ_i a_i w_i + b")
	f.Add(`{1}/{1+e^{-z}} "x"`)
	f.Add("\"\xff\"")
	f.Add("{a")
	f.Fuzz(func(t *testing.T, s string) {
		defer func() { // a mistake in the formula panics with a text
			if err, ok := recover().(error); ok {
				t.Errorf("%q: %v", s, err)
			}
		}()
		html := string(formula(s))
		d := xml.NewDecoder(strings.NewReader(html))
		for {
			if _, err := d.Token(); err != nil {
				if err != io.EOF && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > 0xd7ff }) {
					t.Fatalf("%q: %v in %s", s, err, html)
				}
				return
			}
		}
	})
}
