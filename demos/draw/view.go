package draw

import (
	"fmt"
	"math"
)

// A View is a camera infinitely far away: pixels are linear in x, y and z,
//
//	px = PX[0] + PX[1]·x + PX[2]·y + PX[3]·z
//
// and so for PY, and for Depth, which is greater the nearer a point is.
type View struct{ PX, PY, Depth [4]float64 }

// NewView returns the view of the box of data x × y × z, drawn as 1 : 1 : ¾, in
// which the box fits into b. The camera stands in the direction azimuth,
// counted from +x towards +y, elevation above the ground, both in degrees:
//
//	u, v, w = data scaled to ±1, ±1, ±¾
//	right   = v·cos a − u·sin a
//	up      = w·cos e − (u·cos a + v·sin a)·sin e
//	depth   = w·sin e + (u·cos a + v·sin a)·cos e
//
// It panics if the elevation is not in [0, 90] or a range is empty.
func NewView(b Box, x, y, z Range, azimuth, elevation float64) View {
	b.check("NewView")
	for _, r := range []Range{x, y, z} {
		r.check("NewView")
	}
	mustFinite("NewView", azimuth)
	if !(elevation >= 0 && elevation <= 90) {
		panic(fmt.Sprintf("draw: NewView: elevation of %v degrees", elevation))
	}
	sa, ca := math.Sincos(azimuth * math.Pi / 180)
	se, ce := math.Sincos(elevation * math.Pi / 180)
	v := View{
		linearIn(x, y, z, -sa, ca, 0),
		linearIn(x, y, z, se*ca, se*sa, -ce), // pixels grow downwards
		linearIn(x, y, z, ce*ca, ce*sa, se),
	}
	v.fit(b, x, y, z)
	return v
}

// linearIn returns the coefficients of a·u + b·v + c·w.
func linearIn(x, y, z Range, a, b, c float64) (m [4]float64) {
	half := [3]float64{1, 1, .75}
	for k, r := range []Range{x, y, z} {
		f := [3]float64{a, b, c}[k] * half[k] * 2 / (r.Hi - r.Lo)
		m[k+1] = f
		m[0] -= f * (r.Lo/2 + r.Hi/2)
	}
	return m
}

// fit scales the view such that the data box fills b.
func (v *View) fit(b Box, x, y, z Range) {
	var px, py []float64
	for _, c := range corners(x, y, z) {
		u, w := v.Project(c[0], c[1], c[2])
		px, py = append(px, u), append(py, w)
	}
	ex, ey := Extent(0, px), Extent(0, py)
	scale := min(b.W/(ex.Hi-ex.Lo), b.H/(ey.Hi-ey.Lo))
	for k := range v.PX {
		v.PX[k] *= scale
		v.PY[k] *= scale
	}
	v.PX[0] += b.X + b.W/2 - scale*(ex.Lo+ex.Hi)/2
	v.PY[0] += b.Y + b.H/2 - scale*(ey.Lo+ey.Hi)/2
}

func corners(x, y, z Range) [][3]float64 {
	var out [][3]float64
	for _, cx := range []float64{x.Lo, x.Hi} {
		for _, cy := range []float64{y.Lo, y.Hi} {
			out = append(out, [3]float64{cx, cy, z.Lo}, [3]float64{cx, cy, z.Hi})
		}
	}
	return out
}

// Project returns the pixel of a point of data.
func (v View) Project(x, y, z float64) (px, py float64) {
	return v.PX[0] + v.PX[1]*x + v.PX[2]*y + v.PX[3]*z, v.PY[0] + v.PY[1]*x + v.PY[2]*y + v.PY[3]*z
}

// near returns the end of a range, of x for axis 1 and y for axis 2, that is
// nearer to the camera, and the other one.
func (v View) near(axis int, r Range) (near, away float64) {
	if v.Depth[axis] > 0 {
		return r.Hi, r.Lo
	}
	return r.Lo, r.Hi
}
