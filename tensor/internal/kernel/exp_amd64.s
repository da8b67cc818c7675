//go:build !purego

#include "textflag.h"

// Exp1, Expm1One, Sigmoid1, Tanh1 and Erfc1 for eight or four numbers at a time, by the operations of exp.go and erfc.go, whose names the comments use. There are
// no branches: numbers from where a result does not change any more are taken as the first such number, and scaling is always done
// in two steps, as in expEdge, which is exact where the result is a normal number. NaN stays NaN: VMINPD and VMAXPD return
// their first operand (the last one in Intel's order) if one is NaN.

#define LIMIT Y15 // the least h there is
#define SIGN Y14
#define MAGIC Y13
#define INVSTEP Y12
#define STEPHI Y11
#define C4 Y10
#define C6 Y9
#define HALF Y8

#define LOAD(i, y) VBROADCASTSD ·expConstants+8*i(SB), y

#define BEGIN(limit) \
	MOVQ         z+0(FP), DI                           \
	MOVQ         x+8(FP), SI                           \
	MOVQ         n+16(FP), CX                          \
	LEAQ         ·expPairs(SB), R8                     \
	LOAD(limit, LIMIT)                                 \
	LOAD(0, MAGIC)                                     \
	LOAD(1, INVSTEP)                                   \
	LOAD(2, STEPHI)                                    \
	LOAD(5, C4)                                        \
	LOAD(7, C6)                                        \
	LOAD(9, HALF)                                      \
	VPCMPEQQ     SIGN, SIGN, SIGN                      \
	VPSLLQ       $63, SIGN, SIGN

// CORE is expReduce, expPoly and expScale of h, in Y0. It leaves rhi in Y0, s in Y1, expTail[k%16] in Y2, rlo in Y3, r in
// Y4, r2 in Y5, and expPoly(r, r2) in Y6.
#define CORE \
	REDUCE                                             \
	LOAD(3, Y3)                                        \
	VMULPD       Y3, Y2, Y3                            \ // rlo, where a product is never −0
	SCALE

// REDUCE begins with it, up to rlo, and SCALE goes on.
#define REDUCE \
	VMOVAPD      MAGIC, Y1                             \
	VFMADD231PD  INVSTEP, Y0, Y1                       \ // t, whose low bits are k
	VSUBPD       Y1, MAGIC, Y2                         \ // minusK
	VFMADD231PD  STEPHI, Y2, Y0                        // rhi

#define SCALE \
	VADDPD       Y3, Y0, Y4                            \ // r
	VMULPD       Y4, Y4, Y5                            \ // r2
	VPSLLQ       $60, Y1, Y6                           \
	VPSRLQ       $56, Y6, Y6                           \ // k%16·16, the place of a pair
	VEXTRACTI128 $1, Y6, X7                            \
	VMOVQ        X6, AX                                \
	VPEXTRQ      $1, X6, BX                            \
	VMOVQ        X7, R9                                \
	VPEXTRQ      $1, X7, DX                            \
	VMOVUPD      (R8)(AX*1), X6                        \
	VMOVUPD      (R8)(BX*1), X7                        \
	VINSERTF128  $1, (R8)(R9*1), Y6, Y6                \ // the pairs of numbers 0 and 2
	VINSERTF128  $1, (R8)(DX*1), Y7, Y7                \ // and of 1 and 3
	VUNPCKHPD    Y7, Y6, Y2                            \ // expTail[k%16]
	VUNPCKLPD    Y7, Y6, Y6                            \ // expPower[k%16]
	VPSRLQ       $4, Y1, Y1                            \
	VPSLLQ       $52, Y1, Y1                           \ // k>>4<<52
	VPADDQ       Y6, Y1, Y1                            \ // s
	LOAD(8, Y6)                                        \
	VFMADD213PD  C6, Y4, Y6                            \ // r·expC7 + expC6
	LOAD(6, Y7)                                        \
	VFMADD213PD  C4, Y4, Y7                            \ // r·expC5 + expC4
	VFMADD213PD  Y7, Y5, Y6                            \ // u
	LOAD(4, Y7)                                        \
	VFMADD213PD  HALF, Y4, Y7                          \ // r·expC3 + 0.5
	VFMADD213PD  Y7, Y5, Y6                            // r2·u + …

// NEXT stores results, in Y0, and goes on.
#define NEXT \
	VMOVUPD      Y0, (DI)                              \
	ADDQ         $32, SI                               \
	ADDQ         $32, DI                               \
	SUBQ         $4, CX

// WIDEN begins with vectors of AVX-512, of eight numbers, as long as there are so many: what is in a register Y stays there,
// in Z, and other constants follow. It goes to the loop for four numbers if there are none.
#define WIDEN(narrow) \
	CMPB         ·wide(SB), $0                         \
	JEQ          narrow                                \
	CMPQ         CX, $8                                \
	JLT          narrow                                \
	VBROADCASTSD X8, Z8                                \
	VBROADCASTSD X9, Z9                                \
	VBROADCASTSD X10, Z10                              \
	VBROADCASTSD X11, Z11                              \
	VBROADCASTSD X12, Z12                              \
	VBROADCASTSD X13, Z13                              \
	VBROADCASTSD X14, Z14                              \
	VBROADCASTSD X15, Z15                              \
	LOAD(3, Z16)                                       \
	LOAD(4, Z17)                                       \
	LOAD(6, Z18)                                       \
	LOAD(8, Z19)                                       \
	LOAD(10, Z20)                                      \
	LOAD(17, Z21)                                      \
	VMOVUPD      ·expPower+0(SB), Z22                  \
	VMOVUPD      ·expPower+64(SB), Z23                 \
	VMOVUPD      ·expTail+0(SB), Z24                   \
	VMOVUPD      ·expTail+64(SB), Z25

// WIDECORE is CORE, by the same registers, but that it leaves expPower[k%16] in Z1 and k/16 in Z7: VSCALEFPD multiplies by 2 to
// the power of ⌊k/16⌋, and rounds once, also where the result is no normal number. A permutation looks at the low four bits.
#define WIDECORE \
	WIDEREDUCE                                         \
	VMULPD       Z16, Z2, Z3                           \ // rlo
	WIDESCALE

#define WIDEREDUCE \
	VMOVAPD      Z13, Z1                               \
	VFMADD231PD  Z12, Z0, Z1                           \ // t, whose low bits are k
	VSUBPD       Z1, Z13, Z2                           \ // minusK
	VFMADD231PD  Z11, Z2, Z0                           // rhi

#define WIDESCALE \
	VADDPD       Z3, Z0, Z4                            \ // r
	VMULPD       Z4, Z4, Z5                            \ // r2
	VMULPD       Z21, Z2, Z7                           \ // k/16
	VMOVAPD      Z1, Z2                                \
	VPERMI2PD    Z25, Z24, Z2                          \ // expTail[k%16]
	VPERMI2PD    Z23, Z22, Z1                          \ // expPower[k%16]
	VMOVAPD      Z19, Z6                               \
	VFMADD213PD  Z9, Z4, Z6                            \ // r·expC7 + expC6
	VMOVAPD      Z18, Z26                              \
	VFMADD213PD  Z10, Z4, Z26                          \ // r·expC5 + expC4
	VFMADD213PD  Z26, Z5, Z6                           \ // u
	VMOVAPD      Z17, Z26                              \
	VFMADD213PD  Z8, Z4, Z26                           \ // r·expC3 + 0.5
	VFMADD213PD  Z26, Z5, Z6                           // r2·u + …

// WIDENEXT stores results, in Z0, and goes on.
#define WIDENEXT(loop, narrow) \
	VMOVUPD      Z0, (DI)                              \
	ADDQ         $64, SI                               \
	ADDQ         $64, DI                               \
	SUBQ         $8, CX                                \
	CMPQ         CX, $8                                \
	JGE          loop                                  \
	TESTQ        CX, CX                                \
	JNZ          narrow                                \
	VZEROUPPER                                         \
	RET

// ERFCSTEP adds coefficients to the even and the odd part of a polynomial of t2; c is room.
#define ERFCSTEP(k, t2, even, odd, c) \
	VBROADCASTSD ·erfcPoly+8*k(SB), c                  \
	VFMADD213PD  c, t2, even                           \
	VBROADCASTSD ·erfcPoly+8*(k-1)(SB), c              \
	VFMADD213PD  c, t2, odd

// ERFCPOLY leaves p in odd, given t.
#define ERFCPOLY(t, t2, even, odd, c) \
	VMULPD       t, t, t2                              \
	VBROADCASTSD ·erfcPoly+176(SB), even               \
	VBROADCASTSD ·erfcPoly+168(SB), odd                \
	ERFCSTEP(20, t2, even, odd, c)                     \
	ERFCSTEP(18, t2, even, odd, c)                     \
	ERFCSTEP(16, t2, even, odd, c)                     \
	ERFCSTEP(14, t2, even, odd, c)                     \
	ERFCSTEP(12, t2, even, odd, c)                     \
	ERFCSTEP(10, t2, even, odd, c)                     \
	ERFCSTEP(8, t2, even, odd, c)                      \
	ERFCSTEP(6, t2, even, odd, c)                      \
	ERFCSTEP(4, t2, even, odd, c)                      \
	ERFCSTEP(2, t2, even, odd, c)                      \
	VBROADCASTSD ·erfcPoly+0(SB), c                    \
	VFMADD213PD  c, t2, even                           \
	VFMADD213PD  even, t, odd

// func expVectors(z, x *float64, n int)
TEXT ·expVectors(SB), NOSPLIT, $0-24
	BEGIN(14)
	WIDEN(expLoop)
	LOAD(13, Z28)
	PCALIGN      $64

expWide:
	VMOVUPD      (SI), Z27
	VMINPD       Z27, Z28, Z0                          // x, or 710
	VMAXPD       Z0, Z15, Z0                           // or −746
	VCMPPD       $9, Z27, Z15, K1                      // x > −746 or NaN: underflow takes long
	WIDECORE
	VADDPD       Z4, Z2, Z2
	VFMADD213PD  Z2, Z5, Z6                            // p
	VFMADD213PD  Z1, Z1, Z6
	VSCALEFPD.Z  Z7, Z6, K1, Z0                        // or 0
	WIDENEXT(expWide, expLoop)
	PCALIGN      $32

expLoop:
	LOAD(13, Y0)
	VMINPD       (SI), Y0, Y0                          // x, or 710
	VMAXPD       Y0, LIMIT, Y0                         // or −746
	CORE
	VADDPD       Y4, Y2, Y2
	VFMADD213PD  Y2, Y5, Y6                            // p
	VPAND        (SI), SIGN, Y2
	VPSRLQ       $4, Y2, Y2                            // 128<<52 where x < 0
	LOAD(16, Y3)
	VPSUBQ       Y2, Y3, Y2                            // ±64<<52, with the sign of x
	VPSUBQ       Y2, Y1, Y1                            // s·2^∓64
	VFMADD213PD  Y1, Y1, Y6                            // s·p + s
	LOAD(10, Y3)
	VPADDQ       Y2, Y3, Y2                            // 2^±64
	VCMPPD       $9, (SI), LIMIT, Y3
	VANDPD       Y3, Y2, Y2                            // or 0, unless x > −746 or NaN: underflow takes long
	VMULPD       Y2, Y6, Y0
	NEXT
	JNZ          expLoop
	VZEROUPPER
	RET

// func expm1Vectors(z, x *float64, n int)
TEXT ·expm1Vectors(SB), NOSPLIT, $0-24
	BEGIN(20)
	WIDEN(expm1Loop)
	LOAD(13, Z28)
	LOAD(21, Z29)
	PCALIGN      $64

expm1Wide:
	VMOVUPD      (SI), Z27
	VMINPD       Z27, Z28, Z0                          // x, or 710
	VMAXPD       Z0, Z15, Z0                           // or −40
	VPANDNQ      Z27, Z14, Z30
	VCMPPD       $1, Z29, Z30, K1                      // |x| < expm1Tiny
	WIDECORE
	VFMADD231PD  Z4, Z2, Z2                            // tail·r + tail
	VADDPD       Z3, Z2, Z2
	VFMADD213PD  Z2, Z5, Z6
	VADDPD       Z6, Z0, Z6                            // p
	VSUBPD       Z20, Z7, Z7
	VSCALEFPD    Z7, Z1, Z1                            // h
	VSUBPD       Z8, Z1, Z0                            // h − 0.5
	VFMADD231PD  Z6, Z1, Z0
	VADDPD       Z0, Z0, Z0
	VMOVAPD      Z27, K1, Z0                           // or x
	WIDENEXT(expm1Wide, expm1Loop)
	PCALIGN      $32

expm1Loop:
	LOAD(13, Y0)
	VMINPD       (SI), Y0, Y0                          // x, or 710
	VMAXPD       Y0, LIMIT, Y0                         // or −40
	CORE
	VFMADD231PD  Y4, Y2, Y2                            // tail·r + tail
	VADDPD       Y3, Y2, Y2
	VFMADD213PD  Y2, Y5, Y6
	VADDPD       Y6, Y0, Y6                            // p
	LOAD(22, Y3)
	VPSUBQ       Y3, Y1, Y1                            // h
	VSUBPD       HALF, Y1, Y0                          // h − 0.5
	VFMADD231PD  Y6, Y1, Y0
	VADDPD       Y0, Y0, Y0
	VMOVUPD      (SI), Y2
	VANDNPD      Y2, SIGN, Y3
	LOAD(21, Y1)
	VCMPPD       $1, Y1, Y3, Y3                        // |x| < expm1Tiny
	VBLENDVPD    Y3, Y2, Y0, Y0                        // then x
	NEXT
	JNZ          expm1Loop
	VZEROUPPER
	RET

// func sigmoidVectors(z, x *float64, n int)
TEXT ·sigmoidVectors(SB), NOSPLIT, $0-24
	BEGIN(14)
	WIDEN(sigmoidLoop)
	PCALIGN      $64

sigmoidWide:
	VMOVUPD      (SI), Z27
	VPORQ        Z27, Z14, Z28                         // −|x|
	VMAXPD       Z28, Z15, Z0                          // or −746
	VCMPPD       $9, Z28, Z15, K1
	WIDECORE
	VADDPD       Z4, Z2, Z2
	VFMADD213PD  Z2, Z5, Z6                            // p
	VFMADD213PD  Z1, Z1, Z6
	VSCALEFPD.Z  Z7, Z6, K1, Z6                        // a
	VADDPD       Z6, Z20, Z0                           // 1 + a
	VDIVPD       Z0, Z6, Z0                            // q
	VPTESTMQ     Z27, Z14, K2
	VMOVAPD      Z20, Z1
	VMOVAPD      Z6, K2, Z1                            // n: a where x has a sign, else 1
	VFNMADD213PD Z1, Z1, Z0                            // n − n·q
	WIDENEXT(sigmoidWide, sigmoidLoop)
	PCALIGN      $32

sigmoidLoop:
	VORPD        (SI), SIGN, Y0                        // −|x|
	VMAXPD       Y0, LIMIT, Y0                         // or −746
	CORE
	VADDPD       Y4, Y2, Y2
	VFMADD213PD  Y2, Y5, Y6                            // p
	LOAD(16, Y3)
	VPADDQ       Y3, Y1, Y1                            // s·2⁶⁴
	VFMADD213PD  Y1, Y1, Y6                            // s·p + s
	VORPD        (SI), SIGN, Y2
	VCMPPD       $9, Y2, LIMIT, Y2
	LOAD(12, Y3)
	VANDPD       Y3, Y2, Y2                            // 2⁻⁶⁴, or 0 likewise
	VMULPD       Y2, Y6, Y6                            // a
	LOAD(10, Y1)
	VADDPD       Y6, Y1, Y0                            // 1 + a
	VDIVPD       Y0, Y6, Y0                            // q
	VMOVUPD      (SI), Y2
	VBLENDVPD    Y2, Y6, Y1, Y1                        // n: a where x has a sign, else 1
	VFNMADD213PD Y1, Y1, Y0                            // n − n·q
	NEXT
	JNZ          sigmoidLoop
	VZEROUPPER
	RET

// func tanhVectors(z, x *float64, n int)
TEXT ·tanhVectors(SB), NOSPLIT, $0-24
	BEGIN(15)
	WIDEN(tanhLoop)
	LOAD(11, Z28)
	PCALIGN      $64

tanhWide:
	VMOVUPD      (SI), Z27
	VPORQ        Z27, Z14, Z0                          // −a
	VADDPD       Z0, Z0, Z0                            // −2a
	VMAXPD       Z0, Z15, Z0                           // or −2·tanhMain
	WIDECORE
	VSCALEFPD    Z7, Z1, Z1                            // s
	VADDPD       Z3, Z2, Z2                            // expTail[k%16] + rlo
	VFMADD213PD  Z2, Z5, Z6
	VADDPD       Z6, Z0, Z6                            // p
	VSUBPD       Z20, Z1, Z0                           // s − 1
	VMOVAPD      Z0, Z2
	VFMADD231PD  Z6, Z1, Z2                            // t
	VSUBPD       Z2, Z0, Z0
	VFMADD231PD  Z6, Z1, Z0                            // tl
	VADDPD       Z2, Z28, Z3                           // d
	VSUBPD       Z3, Z28, Z1
	VADDPD       Z2, Z1, Z1
	VADDPD       Z0, Z1, Z1                            // dl
	VDIVPD       Z3, Z2, Z4                            // q
	VFNMADD213PD Z2, Z4, Z3                            // t − q·d
	VFNMADD213PD Z0, Z4, Z1                            // tl − q·dl
	VADDPD       Z1, Z3, Z3                            // rem
	VMOVAPD      Z8, Z0
	VFNMADD213PD Z8, Z4, Z0                            // 0.5 − 0.5·q
	VFMADD213PD  Z4, Z3, Z0                            // −tanh(a)
	VPANDNQ      Z0, Z14, Z0                           // tanh(a)
	VPANDQ       Z27, Z14, Z1
	VPORQ        Z1, Z0, Z0                            // with the sign of x
	WIDENEXT(tanhWide, tanhLoop)
	PCALIGN      $32

tanhLoop:
	VORPD        (SI), SIGN, Y0                        // −a
	VADDPD       Y0, Y0, Y0                            // −2a
	VMAXPD       Y0, LIMIT, Y0                         // or −2·tanhMain
	CORE
	VADDPD       Y3, Y2, Y2                            // expTail[k%16] + rlo
	VFMADD213PD  Y2, Y5, Y6
	VADDPD       Y6, Y0, Y6                            // p
	LOAD(10, Y0)
	VSUBPD       Y0, Y1, Y0                            // s − 1
	VMOVAPD      Y0, Y2
	VFMADD231PD  Y6, Y1, Y2                            // t
	VSUBPD       Y2, Y0, Y0
	VFMADD231PD  Y6, Y1, Y0                            // tl
	LOAD(11, Y1)
	VADDPD       Y2, Y1, Y3                            // d
	VSUBPD       Y3, Y1, Y1
	VADDPD       Y2, Y1, Y1
	VADDPD       Y0, Y1, Y1                            // dl
	VDIVPD       Y3, Y2, Y4                            // q
	VFNMADD213PD Y2, Y4, Y3                            // t − q·d
	VFNMADD213PD Y0, Y4, Y1                            // tl − q·dl
	VADDPD       Y1, Y3, Y3                            // rem
	VMOVAPD      HALF, Y0
	VFNMADD213PD HALF, Y4, Y0                          // 0.5 − 0.5·q
	VFMADD213PD  Y4, Y3, Y0                            // −tanh(a)
	VANDNPD      Y0, SIGN, Y0                          // tanh(a)
	VANDPD       (SI), SIGN, Y1
	VORPD        Y1, Y0, Y0                            // with the sign of x
	NEXT
	JNZ          tanhLoop
	VZEROUPPER
	RET

// func erfcVectors(z, x *float64, n int)
TEXT ·erfcVectors(SB), NOSPLIT, $96-24
	BEGIN(14)
	WIDEN(erfcLoop)
	LOAD(11, Z28)
	LOAD(18, Z29)
	LOAD(19, Z30)
	PCALIGN      $64

erfcWide:
	VMOVUPD      (SI), Z27
	VPANDNQ      Z27, Z14, Z0
	VMINPD       Z0, Z29, Z0                           // a
	VADDPD       Z30, Z0, Z1
	VDIVPD       Z1, Z0, Z1
	VFMSUB213PD  Z20, Z28, Z1                          // t
	ERFCPOLY(Z1, Z2, Z3, Z4, Z5)
	VMOVAPD      Z28, Z1
	VFMADD213PD  Z20, Z0, Z1
	VDIVPD       Z1, Z4, Z31                           // p / (2a + 1)
	VMULPD       Z0, Z0, Z1                            // s
	VMOVAPD      Z1, Z3
	VFNMADD231PD Z0, Z0, Z3                            // lo = s − a·a
	VPXORQ       Z1, Z14, Z4                           // h = −s
	VCMPPD       $9, Z4, Z15, K1
	VMAXPD       Z4, Z15, Z0                           // or −746
	WIDEREDUCE
	VFMADD231PD  Z16, Z2, Z3                           // rlo
	WIDESCALE
	VADDPD       Z4, Z2, Z2
	VFMADD213PD  Z2, Z5, Z6                            // p
	VFMADD213PD  Z1, Z1, Z6
	VSCALEFPD.Z  Z7, Z6, K1, Z6
	VMULPD       Z31, Z6, Z0                           // y
	VPTESTMQ     Z27, Z14, K2
	VSUBPD       Z0, Z28, K2, Z0                       // 2 − y where x has a sign
	WIDENEXT(erfcWide, erfcLoop)
	PCALIGN      $32

erfcLoop:
	VANDNPD      (SI), SIGN, Y0
	LOAD(18, Y1)
	VMINPD       Y0, Y1, Y0                            // a
	LOAD(19, Y1)
	VADDPD       Y1, Y0, Y1
	VDIVPD       Y1, Y0, Y1
	LOAD(11, Y6)
	LOAD(10, Y7)
	VFMSUB213PD  Y7, Y6, Y1                            // t
	ERFCPOLY(Y1, Y2, Y3, Y4, Y5)
	VFMADD213PD  Y7, Y0, Y6
	VDIVPD       Y6, Y4, Y4
	VMOVUPD      Y4, 0(SP)                             // p / (2a + 1)
	VMULPD       Y0, Y0, Y1                            // s
	VMOVAPD      Y1, Y3
	VFNMADD231PD Y0, Y0, Y3                            // lo = s − a·a
	VMOVUPD      Y3, 32(SP)
	VXORPD       Y1, SIGN, Y0                          // h = −s
	VMOVUPD      Y0, 64(SP)
	VMAXPD       Y0, LIMIT, Y0                         // or −746
	REDUCE
	VMOVUPD      32(SP), Y3
	LOAD(3, Y4)
	VFMADD231PD  Y4, Y2, Y3                            // rlo
	SCALE
	VADDPD       Y4, Y2, Y2
	VFMADD213PD  Y2, Y5, Y6                            // p
	LOAD(16, Y3)
	VPADDQ       Y3, Y1, Y1                            // s·2⁶⁴
	VFMADD213PD  Y1, Y1, Y6                            // s·p + s
	VCMPPD       $9, 64(SP), LIMIT, Y2
	LOAD(12, Y3)
	VANDPD       Y3, Y2, Y2                            // 2⁻⁶⁴, or 0 where x ≤ −746
	VMULPD       Y2, Y6, Y6
	VMULPD       0(SP), Y6, Y0                         // y
	LOAD(11, Y1)
	VSUBPD       Y0, Y1, Y1
	VMOVUPD      (SI), Y2
	VBLENDVPD    Y2, Y1, Y0, Y0                        // 2 − y where x has a sign
	NEXT
	JNZ          erfcLoop
	VZEROUPPER
	RET
