package draw

import "testing"

func TestColorMaps(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		m    ColorMap
		t    float64
		want string
	}{
		{"Cividis", Cividis, 0, "#00224e"}, {"Cividis", Cividis, .2, "#35456c"},
		{"Cividis", Cividis, 1, "#fee838"}, {"Cividis", Cividis, 7, "#fee838"},
		{"Cividis", Cividis, -inf, "#00224e"},
	}
	for _, tt := range tests {
		if got := tt.m(tt.t); got != tt.want {
			t.Errorf("%s(%v) = %s, want %s", tt.name, tt.t, got, tt.want)
		}
	}
	panics(t, "Cividis: no color for NaN", func() { Cividis(nan) })
	panics(t, "1 colors", func() { ColorMap(Cividis).Bands(1) })
}

// In print without colours, Cividis must still go from dark to light.
func TestLightness(t *testing.T) {
	t.Parallel()
	lightness := func(m ColorMap, i int) float64 { return toOklab(parseHex(m(float64(i) / 50)))[0] }
	for i := range 50 {
		if lightness(Cividis, i+1) <= lightness(Cividis, i) {
			t.Errorf("Cividis gets darker at %v", float64(i)/50)
		}
	}
}

func TestSeriesDiffer(t *testing.T) {
	t.Parallel()
	colors, dashes := map[string]bool{}, map[string]bool{}
	for i := range categories {
		s := Series(i)
		if colors[s.Color] || dashes[s.Dash] {
			t.Errorf("series %d has the color or the dash of another: %v", i, s)
		}
		colors[s.Color], dashes[s.Dash] = true, true
	}
}
