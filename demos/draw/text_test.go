package draw

import (
	"slices"
	"testing"
)

func TestPieces(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in   string
		want []piece
	}{
		{"plain", []piece{{"plain", 0}}},
		{"w_1", []piece{{"w", 0}, {"1", -1}}},
		{"a_{out} b", []piece{{"a", 0}, {"out", -1}, {" b", 0}}},
		{"δ_ĵ", []piece{{"δ", 0}, {"ĵ", -1}}},
		{"x^2_i", []piece{{"x", 0}, {"2", 1}, {"i", -1}}},
		{`a\_b\\`, []piece{{`a_b\`, 0}}},
		{"end_", []piece{{"end_", 0}}},
		{"open_{x", []piece{{"open", 0}, {"{", -1}, {"x", 0}}},
		{`\`, []piece{{`\`, 0}}},
		{"", nil},
	}
	for _, tt := range tests {
		if got := pieces(tt.in); !slices.Equal(got, tt.want) {
			t.Errorf("pieces(%q) = %v, want %v", tt.in, got, tt.want)
		}
	}
}

func TestPlain(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"a_b", `\`, "^", `_{x}\_`, "δ"} {
		if got := pieces(Plain(s)); len(got) != 1 || got[0] != (piece{s, 0}) {
			t.Errorf("Plain(%q) shows %v", s, got)
		}
	}
}

func FuzzPieces(f *testing.F) {
	f.Add("a_{b}^c")
	f.Fuzz(func(t *testing.T, s string) {
		d := New(1, 1, "a")
		d.Text(0, 0, s)
		parse(t, d.Static(0))
		if w := textWidth(s, 12); !(w >= 0) {
			t.Errorf("width %v", w)
		}
	})
}
