//go:build !purego

package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// withoutAVX512 switches AVX-512 off for a test, which must not be parallel.
func withoutAVX512(t *testing.T) {
	t.Cleanup(func() { _, wide = vectors() })
	wide = false
}

func TestExpVectorsWithoutAVX512(t *testing.T) {
	withoutAVX512(t)
	testExpVectors(t)
}

// Products have the same bits on processors without AVX-512.
func TestProductsWithoutAVX512(t *testing.T) {
	withoutAVX512(t)
	for _, s := range [][3]int{{4, 4, 8}, {5, 9, 12}, {17, 33, 25}, {40, 300, 47}, {300, 20, 30}, {300, 200, 30}, {1, 50, 29}} {
		m, k, n := s[0], s[1], s[2]
		r := rand.New(rand.NewPCG(uint64(m), uint64(n)))
		x, y := factors(r, m*k), factors(r, k*n)
		for i, p := range products[:3] {
			got, want := factors(r, m*n), make([]float64, m*n)
			products[3+i].set(want, x, y, m, k, n)
			p.set(got, x, y, m, k, n)
			mustMatch(t, fmt.Sprint(p.name, s), got, want)
			products[3+i].add(want, x, y, m, k, n)
			p.add(got, x, y, m, k, n)
			mustMatch(t, fmt.Sprint("Add", p.name, s), got, want)
		}
	}
}

// Every bit that is checked is needed.
func TestSupported(t *testing.T) {
	for _, c := range []struct {
		c, b, saved  uint32
		vector, wide bool
	}{
		{1<<12 | 1<<28, 1<<5 | 1<<16, 0xe6, true, true},
		{1<<12 | 1<<28, 1 << 5, 0xe6, true, false},
		{1<<12 | 1<<28, 1<<5 | 1<<16, 0x66, true, false},
		{1<<12 | 1<<28, 1<<5 | 1<<16, 0xa6, true, false},
		{1<<12 | 1<<28, 1<<5 | 1<<16, 0xc6, true, false},
		{1<<12 | 1<<28, 1<<5 | 1<<16, 0xe4, false, false},
		{1<<12 | 1<<28, 1<<5 | 1<<16, 0xe2, false, false},
		{1<<12 | 1<<28, 1 << 16, 0xe6, false, false},
		{1 << 28, 1<<5 | 1<<16, 0xe6, false, false},
		{1 << 12, 1<<5 | 1<<16, 0xe6, false, false},
	} {
		if vector, wide := supported(c.c, c.b, c.saved); vector != c.vector || wide != c.wide {
			t.Errorf("%#v: got %v, %v", c, vector, wide)
		}
	}
}
