package draw

import (
	"strings"
	"testing"
)

func TestTicks(t *testing.T) {
	t.Parallel()
	tests := []struct {
		lo, hi float64
		n      int
		want   string
	}{
		{0, 1, 6, "0 0.2 0.4 0.6 0.8 1.0"},
		{0, 1, 11, "0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1.0"},
		{-.5, 1.5, 5, "−0.5 0 0.5 1.0 1.5"},
		{-5, 5, 5, "−4 −2 0 2 4"},
		{-10, 10, 5, "−10 −5 0 5 10"},
		{3.2, 47.9, 6, "10 20 30 40"},
		{0, 100, 3, "0 50 100"},
		{0, 2000, 5, "0 500 1000 1500 2000"},
		{0, 3e6, 4, "0 1×10^{6} 2×10^{6} 3×10^{6}"},
		{0, 3e-6, 7, "0 5×10^{−7} 1×10^{−6} 1.5×10^{−6} 2×10^{−6} 2.5×10^{−6} 3×10^{−6}"},
		{.3, .4, 2, "0.3 0.4"},
		{1.1, 1.9, 1, "1.5"},
		{1000.1, 1000.4, 4, "1000.1 1000.2 1000.3 1000.4"},
		{1e15, 1e15 + 1, 5, "1×10^{15} 1.000000000000001×10^{15}"},
	}
	for _, tt := range tests {
		var labels []string
		for _, tick := range Ticks(Range{tt.lo, tt.hi}, tt.n) {
			labels = append(labels, tick.Label)
		}
		if got := strings.Join(labels, " "); got != tt.want {
			t.Errorf("Ticks(%v, %v, %d) = %s, want %s", tt.lo, tt.hi, tt.n, got, tt.want)
		}
	}
	panics(t, "Ticks: range from 1 to 1", func() { Ticks(Range{1, 1}, 3) })
	panics(t, "Ticks", func() { Ticks(Range{0, nan}, 3) })
	panics(t, "at most 0", func() { Ticks(unit, 0) })
}

func FuzzTicks(f *testing.F) {
	f.Add(0., 1., uint8(5))
	f.Add(-1e-300, 1e300, uint8(1))
	f.Add(5e-324, 1e-323, uint8(3))
	f.Add(-2., 1e-9, uint8(9))
	f.Fuzz(func(t *testing.T, lo, hi float64, n uint8) {
		r := Range{lo, hi}
		if n == 0 || !(lo < hi) || !finite(hi-lo) {
			t.Skip()
		}
		ticks := Ticks(r, int(n))
		if len(ticks) == 0 || len(ticks) > max(2, int(n)) {
			t.Fatalf("%d ticks, at most %d wanted", len(ticks), n)
		}
		eps := 1e-8 * (hi - lo)
		for i, tick := range ticks {
			if !(tick.Value >= lo-eps && tick.Value <= hi+eps) {
				t.Errorf("tick %v outside %v", tick, r)
			}
			if i > 0 && (tick.Value <= ticks[i-1].Value || tick.Label == ticks[i-1].Label) {
				t.Errorf("tick %v after %v", tick, ticks[i-1])
			}
		}
	})
}

func TestExtent(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		pad  float64
		data []float64
		want Range
	}{
		{"plain", 0, []float64{3, 1, 2}, Range{1, 3}},
		{"padded", .5, []float64{1, 3}, Range{0, 4}},
		{"not finite", 0, []float64{nan, inf, 2, -inf, 5}, Range{2, 5}},
		{"none", .1, []float64{nan}, unit},
		{"equal", .1, []float64{4, 4}, Range{2, 6}},
		{"zero", 0, []float64{0}, Range{-.5, .5}},
	}
	for _, tt := range tests {
		if got := Extent(tt.pad, tt.data); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestScale(t *testing.T) {
	t.Parallel()
	s := Scale{Data: Range{-1, 3}, From: 100, To: 20}
	for v, want := range map[float64]float64{-1: 100, 3: 20, 1: 60, 5: -20} {
		if got := s.At(v); got != want {
			t.Errorf("At(%v) = %v, want %v", v, got, want)
		}
	}
}

func TestLogarithmicScale(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		lo, hi float64
		n      int
		want   string
	}{
		{.02, 3, 5, "0.1 1"},
		{1e-8, 1e-2, 8, "10^{−8} 10^{−7} 10^{−6} 10^{−5} 10^{−4} 10^{−3} 0.01"},
		{1e-8, 1e-2, 3, "10^{−8} 10^{−5} 0.01"},
		{2, 7, 6, "2 3 4 5 6 7"},
		{5e-300, 1e300, 4, "10^{−299} 10^{−149} 10 10^{151}"},
	} {
		var labels []string
		for _, tick := range (Scale{Data: Range{tt.lo, tt.hi}, Log: true}).Ticks(tt.n) {
			labels = append(labels, tick.Label)
		}
		if got := strings.Join(labels, " "); got != tt.want {
			t.Errorf("ticks from %g to %g, at most %d: %s, want %s", tt.lo, tt.hi, tt.n, got, tt.want)
		}
	}
	s := Scale{Data: Range{.01, 100}, From: 100, To: 0, Log: true}
	for v, want := range map[float64]float64{.01: 100, 1: 50, 100: 0, 10: 25} {
		if got := s.At(v); got < want-1e-9 || got > want+1e-9 {
			t.Errorf("%g is at %g, want %g", v, got, want)
		}
	}
	if finite(s.At(0)) || finite(s.At(-1)) {
		t.Error("0 or −1 has a place on a logarithmic scale")
	}
	panics(t, "logarithmic", func() { Scale{Data: Range{0, 1}, Log: true}.Ticks(3) })
}
