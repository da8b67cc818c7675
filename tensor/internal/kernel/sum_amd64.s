//go:build !purego

#include "textflag.h"

// func sumRows(s *[32]float64, x *float64, rows int)
TEXT ·sumRows(SB), NOSPLIT, $0-24
	MOVQ         s+0(FP), DI
	MOVQ         x+8(FP), SI
	MOVQ         rows+16(FP), CX
	VXORPD       Y0, Y0, Y0                // the lanes: from 0, so that a sum is never −0
	VXORPD       Y1, Y1, Y1
	VXORPD       Y2, Y2, Y2
	VXORPD       Y3, Y3, Y3
	VXORPD       Y4, Y4, Y4
	VXORPD       Y5, Y5, Y5
	VXORPD       Y6, Y6, Y6
	VXORPD       Y7, Y7, Y7
	PCALIGN      $32

rowLoop:
	VADDPD       0(SI), Y0, Y0
	VADDPD       32(SI), Y1, Y1
	VADDPD       64(SI), Y2, Y2
	VADDPD       96(SI), Y3, Y3
	VADDPD       128(SI), Y4, Y4
	VADDPD       160(SI), Y5, Y5
	VADDPD       192(SI), Y6, Y6
	VADDPD       224(SI), Y7, Y7
	ADDQ         $256, SI
	DECQ         CX
	JNZ          rowLoop

	VMOVUPD      Y0, 0(DI)
	VMOVUPD      Y1, 32(DI)
	VMOVUPD      Y2, 64(DI)
	VMOVUPD      Y3, 96(DI)
	VMOVUPD      Y4, 128(DI)
	VMOVUPD      Y5, 160(DI)
	VMOVUPD      Y6, 192(DI)
	VMOVUPD      Y7, 224(DI)
	VZEROUPPER
	RET
