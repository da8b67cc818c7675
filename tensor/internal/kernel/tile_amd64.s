//go:build !purego

#include "textflag.h"

// A tile of z is in registers while products are added to it: 4 rows of vectors of AVX2, or 8 of AVX-512. Rows 0 to 3 of z begin
// at DI, DI+R8, DI+2R8 and DI+BX, where BX is 3R8, and the next four in the same way at R12; those of x at SI and R13, with R9
// and AX. DX is at row p of y.
#define BEGIN \
	MOVQ z+0(FP), DI       \
	MOVQ zrow+8(FP), R8    \
	MOVQ x+16(FP), SI      \
	MOVQ xrow+24(FP), R9   \
	MOVQ xstep+32(FP), R10 \
	MOVQ y+40(FP), DX      \
	MOVQ yrow+48(FP), R11  \
	MOVQ k+56(FP), CX      \
	SHLQ $3, R8            \ // in bytes
	SHLQ $3, R9            \
	SHLQ $3, R10           \
	SHLQ $3, R11           \
	LEAQ (R8)(R8*2), BX    \
	LEAQ (R9)(R9*2), AX    \
	LEAQ (DI)(R8*4), R12   \
	LEAQ (SI)(R9*4), R13   \
	PCALIGN $32

// NEXT goes to p+1, if there is one.
#define NEXT \
	ADDQ R10, SI  \
	ADDQ R10, R13 \
	ADDQ R11, DX  \
	DECQ CX       \
	JNZ  loop

// GET loads the vectors p, q and r of a row: each begins so many bytes behind the one before.
#define GET1(bytes, row, p) \
	VMOVUPD row, p
#define GET2(bytes, row, p, q) \
	GET1(bytes, row, p) \
	VMOVUPD bytes row, q
#define GET3(bytes, row, p, q, r) \
	GET2(bytes, row, p, q) \
	VMOVUPD 2*bytes row, r

// PUT stores them.
#define PUT1(bytes, row, p) \
	VMOVUPD p, row
#define PUT2(bytes, row, p, q) \
	PUT1(bytes, row, p) \
	VMOVUPD q, bytes row
#define PUT3(bytes, row, p, q, r) \
	PUT2(bytes, row, p, q) \
	VMOVUPD r, 2*bytes row

// ADD adds to them the product of the first element of a row of x and the row of y: p ← p + xy.
#define ADD1(bytes, row, p) \
	VBROADCASTSD row, Y15 \
	VFMADD231PD Y12, Y15, p
#define ADD2(bytes, row, p, q) \
	ADD1(bytes, row, p) \
	VFMADD231PD Y13, Y15, q
#define ADD3(bytes, row, p, q, r) \
	ADD2(bytes, row, p, q) \
	VFMADD231PD Y14, Y15, r

// WIDE is ADD with vectors of AVX-512.
#define WIDE1(bytes, row, p) \
	VBROADCASTSD row, Z27 \
	VFMADD231PD Z24, Z27, p
#define WIDE2(bytes, row, p, q) \
	WIDE1(bytes, row, p) \
	VFMADD231PD Z25, Z27, q
#define WIDE3(bytes, row, p, q, r) \
	WIDE2(bytes, row, p, q) \
	VFMADD231PD Z26, Z27, r

// FOUR does one of these for 4 rows that begin at a, as described above, and EIGHT for 4 more that begin at b.
#define FOUR1(do, a, b, row, row3) \
	do(32, (a), Y0)        \
	do(32, (a)(row*1), Y1) \
	do(32, (a)(row*2), Y2) \
	do(32, (a)(row3*1), Y3)
#define FOUR2(do, a, b, row, row3) \
	do(32, (a), Y0, Y1)        \
	do(32, (a)(row*1), Y2, Y3) \
	do(32, (a)(row*2), Y4, Y5) \
	do(32, (a)(row3*1), Y6, Y7)
#define FOUR3(do, a, b, row, row3) \
	do(32, (a), Y0, Y1, Y2)        \
	do(32, (a)(row*1), Y3, Y4, Y5) \
	do(32, (a)(row*2), Y6, Y7, Y8) \
	do(32, (a)(row3*1), Y9, Y10, Y11)
#define EIGHT1(do, a, b, row, row3) \
	do(64, (a), Z0)         \
	do(64, (a)(row*1), Z1)  \
	do(64, (a)(row*2), Z2)  \
	do(64, (a)(row3*1), Z3) \
	do(64, (b), Z4)         \
	do(64, (b)(row*1), Z5)  \
	do(64, (b)(row*2), Z6)  \
	do(64, (b)(row3*1), Z7)
#define EIGHT2(do, a, b, row, row3) \
	do(64, (a), Z0, Z1)         \
	do(64, (a)(row*1), Z2, Z3)  \
	do(64, (a)(row*2), Z4, Z5)  \
	do(64, (a)(row3*1), Z6, Z7) \
	do(64, (b), Z8, Z9)         \
	do(64, (b)(row*1), Z10, Z11)\
	do(64, (b)(row*2), Z12, Z13)\
	do(64, (b)(row3*1), Z14, Z15)
#define EIGHT3(do, a, b, row, row3) \
	do(64, (a), Z0, Z1, Z2)          \
	do(64, (a)(row*1), Z3, Z4, Z5)   \
	do(64, (a)(row*2), Z6, Z7, Z8)   \
	do(64, (a)(row3*1), Z9, Z10, Z11)\
	do(64, (b), Z12, Z13, Z14)       \
	do(64, (b)(row*1), Z15, Z16, Z17)\
	do(64, (b)(row*2), Z18, Z19, Z20)\
	do(64, (b)(row3*1), Z21, Z22, Z23)

// TILE adds k products to each element of z. get, add and put are for the rows of it, y loads a row of y.
#define TILE(rows, get, y, add, put) \
	BEGIN                       \
	rows(get, DI, R12, R8, BX)  \
loop:                               \
	y                           \
	rows(add, SI, R13, R9, AX)  \
	NEXT                        \
	rows(put, DI, R12, R8, BX)  \
	VZEROUPPER                  \
	RET

// func tile4x4(z *float64, zrow int, x *float64, xrow, xstep int, y *float64, yrow, k int)
TEXT ·tile4x4(SB), NOSPLIT, $0-64
	TILE(FOUR1, GET1, GET1(32, (DX), Y12), ADD1, PUT1)

// func tile4x8(z *float64, zrow int, x *float64, xrow, xstep int, y *float64, yrow, k int)
TEXT ·tile4x8(SB), NOSPLIT, $0-64
	TILE(FOUR2, GET2, GET2(32, (DX), Y12, Y13), ADD2, PUT2)

// func tile4x12(z *float64, zrow int, x *float64, xrow, xstep int, y *float64, yrow, k int)
TEXT ·tile4x12(SB), NOSPLIT, $0-64
	TILE(FOUR3, GET3, GET3(32, (DX), Y12, Y13, Y14), ADD3, PUT3)

// func tile8x8(z *float64, zrow int, x *float64, xrow, xstep int, y *float64, yrow, k int)
TEXT ·tile8x8(SB), NOSPLIT, $0-64
	TILE(EIGHT1, GET1, GET1(64, (DX), Z24), WIDE1, PUT1)

// func tile8x16(z *float64, zrow int, x *float64, xrow, xstep int, y *float64, yrow, k int)
TEXT ·tile8x16(SB), NOSPLIT, $0-64
	TILE(EIGHT2, GET2, GET2(64, (DX), Z24, Z25), WIDE2, PUT2)

// func tile8x24(z *float64, zrow int, x *float64, xrow, xstep int, y *float64, yrow, k int)
TEXT ·tile8x24(SB), NOSPLIT, $0-64
	TILE(EIGHT3, GET3, GET3(64, (DX), Z24, Z25, Z26), WIDE3, PUT3)
