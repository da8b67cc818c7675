//go:build !purego

package kernel

// vector reports whether there are AVX2 and FMA, which the assembly needs, and wide whether there is
// AVX-512 too.
var vector, wide = vectors()

// cpuid returns what the instruction CPUID says.
func cpuid(leaf, part uint32) (a, b, c, d uint32)

// xgetbv returns what the instruction XGETBV says: which registers the operating system saves.
func xgetbv() (low, high uint32)

// vectors is the procedure of Intel's Software Developer's Manual, vol. 1, sections 14.3, 14.7.1 and 15.2.
func vectors() (vector, wide bool) {
	last, _, _, _ := cpuid(0, 0)
	_, _, c, _ := cpuid(1, 0)
	if last < 7 || c&osxsave == 0 {
		return false, false
	}
	_, b, _, _ := cpuid(7, 0)
	saved, _ := xgetbv()
	return supported(c, b, saved)
}

const (
	fma3, osxsave, avx = 1 << 12, 1 << 27, 1 << 28 // of register C, by leaf 1
	avx2, avx512f      = 1 << 5, 1 << 16           // of register B, by leaf 7
	ymm, zmm           = 6, 6 | 7<<5               // saved registers, with those that they contain
)

// supported is for register C by leaf 1, register B by leaf 7 and the registers that are saved.
func supported(c, b, saved uint32) (vector, wide bool) {
	vector = c&fma3 != 0 && c&avx != 0 && b&avx2 != 0 && saved&ymm == ymm
	return vector, vector && b&avx512f != 0 && saved&zmm == zmm
}

// tile4x1 sets zᵢⱼ = bᵢⱼ + Σₚ xᵢₚ yₚⱼ for 4 rows and 1 vector of columns, the products in ascending order
// of p, each with one rounding. Row i of z begins at z[i*zrow], that of b at b[i*brow], xᵢₚ is
// x[i*xrow+p*xstep], row p of y begins at y[p*yrow], and k ≥ 1 is the number of the p. z may be b. The
// others are for other numbers of rows and vectors. The wide ones have the vectors of AVX-512; of the
// last vector they take the columns whose bit in the mask is 1.
//
//go:noescape
func tile4x1(z *float64, zrow int, b *float64, brow int, x *float64, xrow, xstep int, y *float64, yrow, k int)

//go:noescape
func tile4x2(z *float64, zrow int, b *float64, brow int, x *float64, xrow, xstep int, y *float64, yrow, k int)

//go:noescape
func tile4x3(z *float64, zrow int, b *float64, brow int, x *float64, xrow, xstep int, y *float64, yrow, k int)

//go:noescape
func wide4x1(z *float64, zrow int, b *float64, brow int, x *float64, xrow, xstep int, y *float64, yrow, k int, mask uint32)

//go:noescape
func wide4x2(z *float64, zrow int, b *float64, brow int, x *float64, xrow, xstep int, y *float64, yrow, k int, mask uint32)

//go:noescape
func wide4x3(z *float64, zrow int, b *float64, brow int, x *float64, xrow, xstep int, y *float64, yrow, k int, mask uint32)

//go:noescape
func wide8x1(z *float64, zrow int, b *float64, brow int, x *float64, xrow, xstep int, y *float64, yrow, k int, mask uint32)

//go:noescape
func wide8x2(z *float64, zrow int, b *float64, brow int, x *float64, xrow, xstep int, y *float64, yrow, k int, mask uint32)

//go:noescape
func wide8x3(z *float64, zrow int, b *float64, brow int, x *float64, xrow, xstep int, y *float64, yrow, k int, mask uint32)

// addTiles sets z to b with d products added to each element: eight rows at a time, or four, and the
// remaining ones one by one. z may be b.
func addTiles(z []float64, zrow int, b []float64, brow int, x []float64, xrow, xstep int, y []float64, yrow, rows, d, cols int) {
	step := vectorLength()
	vectors := (cols + step - 1) / step
	mask := uint32(1)<<((cols-1)%step+1) - 1
	for i := 0; i < rows; i += step {
		znext, bnext, xnext := zrow, brow, xrow
		if rows-i < 8 {
			step = 4
		}
		if rows-i < 4 {
			step, znext, bnext, xnext = 1, 0, 0, 0 // four times the same row
		}
		zi, bi, xi := &z[i*zrow], &b[i*brow], &x[i*xrow]
		switch {
		case step == 8 && vectors == 1:
			wide8x1(zi, znext, bi, bnext, xi, xnext, xstep, &y[0], yrow, d, mask)
		case step == 8 && vectors == 2:
			wide8x2(zi, znext, bi, bnext, xi, xnext, xstep, &y[0], yrow, d, mask)
		case step == 8:
			wide8x3(zi, znext, bi, bnext, xi, xnext, xstep, &y[0], yrow, d, mask)
		case wide && vectors == 1:
			wide4x1(zi, znext, bi, bnext, xi, xnext, xstep, &y[0], yrow, d, mask)
		case wide && vectors == 2:
			wide4x2(zi, znext, bi, bnext, xi, xnext, xstep, &y[0], yrow, d, mask)
		case wide:
			wide4x3(zi, znext, bi, bnext, xi, xnext, xstep, &y[0], yrow, d, mask)
		case vectors == 1:
			tile4x1(zi, znext, bi, bnext, xi, xnext, xstep, &y[0], yrow, d)
		case vectors == 2:
			tile4x2(zi, znext, bi, bnext, xi, xnext, xstep, &y[0], yrow, d)
		default:
			tile4x3(zi, znext, bi, bnext, xi, xnext, xstep, &y[0], yrow, d)
		}
	}
}

// addVectors sets zᵢ = xᵢ + yᵢ for n numbers, a multiple of 4 and not 0; z may be x or y. From one vector
// of x to the next are dx bytes, in y dy: 32, or 0 to take the first one again.
//
//go:noescape
func addVectors(z, x *float64, dx int, y *float64, dy, n int)

// subVectors sets zᵢ = xᵢ − yᵢ likewise.
//
//go:noescape
func subVectors(z, x *float64, dx int, y *float64, dy, n int)

// mulVectors sets zᵢ = xᵢ · yᵢ likewise.
//
//go:noescape
func mulVectors(z, x *float64, dx int, y *float64, dy, n int)

// divVectors sets zᵢ = xᵢ / yᵢ likewise.
//
//go:noescape
func divVectors(z, x *float64, dx int, y *float64, dy, n int)

// chainVectors sets zᵢ = chain(xᵢ, yᵢ) likewise.
//
//go:noescape
func chainVectors(z, x *float64, dx int, y *float64, dy, n int)

// chain2Vectors sets zᵢ = chain2(xᵢ, yᵢ) likewise.
//
//go:noescape
func chain2Vectors(z, x *float64, dx int, y *float64, dy, n int)

// chainDivVectors sets zᵢ = chainDiv(xᵢ, yᵢ) likewise.
//
//go:noescape
func chainDivVectors(z, x *float64, dx int, y *float64, dy, n int)

// eqVectors sets zᵢ = 1 where xᵢ = yᵢ, and 0 elsewhere, likewise.
//
//go:noescape
func eqVectors(z, x *float64, dx int, y *float64, dy, n int)

// neVectors sets zᵢ = 1 where xᵢ ≠ yᵢ, and 0 elsewhere, likewise.
//
//go:noescape
func neVectors(z, x *float64, dx int, y *float64, dy, n int)

// ltVectors sets zᵢ = 1 where xᵢ < yᵢ, and 0 elsewhere, likewise.
//
//go:noescape
func ltVectors(z, x *float64, dx int, y *float64, dy, n int)

// leVectors sets zᵢ = 1 where xᵢ ≤ yᵢ, and 0 elsewhere, likewise.
//
//go:noescape
func leVectors(z, x *float64, dx int, y *float64, dy, n int)

// selectVectors sets zᵢ = xᵢ where maskᵢ = 1, and leaves zᵢ elsewhere, likewise.
//
//go:noescape
func selectVectors(z, mask *float64, dmask int, x *float64, dx, n int)

// inAssembly does the operation to whole vectors, and returns what is left.
func inAssembly(op operation, z, x, y []float64) (_, _, _ []float64) {
	sx, sy := stride(x), stride(y)
	xs, ys := x, y
	if sx == 0 {
		xs = []float64{x[0], x[0], x[0], x[0]}
	}
	if sy == 0 {
		ys = []float64{y[0], y[0], y[0], y[0]}
	}
	done := 0
	for done < len(z)&^3 {
		n := inVectors(len(z) - done)
		zp, xp, yp := &z[done], &xs[done*sx], &ys[done*sy]
		switch op {
		case opAdd:
			addVectors(zp, xp, 32*sx, yp, 32*sy, n)
		case opSub:
			subVectors(zp, xp, 32*sx, yp, 32*sy, n)
		case opMul:
			mulVectors(zp, xp, 32*sx, yp, 32*sy, n)
		case opDiv:
			divVectors(zp, xp, 32*sx, yp, 32*sy, n)
		case opChain:
			chainVectors(zp, xp, 32*sx, yp, 32*sy, n)
		case opChain2:
			chain2Vectors(zp, xp, 32*sx, yp, 32*sy, n)
		case opChainDiv:
			chainDivVectors(zp, xp, 32*sx, yp, 32*sy, n)
		case opEq:
			eqVectors(zp, xp, 32*sx, yp, 32*sy, n)
		case opNe:
			neVectors(zp, xp, 32*sx, yp, 32*sy, n)
		case opLt:
			ltVectors(zp, xp, 32*sx, yp, 32*sy, n)
		case opLe:
			leVectors(zp, xp, 32*sx, yp, 32*sy, n)
		case opSelect:
			selectVectors(zp, xp, 32*sx, yp, 32*sy, n)
		}
		done += n
	}
	return z[done:], x[done*sx:], y[done*sy:]
}

// addChainVectors sets zᵢ = chain(dyᵢ, slopeᵢ), or adds that to zᵢ, for n numbers, a multiple of 4 and
// not 0; z may be dy.
//
//go:noescape
func addChainVectors(z, dy, slope *float64, n int, add bool)

// squareVJPVectors does so with the slope 2x, for z = dx.
//
//go:noescape
func squareVJPVectors(dx, dy, x *float64, n int, add bool)

// sigmoidVJPVectors does so with the slope y(1−y).
//
//go:noescape
func sigmoidVJPVectors(dx, dy, y *float64, n int, add bool)

// tanhVJPVectors does so with the slope 1−y².
//
//go:noescape
func tanhVJPVectors(dx, dy, y *float64, n int, add bool)

// reluVJPVectors does so with the slope 1 where x > 0, else 0.
//
//go:noescape
func reluVJPVectors(dx, dy, x *float64, n int, add bool)

// reluVectors sets zᵢ = xᵢ, but 0 where xᵢ ≤ 0, for n numbers, a multiple of 4 and not 0; z may be x.
//
//go:noescape
func reluVectors(z, x *float64, n int)

// sumRows sets s to the lanes of at least a row of 32 numbers, summed from 0, row after row.
//
//go:noescape
func sumRows(s *[lanes]float64, x *float64, rows int)

// maxVectors returns the largest of n numbers, a multiple of 16 and not 0, and whether one is NaN; then m
// is undefined. Of 0 and −0, m is either.
//
//go:noescape
func maxVectors(x *float64, n int) (m float64, nan bool)

// minVectors returns the smallest likewise.
//
//go:noescape
func minVectors(x *float64, n int) (m float64, nan bool)
