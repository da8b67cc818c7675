//go:build !purego

#include "textflag.h"

#define LOAD(i, y) VBROADCASTSD ·sinConstants+8*i(SB), y

// HORNER is y ← y·z + c, for a polynomial of z, in Y4; c is room.
#define HORNER(i, y, c) \
	LOAD(i, c)                       \
	VFMADD213PD c, Y4, y

// func sinVectors(z, x *float64, n, quarters int, tiny float64) (done int)
//
// It is sinReduce and sinOf for four numbers at a time, by the operations of sin.go, whose names the comments use.
TEXT ·sinVectors(SB), NOSPLIT, $0-48
	MOVQ         z+0(FP), DI
	MOVQ         x+8(FP), SI
	MOVQ         n+16(FP), CX
	VBROADCASTSD quarters+24(FP), Y15
	VBROADCASTSD tiny+32(FP), Y14
	LOAD(0, Y13)                     // sinMain
	LOAD(1, Y12)                     // expMagic
	LOAD(2, Y11)                     // sinInvStep
	LOAD(6, Y10)                     // 0.5
	VPCMPEQQ     Y9, Y9, Y9
	VPSLLQ       $63, Y9, Y9         // the sign
	PCALIGN      $32

loop:
	VMOVUPD      (SI), Y0            // x
	VANDNPD      Y0, Y9, Y1          // |x|
	VCMPPD       $1, Y13, Y1, Y2
	VMOVMSKPD    Y2, AX
	CMPL         AX, $15
	JNE          end                 // one is too large, or NaN
	VMOVAPD      Y12, Y1
	VFMADD231PD  Y11, Y0, Y1         // t, whose low bits are n
	VSUBPD       Y1, Y12, Y2         // minusN
	LOAD(3, Y3)
	VFMADD213PD  Y0, Y2, Y3          // r
	LOAD(4, Y4)
	VMULPD       Y4, Y2, Y5          // p
	VFMSUB213PD  Y5, Y2, Y4
	LOAD(5, Y6)
	VFMADD213PD  Y4, Y2, Y6
	VADDPD       Y5, Y3, Y2          // hi
	VSUBPD       Y3, Y2, Y4
	VSUBPD       Y4, Y5, Y3
	VADDPD       Y6, Y3, Y3          // lo
	VMULPD       Y2, Y2, Y4          // z
	VMULPD       Y2, Y4, Y5          // v
	LOAD(8, Y6)
	HORNER(9, Y6, Y7)
	HORNER(10, Y6, Y7)
	HORNER(11, Y6, Y7)
	HORNER(12, Y6, Y7)
	VMULPD       Y10, Y3, Y7
	VFMSUB213PD  Y7, Y5, Y6          // v·sin − 0.5·lo
	VFMADD213PD  Y3, Y4, Y6
	LOAD(13, Y7)
	VFMADD231PD  Y7, Y5, Y6
	VADDPD       Y6, Y2, Y6          // sin
	LOAD(14, Y7)
	HORNER(15, Y7, Y8)
	HORNER(16, Y7, Y8)
	HORNER(17, Y7, Y8)
	HORNER(18, Y7, Y8)
	HORNER(19, Y7, Y8)
	VMULPD       Y10, Y4, Y5         // half
	LOAD(7, Y8)
	VSUBPD       Y5, Y8, Y0          // w
	VSUBPD       Y0, Y8, Y8
	VSUBPD       Y5, Y8, Y8
	VFNMADD231PD Y3, Y2, Y8          // 1 − w − half − hi·lo
	VMULPD       Y4, Y4, Y4
	VFMADD213PD  Y8, Y4, Y7
	VADDPD       Y7, Y0, Y7          // cos
	VPADDQ       Y15, Y1, Y1         // n
	VPSLLQ       $63, Y1, Y2         // odd
	VBLENDVPD    Y2, Y7, Y6, Y6
	VPSRLQ       $1, Y1, Y1
	VPSLLQ       $63, Y1, Y1
	VXORPD       Y1, Y6, Y6
	VMOVUPD      (SI), Y0
	VANDNPD      Y0, Y9, Y1
	VCMPPD       $1, Y14, Y1, Y1     // |x| < tiny
	VBLENDVPD    Y1, Y0, Y6, Y6      // then x
	VMOVUPD      Y6, (DI)
	ADDQ         $32, SI
	ADDQ         $32, DI
	SUBQ         $4, CX
	JNZ          loop

end:
	VZEROUPPER
	MOVQ         n+16(FP), AX
	SUBQ         CX, AX
	MOVQ         AX, done+40(FP)
	RET
