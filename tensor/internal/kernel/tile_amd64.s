//go:build !purego

#include "textflag.h"

// Four rows of z are in registers while products are added to them. Row i begins at DI, DI+R8, R12 and R12+R8; those of x at
// SI, SI+R9, R13 and R13+R9. DX is at row p of y.
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
	LEAQ (DI)(R8*2), R12   \
	LEAQ (SI)(R9*2), R13   \
	PCALIGN $32

// NEXT goes to p+1, if there is one.
#define NEXT(loop) \
	ADDQ R10, SI  \
	ADDQ R10, R13 \
	ADDQ R11, DX  \
	DECQ CX       \
	JNZ  loop

// ADD adds x·y to a row of one, two or three vectors: a ← a + x·y.
#define ADD1(x, y0, a0) \
	VFMADD231PD y0, x, a0
#define ADD2(x, y0, y1, a0, a1) \
	ADD1(x, y0, a0)       \
	VFMADD231PD y1, x, a1
#define ADD3(x, y0, y1, y2, a0, a1, a2) \
	ADD2(x, y0, y1, a0, a1) \
	VFMADD231PD y2, x, a2

// TILE3 adds to 4 rows of three vectors. b1 and b2 are where the second and the third vector begin, in bytes; m, n, o and p are
// for rows of y and elements of x.
#define TILE3(b1, b2, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, loop) \
	VMOVUPD (DI), a            \ // a ← z₀
	VMOVUPD b1(DI), b          \ // b ← z₀
	VMOVUPD b2(DI), c          \ // c ← z₀
	VMOVUPD (DI)(R8*1), d      \ // d ← z₁
	VMOVUPD b1(DI)(R8*1), e    \ // e ← z₁
	VMOVUPD b2(DI)(R8*1), f    \ // f ← z₁
	VMOVUPD (R12), g           \ // g ← z₂
	VMOVUPD b1(R12), h         \ // h ← z₂
	VMOVUPD b2(R12), i         \ // i ← z₂
	VMOVUPD (R12)(R8*1), j     \ // j ← z₃
	VMOVUPD b1(R12)(R8*1), k   \ // k ← z₃
	VMOVUPD b2(R12)(R8*1), l   \ // l ← z₃
loop:                             \
	VMOVUPD (DX), m            \ // m ← yₚ
	VMOVUPD b1(DX), n          \ // n ← yₚ
	VMOVUPD b2(DX), o          \ // o ← yₚ
	VBROADCASTSD (SI), p       \ // p ← x₀ₚ
	ADD3(p, m, n, o, a, b, c) \
	VBROADCASTSD (SI)(R9*1), p \ // p ← x₁ₚ
	ADD3(p, m, n, o, d, e, f) \
	VBROADCASTSD (R13), p      \ // p ← x₂ₚ
	ADD3(p, m, n, o, g, h, i) \
	VBROADCASTSD (R13)(R9*1), p\ // p ← x₃ₚ
	ADD3(p, m, n, o, j, k, l) \
	NEXT(loop)                \
	VMOVUPD a, (DI)            \ // z₀ ← a
	VMOVUPD b, b1(DI)          \ // z₀ ← b
	VMOVUPD c, b2(DI)          \ // z₀ ← c
	VMOVUPD d, (DI)(R8*1)      \ // z₁ ← d
	VMOVUPD e, b1(DI)(R8*1)    \ // z₁ ← e
	VMOVUPD f, b2(DI)(R8*1)    \ // z₁ ← f
	VMOVUPD g, (R12)           \ // z₂ ← g
	VMOVUPD h, b1(R12)         \ // z₂ ← h
	VMOVUPD i, b2(R12)         \ // z₂ ← i
	VMOVUPD j, (R12)(R8*1)     \ // z₃ ← j
	VMOVUPD k, b1(R12)(R8*1)   \ // z₃ ← k
	VMOVUPD l, b2(R12)(R8*1)   \ // z₃ ← l
	VZEROUPPER                \
	RET

// TILE2 adds to 4 rows of two vectors.
#define TILE2(b1, a, b, d, e, g, h, j, k, m, n, p, loop) \
	VMOVUPD (DI), a            \ // a ← z₀
	VMOVUPD b1(DI), b          \ // b ← z₀
	VMOVUPD (DI)(R8*1), d      \ // d ← z₁
	VMOVUPD b1(DI)(R8*1), e    \ // e ← z₁
	VMOVUPD (R12), g           \ // g ← z₂
	VMOVUPD b1(R12), h         \ // h ← z₂
	VMOVUPD (R12)(R8*1), j     \ // j ← z₃
	VMOVUPD b1(R12)(R8*1), k   \ // k ← z₃
loop:                             \
	VMOVUPD (DX), m            \ // m ← yₚ
	VMOVUPD b1(DX), n          \ // n ← yₚ
	VBROADCASTSD (SI), p       \ // p ← x₀ₚ
	ADD2(p, m, n, a, b)       \
	VBROADCASTSD (SI)(R9*1), p \ // p ← x₁ₚ
	ADD2(p, m, n, d, e)       \
	VBROADCASTSD (R13), p      \ // p ← x₂ₚ
	ADD2(p, m, n, g, h)       \
	VBROADCASTSD (R13)(R9*1), p\ // p ← x₃ₚ
	ADD2(p, m, n, j, k)       \
	NEXT(loop)                \
	VMOVUPD a, (DI)            \ // z₀ ← a
	VMOVUPD b, b1(DI)          \ // z₀ ← b
	VMOVUPD d, (DI)(R8*1)      \ // z₁ ← d
	VMOVUPD e, b1(DI)(R8*1)    \ // z₁ ← e
	VMOVUPD g, (R12)           \ // z₂ ← g
	VMOVUPD h, b1(R12)         \ // z₂ ← h
	VMOVUPD j, (R12)(R8*1)     \ // z₃ ← j
	VMOVUPD k, b1(R12)(R8*1)   \ // z₃ ← k
	VZEROUPPER                \
	RET

// TILE1 adds to 4 rows of one vector.
#define TILE1(a, d, g, j, m, p, loop) \
	VMOVUPD (DI), a            \ // a ← z₀
	VMOVUPD (DI)(R8*1), d      \ // d ← z₁
	VMOVUPD (R12), g           \ // g ← z₂
	VMOVUPD (R12)(R8*1), j     \ // j ← z₃
loop:                             \
	VMOVUPD (DX), m            \ // m ← yₚ
	VBROADCASTSD (SI), p       \ // p ← x₀ₚ
	ADD1(p, m, a)             \
	VBROADCASTSD (SI)(R9*1), p \ // p ← x₁ₚ
	ADD1(p, m, d)             \
	VBROADCASTSD (R13), p      \ // p ← x₂ₚ
	ADD1(p, m, g)             \
	VBROADCASTSD (R13)(R9*1), p\ // p ← x₃ₚ
	ADD1(p, m, j)             \
	NEXT(loop)                \
	VMOVUPD a, (DI)            \ // z₀ ← a
	VMOVUPD d, (DI)(R8*1)      \ // z₁ ← d
	VMOVUPD g, (R12)           \ // z₂ ← g
	VMOVUPD j, (R12)(R8*1)     \ // z₃ ← j
	VZEROUPPER                \
	RET

// func tile4x4(z *float64, zrow int, x *float64, xrow, xstep int, y *float64, yrow, k int)
TEXT ·tile4x4(SB), NOSPLIT, $0-64
	BEGIN
	TILE1(Y0, Y1, Y2, Y3, Y4, Y5, loop)

// func tile4x8(z *float64, zrow int, x *float64, xrow, xstep int, y *float64, yrow, k int)
TEXT ·tile4x8(SB), NOSPLIT, $0-64
	BEGIN
	TILE2(32, Y0, Y1, Y2, Y3, Y4, Y5, Y6, Y7, Y8, Y9, Y10, loop)

// func tile4x12(z *float64, zrow int, x *float64, xrow, xstep int, y *float64, yrow, k int)
TEXT ·tile4x12(SB), NOSPLIT, $0-64
	BEGIN
	TILE3(32, 64, Y0, Y1, Y2, Y3, Y4, Y5, Y6, Y7, Y8, Y9, Y10, Y11, Y12, Y13, Y14, Y15, loop)

// func tile4x16(z *float64, zrow int, x *float64, xrow, xstep int, y *float64, yrow, k int)
TEXT ·tile4x16(SB), NOSPLIT, $0-64
	BEGIN
	TILE2(64, Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7, Z8, Z9, Z10, loop)

// func tile4x24(z *float64, zrow int, x *float64, xrow, xstep int, y *float64, yrow, k int)
TEXT ·tile4x24(SB), NOSPLIT, $0-64
	BEGIN
	TILE3(64, 128, Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7, Z8, Z9, Z10, Z11, Z12, Z13, Z14, Z15, loop)
