package kernel

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
)

// Products that goroutines share have the bits of the loops, whether rows or columns are shared, and if
// several products run at once.
func TestShare(t *testing.T) {
	if !vector {
		t.Skip("there are no vectors here")
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	r := rand.New(rand.NewPCG(3, 1))
	for _, s := range [][3]int{{170, 190, 150}, {131, 130, 300}, {5, 700, 1300}, {1300, 300, 11}, {1, 2100, 2100}} {
		m, k, n := s[0], s[1], s[2]
		x, y, b, before := factors(r, m*k), factors(r, k*n), factors(r, n), factors(r, m*n)
		for i, p := range products[:3] {
			var all sync.WaitGroup
			for _, c := range []struct {
				name        string
				plain, fast func(z, x, y []float64, m, k, n int)
			}{{"set", products[3+i].set, p.set}, {"add", products[3+i].add, p.add}, {
				"affine", func(z, x, y []float64, m, k, n int) {
					for i := range m {
						affineRow(z[i*n:(i+1)*n], x[i*k:(i+1)*k], y, b)
					}
				}, func(z, x, y []float64, m, k, n int) { Affine(z, x, y, b, m, k, n) },
			}} {
				want := append([]float64{}, before...)
				c.plain(want, x, y, m, k, n)
				for range 2 {
					all.Go(func() {
						z := append([]float64{}, before...)
						c.fast(z, x, y, m, k, n)
						if !slices.EqualFunc(z, want, sameBits) {
							t.Error(c.name, p.name, s)
						}
					})
				}
			}
			all.Wait()
		}
	}
}

func sameBits(x, y float64) bool { return math.Float64bits(x) == math.Float64bits(y) }

// A panic in a goroutine that shares a product reaches the caller; later products are right.
func TestSharePanics(t *testing.T) {
	if !vector {
		t.Skip("there are no vectors here")
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	m, k, n := 200, 200, 200
	z, x, y := make([]float64, m*n), make([]float64, m*k), make([]float64, k*n)
	for range 200 {
		func() { // the last row of y is too short, which one of the goroutines notices
			defer func() {
				if err, ok := recover().(runtime.Error); !ok {
					t.Errorf("recovered %v", err)
				}
			}()
			MatMulNT(z, x, y[:len(y)-1:len(y)-1], m, k, n)
		}()
	}
	for i := range x {
		x[i], y[i] = 1, 2
	}
	MatMulNT(z, x, y, m, k, n)
	for i, v := range z {
		if v != 400 {
			t.Fatalf("element %d is %v, want 400", i, v)
		}
	}
}
