//go:build !purego

#include "textflag.h"

// EXTREMES begins with vectors of 16 numbers, EXTREME goes on by an instruction for vectors that leaves NaN aside, and
// EXTREMEOF has the last word, with that for numbers.
#define EXTREMES \
	MOVQ         x+0(FP), SI               \
	MOVQ         n+8(FP), CX               \
	VMOVUPD      0(SI), Y0                 \
	VMOVUPD      32(SI), Y1                \
	VMOVUPD      64(SI), Y2                \
	VMOVUPD      96(SI), Y3                \
	VXORPD       Y8, Y8, Y8                \
	PCALIGN      $32

#define EXTREME(vector) \
	VMOVUPD      0(SI), Y4                 \
	VMOVUPD      32(SI), Y5                \
	VMOVUPD      64(SI), Y6                \
	VMOVUPD      96(SI), Y7                \
	vector       Y4, Y0, Y0                \
	vector       Y5, Y1, Y1                \
	vector       Y6, Y2, Y2                \
	vector       Y7, Y3, Y3                \
	VCMPPD       $3, Y4, Y5, Y4            \ // where one is NaN
	VCMPPD       $3, Y6, Y7, Y6            \
	VORPD        Y4, Y8, Y8                \
	VORPD        Y6, Y8, Y8                \
	ADDQ         $128, SI                  \
	SUBQ         $16, CX

#define EXTREMEOF(vector, number) \
	vector       Y1, Y0, Y0                \
	vector       Y3, Y2, Y2                \
	vector       Y2, Y0, Y0                \
	VEXTRACTF128 $1, Y0, X1                \
	vector       X1, X0, X0                \
	VPERMILPD    $1, X0, X1                \
	number       X1, X0, X0                \
	VMOVMSKPD    Y8, AX                    \
	VZEROUPPER                             \
	VMOVSD       X0, m+16(FP)              \
	TESTL        AX, AX                    \
	SETNE        nan+24(FP)                \
	RET

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

// func maxVectors(x *float64, n int) (m float64, nan bool)
TEXT ·maxVectors(SB), NOSPLIT, $0-25
	EXTREMES

maxLoop:
	EXTREME(VMAXPD)
	JNZ          maxLoop
	EXTREMEOF(VMAXPD, VMAXSD)

// func minVectors(x *float64, n int) (m float64, nan bool)
TEXT ·minVectors(SB), NOSPLIT, $0-25
	EXTREMES

minLoop:
	EXTREME(VMINPD)
	JNZ          minLoop
	EXTREMEOF(VMINPD, VMINSD)
