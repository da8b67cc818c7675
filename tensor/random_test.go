package tensor

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestUniform(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ lo, hi float64 }{{0, 1}, {-0.5, 0.5}, {1, 2}, {3, 3}, {-1e300, 1e300}, {-math.MaxFloat64, math.MaxFloat64}, {1, math.Nextafter(1, 2)}} {
		x := New(1000).Uniform(newRand(1), c.lo, c.hi)
		for _, v := range x.Data() {
			if !(v >= c.lo && (v < c.hi || c.lo == c.hi && v == c.lo)) {
				t.Fatalf("%v is not in [%v, %v)", v, c.lo, c.hi)
			}
		}
		mustEqual(t, "same seed", New(10, 100).Uniform(newRand(1), c.lo, c.hi).Reshape(1000), x)
	}
	wide := New(100000).Uniform(newRand(1), -1e308, 1e308)
	mustBeNear(t, "the widest mean", new(Tensor).Mean(wide.Scale(wide, 1e-308)).Item(), 0, 0.01)
	x := New(100000).Uniform(newRand(1), 2, 4)
	mustBeNear(t, "mean", new(Tensor).Mean(x).Item(), 3, 0.01)
	mustBeNear(t, "variance", variance(x), 4./12, 0.01)
	mustEqual(t, "no elements", New(0).Uniform(newRand(1), 0, 1), New(0))
}

// drawn is a source from which Float64 draws these numbers.
type drawn []float64

func (d *drawn) Uint64() uint64 {
	v := (*d)[0]
	*d = (*d)[1:]
	return uint64(v * (1 << 53))
}

// TestNormalPoints checks which points normal numbers are made of: neither the middle of the disc nor one
// on its edge. The point (−½, 0) has the squared radius ¼, so it gives −√(−2 ln ¼) and 0.
func TestNormalPoints(t *testing.T) {
	t.Parallel()
	points := &drawn{.5, .5, 0, .5, .25, .5}
	x := New(2).Normal(rand.New(points), 0, 1)
	if want := -math.Sqrt(4 * math.Ln2); !(math.Abs(x.At(0)-want) <= 4e-16) || x.At(1) != 0 {
		t.Errorf("%v, want %v and 0", x.Data(), want)
	}
}

// allOnes is a source of the largest numbers.
type allOnes struct{}

func (allOnes) Uint64() uint64 { return math.MaxUint64 }

// TestUniformNeverHi checks the largest number drawn, which would round up to hi.
func TestUniformNeverHi(t *testing.T) {
	t.Parallel()
	x := New(1).Uniform(rand.New(allOnes{}), 1, 2)
	mustEqual(t, "the largest number", x, Full(math.Nextafter(2, 1), 1))
}

func TestNormal(t *testing.T) {
	t.Parallel()
	x := New(100001).Normal(newRand(1), 3, 2)
	mustBeNear(t, "mean", new(Tensor).Mean(x).Item(), 3, 0.02)
	mustBeNear(t, "variance", variance(x), 4, 0.05)
	mustEqual(t, "same seed", New(100001).Normal(newRand(1), 3, 2), x)
	mustEqual(t, "deviation 0", New(3).Normal(newRand(1), 3, 0), Full(3, 3))
	mustEqual(t, "no elements", New(0).Normal(newRand(1), 0, 1), New(0))

	// The distribution function, and the correlation of neighbours, which are made in pairs.
	x.Normal(newRand(2), 0, 1)
	for _, z := range []float64{-3, -2, -1, -0.5, 0, 0.5, 1, 2, 3} {
		below := new(Tensor).Mean(new(Tensor).Lt(x, Scalar(z))).Item()
		mustBeNear(t, "distribution function", below, math.Erfc(-z/math.Sqrt2)/2, 0.005)
	}
	even, odd := New(50000), New(50000)
	for i := range 50000 {
		even.SetAt(x.At(2*i), i)
		odd.SetAt(x.At(2*i+1), i)
	}
	mustBeNear(t, "correlation", new(Tensor).Mean(new(Tensor).Mul(even, odd)).Item(), 0, 0.02)
	even.Square(even)
	odd.Square(odd)
	mustBeNear(t, "correlation of squares", new(Tensor).Mean(new(Tensor).Mul(even, odd)).Item(), 1, 0.05)
}

func variance(x *Tensor) float64 {
	d := new(Tensor).Sub(x, new(Tensor).Mean(x))
	return new(Tensor).Mean(d.Square(d)).Item()
}

func mustBeNear(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: %v, want %v ± %v", what, got, want, tolerance)
	}
}

func TestRandomBits(t *testing.T) {
	t.Parallel()
	mustHash(t, "Uniform", 0xd2d5d44b99dd29f, New(1000).Uniform(newRand(1), -0.3, 0.7))
	mustHash(t, "Normal", 0x118842eda80dae5a, New(100001).Normal(newRand(1), 0.1, 0.3))
}
