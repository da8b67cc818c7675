package draw

import "testing"

func TestCividis(t *testing.T) {
	t.Parallel()
	for at, want := range map[float64]string{0: "#00224e", .2: "#35456c", 1: "#fee838", 7: "#fee838", -inf: "#00224e"} {
		if got := Cividis(at); got != want {
			t.Errorf("Cividis(%v) = %s, want %s", at, got, want)
		}
	}
	panics(t, "Cividis: no color for NaN", func() { Cividis(nan) })
	panics(t, "1 colors", func() { Bands(1) })
}

// In print without colours, Cividis must still go from dark to light.
func TestLightness(t *testing.T) {
	t.Parallel()
	lightness := func(i int) float64 { return toOklab(parseHex(Cividis(float64(i) / 50)))[0] }
	for i := range 50 {
		if lightness(i+1) <= lightness(i) {
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
