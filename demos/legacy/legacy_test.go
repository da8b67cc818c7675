package legacy_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"gentlegrad/demos/legacy"
)

// draws are the golden draws of one seed, in the order they were made.
type draws struct {
	Uint32      []uint32  `json:"uint32"`
	Rand        []float64 `json:"rand"`
	Randn       []float64 `json:"randn_7"`
	Permutation []int     `json:"permutation_10"`
	RandAfter   []float64 `json:"rand_after"`
	RandnAfter  []float64 `json:"randn_after"`
}

func golden(t *testing.T) map[string]draws {
	t.Helper()
	text, err := os.ReadFile("testdata/numpy-legacy-random.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Seeds map[string]draws }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Seeds) != 3 {
		t.Fatalf("%d seeds, want 3", len(file.Seeds))
	}
	return file.Seeds
}

// take makes as many draws as there are in like.
func take[T any](draw func() T, like []T) []T {
	got := make([]T, len(like))
	for i := range got {
		got[i] = draw()
	}
	return got
}

func TestNumPyDraws(t *testing.T) {
	t.Parallel()
	for name, want := range golden(t) {
		t.Run("seed="+name, func(t *testing.T) {
			t.Parallel()
			seed, err := strconv.ParseUint(name, 10, 32)
			if err != nil {
				t.Fatal(err)
			}
			s := legacy.New(uint32(seed))
			equal(t, "uint32", take(s.Uint32, want.Uint32), want.Uint32)
			equal(t, "rand", take(s.Float64, want.Rand), want.Rand)
			near(t, "randn", take(s.NormFloat64, want.Randn), want.Randn)
			equal(t, "permutation", s.Perm(len(want.Permutation)), want.Permutation)
			equal(t, "rand after", take(s.Float64, want.RandAfter), want.RandAfter)
			near(t, "randn after", take(s.NormFloat64, want.RandnAfter), want.RandnAfter)
		})
	}
}

func equal[T comparable](t *testing.T, what string, got, want []T) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %v\nwant %v", what, got, want)
	}
}

// near accepts 2 units in the last place: NumPy's logarithm rounds differently.
func near(t *testing.T, what string, got, want []float64) {
	t.Helper()
	for i := range want {
		unit := math.Nextafter(math.Abs(want[i]), math.Inf(1)) - math.Abs(want[i])
		if !(math.Abs(got[i]-want[i]) <= 2*unit) {
			t.Errorf("%s %d: got %v, want %v", what, i, got[i], want[i])
		}
	}
}

// The ten-thousandth word for the default seed 5489 is the one that the C++
// standard requires of std::mt19937 ([rand.predef]); it lies 16 refills away.
func TestTenThousandthWord(t *testing.T) {
	t.Parallel()
	s := legacy.New(5489)
	for range 9999 {
		s.Uint32()
	}
	if got := s.Uint32(); got != 4123659995 {
		t.Errorf("got %d, want 4123659995", got)
	}
}

// A rand.Rand made on a Source draws NumPy's doubles.
func TestRandSource(t *testing.T) {
	t.Parallel()
	for _, seed := range []uint32{0, 1, 123, math.MaxUint32} {
		var source rand.Source = legacy.New(seed)
		r, s := rand.New(source), legacy.New(seed)
		for i := range 2000 {
			if got, want := r.Float64(), s.Float64(); got != want {
				t.Fatalf("seed %d, draw %d: rand.Rand gives %v, Source %v", seed, i, got, want)
			}
		}
	}
}

func TestPerm(t *testing.T) {
	t.Parallel()
	s := legacy.New(1)
	for _, n := range []int{0, 1, 2, 3, 4, 5, 64, 65, 1000} {
		p := s.Perm(n)
		slices.Sort(p)
		for i, v := range p {
			if i != v {
				t.Fatalf("Perm(%d) sorted has %d at %d", n, v, i)
			}
		}
		if len(p) != n {
			t.Errorf("Perm(%d) has length %d", n, len(p))
		}
	}
}

func TestPermDrawsNothingForOne(t *testing.T) {
	t.Parallel()
	s, fresh := legacy.New(1), legacy.New(1)
	s.Perm(0)
	s.Perm(1)
	if s.Uint32() != fresh.Uint32() {
		t.Error("a permutation of one element moved the stream")
	}
}

func TestPermPanics(t *testing.T) {
	t.Parallel()
	defer func() {
		const want = "legacy: Perm: negative n: -3"
		if got := recover(); got != want {
			t.Errorf("panic %v, want %q", got, want)
		}
	}()
	legacy.New(1).Perm(-3)
}

func TestNormMoments(t *testing.T) {
	t.Parallel()
	const n = 100_000
	s := legacy.New(7)
	var sum, squares float64
	for range n {
		v := s.NormFloat64()
		sum += v
		squares += v * v
	}
	if mean := sum / n; !(math.Abs(mean) <= .02) {
		t.Errorf("mean %v, want about 0", mean)
	}
	if variance := squares / n; !(math.Abs(variance-1) <= .02) {
		t.Errorf("variance %v, want about 1", variance)
	}
}

func BenchmarkNormFloat64(b *testing.B) {
	s := legacy.New(1)
	for b.Loop() {
		s.NormFloat64()
	}
}

func ExampleNew() {
	s := legacy.New(123) // numpy.random.seed(123)
	fmt.Printf("rand         %.8f\n", s.Float64())
	fmt.Printf("randn        %.8f\n", s.NormFloat64())
	fmt.Println("permutation ", s.Perm(5))
	// Output:
	// rand         0.69646919
	// randn        -0.95209721
	// permutation  [0 4 2 3 1]
}

// A Source is a source for math/rand/v2, whose Float64 then is NumPy's rand.
func ExampleSource_Uint64() {
	r := rand.New(legacy.New(123))
	fmt.Printf("%.8f %.8f\n", r.Float64(), r.Float64())
	// Output: 0.69646919 0.28613933
}
