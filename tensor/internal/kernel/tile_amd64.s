//go:build !purego

#include "textflag.h"

// A tile is in registers while products are added to it: 4 rows of vectors of AVX2, or 8 of AVX-512. ROWS finds the rows of a
// matrix: 0 to 3 begin at a, a+row, a+2row and a+row3, the next four in the same way at b.
#define ROWS(a, row, b, row3) \
	SHLQ $3, row              \ // in bytes
	LEAQ (row)(row*2), row3   \
	LEAQ (a)(row*4), b

// BEGIN finds those of x, at SI and R13. DX is at row p of y.
#define BEGIN \
	MOVQ x+32(FP), SI      \
	MOVQ xrow+40(FP), R9   \
	ROWS(SI, R9, R13, AX)  \
	MOVQ xstep+48(FP), R10 \
	MOVQ y+56(FP), DX      \
	MOVQ yrow+64(FP), R11  \
	MOVQ k+72(FP), CX      \
	SHLQ $3, R10           \
	SHLQ $3, R11           \
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

// WIDEGET, WIDEPUT and WIDEADD are for vectors of AVX-512, of which the last has the columns that the mask K1 says.
#define WIDEGET1(bytes, row, p) \
	VMOVUPD.Z row, K1, p
#define WIDEGET2(bytes, row, p, q) \
	VMOVUPD row, p \
	WIDEGET1(bytes, bytes row, q)
#define WIDEGET3(bytes, row, p, q, r) \
	VMOVUPD row, p \
	VMOVUPD bytes row, q \
	WIDEGET1(bytes, 2*bytes row, r)
#define WIDEPUT1(bytes, row, p) \
	VMOVUPD p, K1, row
#define WIDEPUT2(bytes, row, p, q) \
	VMOVUPD p, row \
	WIDEPUT1(bytes, bytes row, q)
#define WIDEPUT3(bytes, row, p, q, r) \
	VMOVUPD p, row \
	VMOVUPD q, bytes row \
	WIDEPUT1(bytes, 2*bytes row, r)
#define WIDEADD1(bytes, row, p) \
	VBROADCASTSD row, Z27 \
	VFMADD231PD Z24, Z27, p
#define WIDEADD2(bytes, row, p, q) \
	WIDEADD1(bytes, row, p) \
	VFMADD231PD Z25, Z27, q
#define WIDEADD3(bytes, row, p, q, r) \
	WIDEADD2(bytes, row, p, q) \
	VFMADD231PD Z26, Z27, r

// MASK loads that.
#define MASK \
	MOVL  mask+80(FP), AX \
	KMOVW AX, K1

// FOUR does one of these for the 4 rows that ROWS finds at a, and EIGHT, below, for the 4 at b too.
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

// WIDEFOUR and EIGHT are for vectors of AVX-512.
#define WIDEFOUR1(do, a, b, row, row3) \
	do(64, (a), Z0)        \
	do(64, (a)(row*1), Z1) \
	do(64, (a)(row*2), Z2) \
	do(64, (a)(row3*1), Z3)
#define WIDEFOUR2(do, a, b, row, row3) \
	do(64, (a), Z0, Z1)        \
	do(64, (a)(row*1), Z2, Z3) \
	do(64, (a)(row*2), Z4, Z5) \
	do(64, (a)(row3*1), Z6, Z7)
#define WIDEFOUR3(do, a, b, row, row3) \
	do(64, (a), Z0, Z1, Z2)        \
	do(64, (a)(row*1), Z3, Z4, Z5) \
	do(64, (a)(row*2), Z6, Z7, Z8) \
	do(64, (a)(row3*1), Z9, Z10, Z11)
#define EIGHT1(do, a, b, row, row3) \
	WIDEFOUR1(do, a, b, row, row3) \
	do(64, (b), Z4)        \
	do(64, (b)(row*1), Z5) \
	do(64, (b)(row*2), Z6) \
	do(64, (b)(row3*1), Z7)
#define EIGHT2(do, a, b, row, row3) \
	WIDEFOUR2(do, a, b, row, row3) \
	do(64, (b), Z8, Z9)          \
	do(64, (b)(row*1), Z10, Z11) \
	do(64, (b)(row*2), Z12, Z13) \
	do(64, (b)(row3*1), Z14, Z15)
#define EIGHT3(do, a, b, row, row3) \
	WIDEFOUR3(do, a, b, row, row3) \
	do(64, (b), Z12, Z13, Z14)        \
	do(64, (b)(row*1), Z15, Z16, Z17) \
	do(64, (b)(row*2), Z18, Z19, Z20) \
	do(64, (b)(row3*1), Z21, Z22, Z23)

// TILE adds k products to each element of b, for z. get, add and put are for their rows, y loads a row of y.
#define TILE(rows, get, y, add, put) \
	MOVQ b+16(FP), DI           \
	MOVQ brow+24(FP), R8        \
	ROWS(DI, R8, R12, BX)       \
	rows(get, DI, R12, R8, BX)  \
	BEGIN                       \
loop:                               \
	y                           \
	rows(add, SI, R13, R9, AX)  \
	NEXT                        \
	MOVQ z+0(FP), DI            \
	MOVQ zrow+8(FP), R8         \
	ROWS(DI, R8, R12, BX)       \
	rows(put, DI, R12, R8, BX)  \
	VZEROUPPER                  \
	RET

// func tile4x1(z *float64, zrow int, b *float64, brow int, x *float64, xrow, xstep int, y *float64, yrow, k int)
TEXT ·tile4x1(SB), NOSPLIT, $0-80
	TILE(FOUR1, GET1, GET1(32, (DX), Y12), ADD1, PUT1)

// func tile4x2(z *float64, zrow int, b *float64, brow int, x *float64, xrow, xstep int, y *float64, yrow, k int)
TEXT ·tile4x2(SB), NOSPLIT, $0-80
	TILE(FOUR2, GET2, GET2(32, (DX), Y12, Y13), ADD2, PUT2)

// func tile4x3(z *float64, zrow int, b *float64, brow int, x *float64, xrow, xstep int, y *float64, yrow, k int)
TEXT ·tile4x3(SB), NOSPLIT, $0-80
	TILE(FOUR3, GET3, GET3(32, (DX), Y12, Y13, Y14), ADD3, PUT3)

// func wide4x1(z *float64, zrow int, b *float64, brow int, x *float64, xrow, xstep int, y *float64, yrow, k int, mask uint32)
TEXT ·wide4x1(SB), NOSPLIT, $0-84
	MASK
	TILE(WIDEFOUR1, WIDEGET1, WIDEGET1(64, (DX), Z24), WIDEADD1, WIDEPUT1)

// func wide4x2(z *float64, zrow int, b *float64, brow int, x *float64, xrow, xstep int, y *float64, yrow, k int, mask uint32)
TEXT ·wide4x2(SB), NOSPLIT, $0-84
	MASK
	TILE(WIDEFOUR2, WIDEGET2, WIDEGET2(64, (DX), Z24, Z25), WIDEADD2, WIDEPUT2)

// func wide4x3(z *float64, zrow int, b *float64, brow int, x *float64, xrow, xstep int, y *float64, yrow, k int, mask uint32)
TEXT ·wide4x3(SB), NOSPLIT, $0-84
	MASK
	TILE(WIDEFOUR3, WIDEGET3, WIDEGET3(64, (DX), Z24, Z25, Z26), WIDEADD3, WIDEPUT3)

// func wide8x1(z *float64, zrow int, b *float64, brow int, x *float64, xrow, xstep int, y *float64, yrow, k int, mask uint32)
TEXT ·wide8x1(SB), NOSPLIT, $0-84
	MASK
	TILE(EIGHT1, WIDEGET1, WIDEGET1(64, (DX), Z24), WIDEADD1, WIDEPUT1)

// func wide8x2(z *float64, zrow int, b *float64, brow int, x *float64, xrow, xstep int, y *float64, yrow, k int, mask uint32)
TEXT ·wide8x2(SB), NOSPLIT, $0-84
	MASK
	TILE(EIGHT2, WIDEGET2, WIDEGET2(64, (DX), Z24, Z25), WIDEADD2, WIDEPUT2)

// func wide8x3(z *float64, zrow int, b *float64, brow int, x *float64, xrow, xstep int, y *float64, yrow, k int, mask uint32)
TEXT ·wide8x3(SB), NOSPLIT, $0-84
	MASK
	TILE(EIGHT3, WIDEGET3, WIDEGET3(64, (DX), Z24, Z25, Z26), WIDEADD3, WIDEPUT3)
