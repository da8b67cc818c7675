// Package kernel holds the loops over flat slices that tensor is made of.
//
// The contract, stated once: the caller guarantees the lengths; kernels do not
// check them. z is the destination and may be the same slice as an operand
// unless a kernel says otherwise, but may not overlap one partly.
//
// Every kernel gives the same bits on every processor. A compiler may fuse
// x*y + z into one rounding, and does so on arm64; so a product that feeds a sum
// is written fma(x, y, z) where it is fused and float64(x*y) + z where not.
//
// On amd64 some kernels have assembly too, for processors with AVX2 or AVX-512; the tag purego leaves it
// out. It does the same operations on each number in the same order as the loops in Go, which tests
// compare it with, bit by bit.
package kernel

import (
	"math"
	"slices"
)

// pays reports whether it pays to call assembly that does only a few operations a number, for n numbers.
func pays(n int) bool { return vector && n >= 12 }

// inVectors returns how many of n numbers, at least 4, to give to assembly at once: whole vectors, and
// not so many that the garbage collector, which cannot interrupt assembly, would have to wait long.
func inVectors(n int) int { return min(n, 4096) &^ 3 }

// An operation is one on two numbers that has assembly.
type operation int

const (
	opAdd operation = iota
	opSub
	opMul
	opDiv
	opChain
	opChain2
	opChainDiv
	opEq
	opNe
	opLt
	opLe
	opSelect
)

// In the element-wise kernels of two operands, x and y have len(z) elements
// each, or one, which stands for all.

// Add sets zᵢ = xᵢ + yᵢ.
func Add(z, x, y []float64) {
	if pays(len(z)) {
		z, x, y = inAssembly(opAdd, z, x, y)
	}
	switch {
	case len(x) == len(z) && len(y) == len(z):
		for i, v := range x {
			z[i] = v + y[i]
		}
	case len(x) == len(z):
		s := y[0]
		for i, v := range x {
			z[i] = v + s
		}
	default:
		Add(z, y, x)
	}
}

// Sub sets zᵢ = xᵢ − yᵢ.
func Sub(z, x, y []float64) {
	if pays(len(z)) {
		z, x, y = inAssembly(opSub, z, x, y)
	}
	switch {
	case len(x) == len(z) && len(y) == len(z):
		for i, v := range x {
			z[i] = v - y[i]
		}
	case len(x) == len(z):
		s := y[0]
		for i, v := range x {
			z[i] = v - s
		}
	default:
		s := x[0]
		for i, v := range y {
			z[i] = s - v
		}
	}
}

// Mul sets zᵢ = xᵢ · yᵢ.
func Mul(z, x, y []float64) {
	if pays(len(z)) {
		z, x, y = inAssembly(opMul, z, x, y)
	}
	switch {
	case len(x) == len(z) && len(y) == len(z):
		for i, v := range x {
			z[i] = v * y[i]
		}
	case len(x) == len(z):
		s := y[0]
		for i, v := range x {
			z[i] = v * s
		}
	default:
		Mul(z, y, x)
	}
}

// Div sets zᵢ = xᵢ / yᵢ.
func Div(z, x, y []float64) {
	if pays(len(z)) {
		z, x, y = inAssembly(opDiv, z, x, y)
	}
	switch {
	case len(x) == len(z) && len(y) == len(z):
		for i, v := range x {
			z[i] = v / y[i]
		}
	case len(x) == len(z):
		s := y[0]
		for i, v := range x {
			z[i] = v / s
		}
	default:
		s := x[0]
		for i, v := range y {
			z[i] = s / v
		}
	}
}

// AddScaled sets zᵢ = xᵢ + a·yᵢ, rounded twice as NumPy does; all of one length.
func AddScaled(z, x []float64, a float64, y []float64) {
	z, y = z[:len(x)], y[:len(x)] // saves the loop its bounds checks
	for i, v := range x {
		z[i] = v + float64(a*y[i])
	}
}

// Scale sets zᵢ = a·xᵢ.
func Scale(z []float64, a float64, x []float64) { Mul(z, x, []float64{a}) }

// ScaledDifference sets zᵢ to chain(a, xᵢ − yᵢ), or adds that to zᵢ; all of one length.
func ScaledDifference(z []float64, a float64, x, y []float64, add bool) {
	z, y = z[:len(x)], y[:len(x)]
	for i, v := range x {
		store(z, i, chain(a, v-y[i]), add)
	}
}

// Chain sets zᵢ = xᵢ · yᵢ, but 0 where xᵢ is 0 and the product NaN.
func Chain(z, x, y []float64) {
	if pays(len(z)) {
		z, x, y = inAssembly(opChain, z, x, y)
	}
	Zip(z, x, y, chain)
}

// Chain2 sets zᵢ = xᵢ · yᵢ, but 0 where either is 0 and the product NaN.
func Chain2(z, x, y []float64) {
	if pays(len(z)) {
		z, x, y = inAssembly(opChain2, z, x, y)
	}
	Zip(z, x, y, chain2)
}

// ChainDiv sets zᵢ = xᵢ / yᵢ, but 0 where xᵢ is 0 and the quotient NaN.
func ChainDiv(z, x, y []float64) {
	if pays(len(z)) {
		z, x, y = inAssembly(opChainDiv, z, x, y)
	}
	Zip(z, x, y, chainDiv)
}

// AddChain sets zᵢ to chain(dyᵢ, slopeᵢ), or adds that to zᵢ; all of one length.
func AddChain(z, dy, slope []float64, add bool) {
	for pays(len(dy)) {
		n := inVectors(len(dy))
		addChainVectors(&z[0], &dy[0], &slope[0], n, add)
		z, dy, slope = z[n:], dy[n:], slope[n:]
	}
	z, slope = z[:len(dy)], slope[:len(dy)]
	for i, v := range dy {
		store(z, i, chain(v, slope[i]), add)
	}
}

// chain returns dy · slope, rounded, but 0 where dy is 0 and the product NaN.
func chain(dy, slope float64) float64 {
	p := float64(dy * slope)
	if p != p && dy == 0 {
		p = 0
	}
	return p
}

// chain2 returns x · y, but 0 where either is 0 and the product NaN.
func chain2(x, y float64) float64 {
	p := x * y
	if p != p && (x == 0 || y == 0) {
		p = 0
	}
	return p
}

// chainDiv returns x / y, but 0 where x is 0 and the quotient NaN.
func chainDiv(x, y float64) float64 {
	q := x / y
	if q != q && x == 0 {
		q = 0
	}
	return q
}

// Eq sets zᵢ = 1 where xᵢ = yᵢ, and 0 elsewhere.
func Eq(z, x, y []float64) {
	if pays(len(z)) {
		z, x, y = inAssembly(opEq, z, x, y)
	}
	Zip(z, x, y, func(x, y float64) float64 { return oneIf(x == y) })
}

// Ne sets zᵢ = 1 where xᵢ ≠ yᵢ, and 0 elsewhere.
func Ne(z, x, y []float64) {
	if pays(len(z)) {
		z, x, y = inAssembly(opNe, z, x, y)
	}
	Zip(z, x, y, func(x, y float64) float64 { return oneIf(x != y) })
}

// Lt sets zᵢ = 1 where xᵢ < yᵢ, and 0 elsewhere.
func Lt(z, x, y []float64) {
	if pays(len(z)) {
		z, x, y = inAssembly(opLt, z, x, y)
	}
	Zip(z, x, y, func(x, y float64) float64 { return oneIf(x < y) })
}

// Le sets zᵢ = 1 where xᵢ ≤ yᵢ, and 0 elsewhere.
func Le(z, x, y []float64) {
	if pays(len(z)) {
		z, x, y = inAssembly(opLe, z, x, y)
	}
	Zip(z, x, y, func(x, y float64) float64 { return oneIf(x <= y) })
}

// oneIf returns 1 or 0, by a conditional move rather than a branch: masks are often unpredictable.
func oneIf(holds bool) float64 {
	bits := uint64(0)
	if holds {
		bits = math.Float64bits(1)
	}
	return math.Float64frombits(bits)
}

// Maximum sets zᵢ = max(xᵢ, yᵢ) with the built-in max: unlike math.Max, it gives NaN for a NaN and an
// infinity.
func Maximum(z, x, y []float64) { Zip(z, x, y, func(x, y float64) float64 { return max(x, y) }) }

// Minimum sets zᵢ = min(xᵢ, yᵢ), likewise.
func Minimum(z, x, y []float64) { Zip(z, x, y, func(x, y float64) float64 { return min(x, y) }) }

// Max returns the largest of x, with the built-in max: NaN if one is NaN, −Inf if there is none.
func Max(x []float64) float64 {
	m := math.Inf(-1)
	for vector && len(x) >= 16 {
		n := inVectors(len(x)) &^ 15
		v, nan := maxVectors(&x[0], n)
		switch {
		case nan:
			return math.NaN()
		case v == 0: // or −0
			v = slices.Max(x[:n])
		}
		m, x = max(m, v), x[n:]
	}
	for _, v := range x {
		if !(v < m) { // for most this is all
			m = max(m, v)
		}
	}
	return m
}

// Min returns the smallest of x, likewise; +Inf if there is none.
func Min(x []float64) float64 {
	m := math.Inf(1)
	for vector && len(x) >= 16 {
		n := inVectors(len(x)) &^ 15
		v, nan := minVectors(&x[0], n)
		switch {
		case nan:
			return math.NaN()
		case v == 0:
			v = slices.Min(x[:n])
		}
		m, x = min(m, v), x[n:]
	}
	for _, v := range x {
		if !(v > m) {
			m = min(m, v)
		}
	}
	return m
}

// Prod returns the product of x, from the first to the last; 1 if there is none.
func Prod(x []float64) float64 {
	p := 1.0
	for _, v := range x {
		p *= v
	}
	return p
}

// Zip sets zᵢ = f(xᵢ, yᵢ).
func Zip(z, x, y []float64, f func(x, y float64) float64) {
	dx, dy := stride(x), stride(y)
	for i := range z {
		z[i] = f(x[i*dx], y[i*dy])
	}
}

// Select sets zᵢ = xᵢ where the mask is 1, and leaves zᵢ where it is 0, without a branch. mask and x have
// len(z) elements each, or one.
func Select(z, mask, x []float64) {
	if pays(len(z)) {
		z, mask, x = inAssembly(opSelect, z, mask, x)
	}
	dm, dx := stride(mask), stride(x)
	for i, v := range z {
		chosen := -(math.Float64bits(mask[i*dm]) >> 61 & 1) // all bits or none: this one tells 1 from ±0
		z[i] = math.Float64frombits(math.Float64bits(x[i*dx])&chosen | math.Float64bits(v)&^chosen)
	}
}

// Fill sets zᵢ = v: most of z by copies, which are several times as fast as a loop.
func Fill(z []float64, v float64) {
	const looped, copied = 64, 1024
	for i := range min(looped, len(z)) {
		z[i] = v
	}
	for n := looped; n < len(z); {
		n += copy(z[n:], z[:min(n, copied)])
	}
}

// NotMask returns the index of the first of x that is neither 0 nor 1, or −1 if there is none.
func NotMask(x []float64) int {
	bad := uint64(0)
	for _, v := range x {
		bad |= math.Float64bits(v * (v - 1)) // no branch, since almost all are right
	}
	if bad<<1 == 0 {
		return -1
	}
	return slices.IndexFunc(x, func(v float64) bool { return v*(v-1) != 0 })
}

// stride returns 0 for one element that is repeated, otherwise 1.
func stride(x []float64) int { return min(1, len(x)-1) }
