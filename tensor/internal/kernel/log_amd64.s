//go:build !purego

#include "textflag.h"

#define LOAD(i, y) VBROADCASTSD ·logConstants+8*i(SB), y

// func logVectors(z, x *float64, n int) (done int)
//
// It is Log1 for four numbers at a time, by the operations of log.go, whose names the comments use.
TEXT ·logVectors(SB), NOSPLIT, $0-32
	MOVQ        z+0(FP), DI
	MOVQ        x+8(FP), SI
	MOVQ        n+16(FP), CX
	LOAD(0, Y15)                     // 1
	LOAD(1, Y14)                     // logLn2Hi
	LOAD(2, Y13)                     // logLn2Lo
	LOAD(3, Y12)                     // 0.5
	LOAD(11, Y11)                    // √½
	LOAD(12, Y10)                    // the largest subnormal number
	LOAD(13, Y9)                     // +Inf
	VPCMPEQQ    Y8, Y8, Y8
	VPSLLQ      $52, Y8, Y8          // sign and exponent
	PCALIGN     $32

loop:
	VMOVUPD     (SI), Y0             // b
	VPCMPGTQ    Y10, Y0, Y1
	VPCMPGTQ    Y0, Y9, Y2
	VANDPD      Y1, Y2, Y2
	VMOVMSKPD   Y2, AX
	CMPL        AX, $15
	JNE         end                  // one is subnormal, negative, infinite or NaN
	VPSUBQ      Y11, Y0, Y1          // n<<52, and more
	VPAND       Y8, Y1, Y2
	VPSUBQ      Y2, Y0, Y0           // m
	VPSRAD      $20, Y1, Y1          // n, in the upper halves
	VPSHUFD     $0xdd, Y1, Y1
	VPERMQ      $0x08, Y1, Y1
	VCVTDQ2PD   X1, Y1               // k
	VADDPD      Y15, Y0, Y2
	VSUBPD      Y15, Y0, Y0          // f
	VDIVPD      Y2, Y0, Y2           // s
	VMULPD      Y2, Y2, Y3           // s2
	VMULPD      Y3, Y3, Y4           // s4
	LOAD(10, Y5)
	LOAD(8, Y6)
	VFMADD213PD Y6, Y4, Y5           // s4·c7 + c5
	LOAD(6, Y6)
	VFMADD213PD Y6, Y4, Y5
	LOAD(4, Y6)
	VFMADD213PD Y6, Y4, Y5           // odd
	LOAD(9, Y7)
	LOAD(7, Y6)
	VFMADD213PD Y6, Y4, Y7           // s4·c6 + c4
	LOAD(5, Y6)
	VFMADD213PD Y6, Y4, Y7           // even
	VMULPD      Y12, Y0, Y6
	VMULPD      Y0, Y6, Y6           // half
	VFMADD213PD Y6, Y3, Y5
	VFMADD231PD Y7, Y4, Y5           // r
	VMULPD      Y13, Y1, Y3
	VFMADD231PD Y5, Y2, Y3           // low
	VSUBPD      Y3, Y6, Y3
	VSUBPD      Y3, Y0, Y0
	VFMADD231PD Y14, Y1, Y0
	VMOVUPD     Y0, (DI)
	ADDQ        $32, SI
	ADDQ        $32, DI
	SUBQ        $4, CX
	JNZ         loop

end:
	VZEROUPPER
	MOVQ        n+16(FP), AX
	SUBQ        CX, AX
	MOVQ        AX, done+24(FP)
	RET
