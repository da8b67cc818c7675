//go:build !purego

#include "textflag.h"

DATA one<>+0(SB)/8, $0x3ff0000000000000 // 1
GLOBL one<>(SB), RODATA|NOPTR, $8

#define ONE Y13
#define ADDED Y14 // all bits of each number, or none
#define ZERO Y15

// PRODUCT makes Y2 = Y0·Y1.
#define PRODUCT \
	VMULPD       Y1, Y0, Y2

// The rest of what follows makes Y2 exactly 0 where it is NaN and a factor, or the dividend, is 0.
#define CLEARED(nothing) \
	VCMPPD       $3, Y2, Y2, Y3                        \ // NaN
	VANDPD       nothing, Y3, Y3                       \
	VANDNPD      Y2, Y3, Y2

#define CHAIN \
	PRODUCT                                            \
	VCMPPD       $0, Y0, ZERO, Y4                      \
	CLEARED(Y4)

#define CHAIN2 \
	PRODUCT                                            \
	VCMPPD       $0, Y0, ZERO, Y4                      \
	VCMPPD       $0, Y1, ZERO, Y5                      \
	VORPD        Y4, Y5, Y4                            \
	CLEARED(Y4)

#define QUOTIENT \
	VDIVPD       Y1, Y0, Y2

#define CHAINDIV \
	QUOTIENT                                           \
	VCMPPD       $0, Y0, ZERO, Y4                      \
	CLEARED(Y4)

// COMPARE makes Y2 = 1 where the predicate holds of Y0 and Y1, and 0 elsewhere.
#define COMPARE(predicate) \
	VCMPPD       predicate, Y1, Y0, Y2                 \
	VANDPD       ONE, Y2, Y2

// BEGIN2 is for z = f(x, y).
#define BEGIN2 \
	MOVQ         z+0(FP), DI                           \
	MOVQ         x+8(FP), SI                           \
	MOVQ         dx+16(FP), R8                         \
	MOVQ         y+24(FP), DX                          \
	MOVQ         dy+32(FP), R9                         \
	MOVQ         n+40(FP), CX                          \
	VBROADCASTSD one<>(SB), ONE                        \
	VXORPD       ZERO, ZERO, ZERO

#define LOAD2 \
	VMOVUPD      (SI), Y0                              \
	VMOVUPD      (DX), Y1

#define NEXT2 \
	VMOVUPD      Y2, (DI)                              \
	ADDQ         R8, SI                                \
	ADDQ         R9, DX                                \
	ADDQ         $32, DI                               \
	SUBQ         $4, CX

// BEGINVJP is for the gradient by x of f(x), where v is f(x) or x, whatever the slope is made of.
#define BEGINVJP \
	MOVQ         dx+0(FP), DI                          \
	MOVQ         dy+8(FP), SI                          \
	MOVQ         v+16(FP), DX                          \
	MOVQ         n+24(FP), CX                          \
	MOVBQZX      add+32(FP), AX                        \
	NEGQ         AX                                    \
	VMOVQ        AX, X14                               \
	VPBROADCASTQ X14, ADDED                            \
	VBROADCASTSD one<>(SB), ONE                        \
	VXORPD       ZERO, ZERO, ZERO

#define NEXTVJP \
	CHAIN                                              \
	VADDPD       (DI), Y2, Y3                          \
	VBLENDVPD    ADDED, Y3, Y2, Y2                     \
	VMOVUPD      Y2, (DI)                              \
	ADDQ         $32, SI                               \
	ADDQ         $32, DX                               \
	ADDQ         $32, DI                               \
	SUBQ         $4, CX

// func addVectors(z, x *float64, dx int, y *float64, dy, n int)
TEXT ·addVectors(SB), NOSPLIT, $0-48
	BEGIN2
	PCALIGN      $32

addLoop:
	LOAD2
	VADDPD       Y1, Y0, Y2
	NEXT2
	JNZ          addLoop
	VZEROUPPER
	RET

// func subVectors(z, x *float64, dx int, y *float64, dy, n int)
TEXT ·subVectors(SB), NOSPLIT, $0-48
	BEGIN2
	PCALIGN      $32

subLoop:
	LOAD2
	VSUBPD       Y1, Y0, Y2
	NEXT2
	JNZ          subLoop
	VZEROUPPER
	RET

// func mulVectors(z, x *float64, dx int, y *float64, dy, n int)
TEXT ·mulVectors(SB), NOSPLIT, $0-48
	BEGIN2
	PCALIGN      $32

mulLoop:
	LOAD2
	PRODUCT
	NEXT2
	JNZ          mulLoop
	VZEROUPPER
	RET

// func divVectors(z, x *float64, dx int, y *float64, dy, n int)
TEXT ·divVectors(SB), NOSPLIT, $0-48
	BEGIN2
	PCALIGN      $32

divLoop:
	LOAD2
	QUOTIENT
	NEXT2
	JNZ          divLoop
	VZEROUPPER
	RET

// func chainVectors(z, x *float64, dx int, y *float64, dy, n int)
TEXT ·chainVectors(SB), NOSPLIT, $0-48
	BEGIN2
	PCALIGN      $32

chainLoop:
	LOAD2
	CHAIN
	NEXT2
	JNZ          chainLoop
	VZEROUPPER
	RET

// func chain2Vectors(z, x *float64, dx int, y *float64, dy, n int)
TEXT ·chain2Vectors(SB), NOSPLIT, $0-48
	BEGIN2
	PCALIGN      $32

chain2Loop:
	LOAD2
	CHAIN2
	NEXT2
	JNZ          chain2Loop
	VZEROUPPER
	RET

// func chainDivVectors(z, x *float64, dx int, y *float64, dy, n int)
TEXT ·chainDivVectors(SB), NOSPLIT, $0-48
	BEGIN2
	PCALIGN      $32

chainDivLoop:
	LOAD2
	CHAINDIV
	NEXT2
	JNZ          chainDivLoop
	VZEROUPPER
	RET

// func eqVectors(z, x *float64, dx int, y *float64, dy, n int)
TEXT ·eqVectors(SB), NOSPLIT, $0-48
	BEGIN2
	PCALIGN      $32

eqLoop:
	LOAD2
	COMPARE($0)
	NEXT2
	JNZ          eqLoop
	VZEROUPPER
	RET

// func neVectors(z, x *float64, dx int, y *float64, dy, n int)
TEXT ·neVectors(SB), NOSPLIT, $0-48
	BEGIN2
	PCALIGN      $32

neLoop:
	LOAD2
	COMPARE($4)
	NEXT2
	JNZ          neLoop
	VZEROUPPER
	RET

// func ltVectors(z, x *float64, dx int, y *float64, dy, n int)
TEXT ·ltVectors(SB), NOSPLIT, $0-48
	BEGIN2
	PCALIGN      $32

ltLoop:
	LOAD2
	COMPARE($17)
	NEXT2
	JNZ          ltLoop
	VZEROUPPER
	RET

// func leVectors(z, x *float64, dx int, y *float64, dy, n int)
TEXT ·leVectors(SB), NOSPLIT, $0-48
	BEGIN2
	PCALIGN      $32

leLoop:
	LOAD2
	COMPARE($18)
	NEXT2
	JNZ          leLoop
	VZEROUPPER
	RET

// func addChainVectors(dx, dy, v *float64, n int, add bool)
TEXT ·addChainVectors(SB), NOSPLIT, $0-33
	BEGINVJP
	PCALIGN      $32

addChainLoop:
	LOAD2
	NEXTVJP
	JNZ          addChainLoop
	VZEROUPPER
	RET

// func squareVJPVectors(dx, dy, v *float64, n int, add bool)
TEXT ·squareVJPVectors(SB), NOSPLIT, $0-33
	BEGINVJP
	PCALIGN      $32

squareVJPLoop:
	LOAD2
	VADDPD       Y1, Y1, Y1                            // 2x
	NEXTVJP
	JNZ          squareVJPLoop
	VZEROUPPER
	RET

// func sigmoidVJPVectors(dx, dy, v *float64, n int, add bool)
TEXT ·sigmoidVJPVectors(SB), NOSPLIT, $0-33
	BEGINVJP
	PCALIGN      $32

sigmoidVJPLoop:
	LOAD2
	VSUBPD       Y1, ONE, Y2
	VMULPD       Y2, Y1, Y1                            // y(1 − y)
	NEXTVJP
	JNZ          sigmoidVJPLoop
	VZEROUPPER
	RET

// func tanhVJPVectors(dx, dy, v *float64, n int, add bool)
TEXT ·tanhVJPVectors(SB), NOSPLIT, $0-33
	BEGINVJP
	PCALIGN      $32

tanhVJPLoop:
	LOAD2
	VMULPD       Y1, Y1, Y1
	VSUBPD       Y1, ONE, Y1                           // 1 − y²
	NEXTVJP
	JNZ          tanhVJPLoop
	VZEROUPPER
	RET

// func reluVJPVectors(dx, dy, v *float64, n int, add bool)
TEXT ·reluVJPVectors(SB), NOSPLIT, $0-33
	BEGINVJP
	PCALIGN      $32

reluVJPLoop:
	LOAD2
	VCMPPD       $30, ZERO, Y1, Y1                     // x > 0
	VANDPD       ONE, Y1, Y1
	NEXTVJP
	JNZ          reluVJPLoop
	VZEROUPPER
	RET

// func reluVectors(z, x *float64, n int)
TEXT ·reluVectors(SB), NOSPLIT, $0-24
	MOVQ         z+0(FP), DI
	MOVQ         x+8(FP), SI
	MOVQ         n+16(FP), CX
	VXORPD       ZERO, ZERO, ZERO
	PCALIGN      $32

reluLoop:
	VMOVUPD      (SI), Y0
	VCMPPD       $18, ZERO, Y0, Y1                     // x ≤ 0
	VANDNPD      Y0, Y1, Y0                            // 0 there, and x elsewhere
	VMOVUPD      Y0, (DI)
	ADDQ         $32, SI
	ADDQ         $32, DI
	SUBQ         $4, CX
	JNZ          reluLoop
	VZEROUPPER
	RET

// func selectVectors(z, mask *float64, dmask int, x *float64, dx, n int)
TEXT ·selectVectors(SB), NOSPLIT, $0-48
	MOVQ         z+0(FP), DI
	MOVQ         mask+8(FP), DX
	MOVQ         dmask+16(FP), R8
	MOVQ         x+24(FP), SI
	MOVQ         dx+32(FP), R9
	MOVQ         n+40(FP), CX
	PCALIGN      $32

selectLoop:
	VMOVUPD      (DX), Y0
	VPSLLQ       $2, Y0, Y0                            // the bit that tells 1 from ±0 becomes the sign
	VMOVUPD      (DI), Y1
	VBLENDVPD    Y0, (SI), Y1, Y1
	VMOVUPD      Y1, (DI)
	ADDQ         R8, DX
	ADDQ         R9, SI
	ADDQ         $32, DI
	SUBQ         $4, CX
	JNZ          selectLoop
	VZEROUPPER
	RET
