//go:build !purego

#include "textflag.h"

// func addVectors(z, x, y *float64, n int)
TEXT ·addVectors(SB), NOSPLIT, $0-32
	MOVQ         z+0(FP), DI
	MOVQ         x+8(FP), SI
	MOVQ         y+16(FP), DX
	MOVQ         n+24(FP), CX
	LEAQ         (DI)(CX*8), DI            // the ends
	LEAQ         (SI)(CX*8), SI
	LEAQ         (DX)(CX*8), DX
	NEGQ         CX                        // minus the number of what is left
	PCALIGN      $32

addLoop:
	VMOVUPD      (SI)(CX*8), Y0
	VADDPD       (DX)(CX*8), Y0, Y0        // x + y
	VMOVUPD      Y0, (DI)(CX*8)
	ADDQ         $4, CX
	JNZ          addLoop
	VZEROUPPER
	RET
