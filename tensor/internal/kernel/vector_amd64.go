//go:build !purego

package kernel

// vector is whether the processor has the instructions of the assembly: AVX2 and FMA, on vectors of four numbers.
var vector = hasAVX2()

// cpuid returns what the instruction CPUID says.
func cpuid(leaf, part uint32) (a, b, c, d uint32)

// xgetbv returns what the instruction XGETBV says: which registers the operating system saves.
func xgetbv() (low, high uint32)

// hasAVX2 is the procedure of Intel's Software Developer's Manual, vol. 1, 14.3 and 14.7.1.
func hasAVX2() bool {
	const fma, osxsave, avx, avx2 = 1 << 12, 1 << 27, 1 << 28, 1 << 5
	if last, _, _, _ := cpuid(0, 0); last < 7 {
		return false
	}
	_, _, c, _ := cpuid(1, 0)
	if c&fma == 0 || c&osxsave == 0 || c&avx == 0 {
		return false
	}
	const xmm, ymm = 1 << 1, 1 << 2
	if saved, _ := xgetbv(); saved&(xmm|ymm) != xmm|ymm {
		return false
	}
	_, b, _, _ := cpuid(7, 0)
	return b&avx2 != 0
}

// tile12 sets tᵢⱼ = tᵢⱼ + Σₚ xᵢₚ yₚⱼ for 4 rows and 12 columns, the products in ascending order of p, each with one rounding. Row i
// of t begins at t[i*trow], xᵢₚ is x[i*xrow+p*xstep], row p of y begins at y[p*yrow], and k ≥ 1 is the number of the p.
//
//go:noescape
func tile12(t *float64, trow int, x *float64, xrow, xstep int, y *float64, yrow, k int)

// tile8 is tile12 for 8 columns.
//
//go:noescape
func tile8(t *float64, trow int, x *float64, xrow, xstep int, y *float64, yrow, k int)

// tile4 is tile12 for 4 columns.
//
//go:noescape
func tile4(t *float64, trow int, x *float64, xrow, xstep int, y *float64, yrow, k int)
