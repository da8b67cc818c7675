package draw

import "testing"

func TestNumerals(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		Count(1, "step"): "1 step", Count(0, "step"): "0 steps", Count(2, "hidden layer"): "2 hidden layers",
		Powers("1.5e+06"): "1.5·10⁶", Powers("0.0e+00"): "0", Powers("-0.0e+00"): "0", Powers("-1.1e-16"): "−1.1·10⁻¹⁶", Powers("-0.5"): "−0.5",
		Compact("-2e-16"): "−2e−16", Compact("1e+03"): "1e3", Compact("12"): "12",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
