package gradcheck

import (
	"math"
	"slices"
)

// An expected derivative is an automatic derivative of an output, and the size of the largest in its row, the
// derivatives of the output with respect to all inputs.
type expected struct{ value, row float64 }

// rounding is how far an automatic derivative may be off by its rounding, as a part of the largest in
// its row.
const rounding = 1e-12

// A line is a function with several outputs of one number.
type line struct {
	f      func() []float64
	x      *float64
	rough  []float64        // the noise of each output
	fine   func() []float64 // the noise measured at the scale of x, which matters at small steps
	shaken shaker           // f with more rounding, to measure the noise at every point; nil not to do so
	expect []expected       // the expected derivative of each output; nil if there is none
}

// A slope is what is known about the derivative of an output: the estimate with the smallest bound among
// those that show a smooth function, and the one among those that show a kink.
type slope struct {
	smooth, kinked estimate
	before, off    float64 // the last extrapolation, and how far it was from its own parts and from the one before
	unit           float64 // max(1, |x|)
	largest        float64 // the largest difference quotient of any step
	falls          bool    // whether the last quotients are in proportion to the steps, as those of x·|x| at 0
	least, most    float64 // the smallest and the largest change of the output by steps that change it to both sides
	leastStep      float64 // the step of the smallest change
	still          bool    // whether a smaller step does not change it
	hidden         bool    // whether the function may swing too fast for any step
}

var unknown = slope{smooth: estimate{bound: math.Inf(1)}, kinked: estimate{bound: math.Inf(1)}, least: math.Inf(1)}

// An estimate is a numerical derivative and a bound of its error.
type estimate struct {
	value, bound float64
	h            float64 // the smallest step
	noise        float64 // of the function
	left, right  float64 // the slopes to both sides
	kink         bool
}

// best returns the estimate that should be believed.
func (s *slope) best() estimate {
	if s.isKinked() && !s.tells(expected{s.smooth.value, 0}) {
		return s.kinked
	}
	return s.smooth
}

// isKinked reports whether there is a kink, and no smaller steps show a smooth function there.
func (s *slope) isKinked() bool {
	return s.kinked.bound < math.Inf(1) && s.kinked.bound <= s.smooth.bound && !s.isSmoothNearer()
}

// isSmoothNearer reports whether steps smaller than those that show a kink show a smooth function.
func (s *slope) isSmoothNearer() bool {
	k := &s.kinked
	return s.smooth.h < k.h && s.smooth.bound < math.Max(math.Abs(k.right-k.left), math.Abs(k.value-s.smooth.value))/8
}

// tells reports whether the bound of the smooth estimate is tight enough to tell right from wrong.
func (s *slope) tells(e expected) bool {
	size := math.Abs(s.smooth.value)
	if isFinite(e.value) {
		size = math.Max(size, math.Abs(e.value))
	}
	return s.smooth.bound <= math.Max(2e-4*size, 1e-6*e.row) && s.smooth.bound < math.Inf(1)
}

// agrees reports whether what is expected is within the bound.
func (s *slope) agrees(e expected) bool {
	return math.Abs(e.value-s.smooth.value) <= math.Max(s.smooth.bound, rounding*e.row)
}

// isRight reports whether what is expected is right.
func (s *slope) isRight(e expected) bool { return s.tells(e) && s.agrees(e) }

// isPassed reports whether s is judged to show that what is expected is right.
func (s *slope) isPassed(e expected) bool {
	judged := *s
	return judged.judge(e) == nil
}

// settled reports whether smaller steps are not needed.
func (s *slope) settled(e expected) bool {
	return s.agrees(e) && s.smooth.bound <= math.Max(1e-8*math.Abs(s.smooth.value), rounding*e.row)
}

// all reports whether all slopes pass a test with what is expected or, if nothing is, with their own values.
func (n *line) all(slopes []slope, test func(*slope, expected) bool) bool {
	for o := range slopes {
		e := expected{slopes[o].smooth.value, 0}
		if n.expect != nil {
			e = n.expect[o]
		}
		if !test(&slopes[o], e) {
			return false
		}
	}
	return true
}

// noPower is near ½, but no power of two or simple fraction, so that the steps are unlikely to be
// multiples of a period of f.
const noPower = 0.4330127018922193

// slopes returns the slope of each output. Where there may be more noise, which takes longer to find, it
// measures again with this noise.
func (n *line) slopes(shaken shaker, wide, far func() []float64) []slope {
	slopes := n.measure()
	grains := make([]float64, len(slopes))
	for o := range slopes {
		grains[o] = n.grain(o, &slopes[o])
	}
	rounds := func(grain float64) bool { return grain > 0 }
	if slices.ContainsFunc(grains, rounds) {
		n.roughen(grains)
		n.replace(slopes, func(o int, _ *slope) bool { return rounds(grains[o]) })
	}
	if n.expect == nil {
		return slopes
	}
	if !n.all(slopes, (*slope).isRight) { // the noise at the points from which they are computed may be larger than that at x
		n.shaken = shaken
		n.replace(slopes, func(o int, _ *slope) bool { return !slopes[o].isRight(n.expect[o]) })
	}
	if !n.all(slopes, (*slope).isPassed) { // wider spacings may show more noise; it counts only if what is expected is right with it
		n.roughen(wide())
		n.replace(slopes, func(o int, again *slope) bool { return !slopes[o].isPassed(n.expect[o]) && again.isRight(n.expect[o]) })
	}
	if !n.all(slopes, (*slope).isPassed) {
		for o, moved := range far() {
			if e := n.expect[o]; !slopes[o].isPassed(e) && slopes[o].isHidden(e, moved) {
				slopes[o] = unknown
				slopes[o].hidden = true
			}
		}
	}
	return slopes
}

// isHidden reports whether f may swing too fast for any step: if results are moved 2¹⁰ times as far as by
// rounding, f moves as far as by the largest step, and if what is expected is right, it must.
func (s *slope) isHidden(e expected, moved float64) bool {
	return !s.tells(expected{s.smooth.value, 0}) && 0 < moved && s.most/64 <= moved && moved <= 4*s.most &&
		s.most < 0x1p20*eps*s.unit*math.Abs(e.value)
}

// roughen makes the noise of each output at least the given one.
func (n *line) roughen(noise []float64) {
	fine := n.fine
	n.rough, n.fine = larger(n.rough, noise), func() []float64 { return larger(fine(), noise) }
}

// replace replaces some slopes by those measured with the noise that n has now.
func (n *line) replace(slopes []slope, where func(o int, again *slope) bool) {
	for o, again := range n.measure() {
		if where(o, &again) {
			slopes[o] = again
		}
	}
}

// measure returns the slope of each output. If the slopes do not tell, or contradict what is expected,
// it begins anew: with steps from about |x|/2 on if x is small, and with the noise that matters there;
// with steps from about ½ on if x is large, since f may swing many times between 0 and x.
func (n *line) measure() []slope {
	v := math.Abs(*n.x)
	slopes := n.derivative(math.Max(1, v)*noPower, nil)
	switch {
	case v == 0 || n.all(slopes, (*slope).isRight):
	case v < 1:
		finer := *n
		finer.rough = n.fine()
		return finer.derivative(v*noPower, slopes)
	default:
		for o, again := range n.derivative(noPower, nil) {
			if before := (expected{slopes[o].smooth.value, 0}); again.tells(before) && !again.agrees(before) {
				slopes[o] = again
			}
		}
	}
	return slopes
}

// differences are the difference quotients of each output at one step size, and their noise.
type differences struct {
	h                           float64
	central, noise, left, right []float64
}

// bend is the difference of the slopes to both sides.
func (d *differences) bend(o int) float64 { return math.Abs(d.right[o] - d.left[o]) }

// derivative returns the slope of each output with respect to *n.x, with steps from h on; it
// improves slopes, if given.
func (n *line) derivative(h float64, slopes []slope) []slope {
	mid := n.f()
	if slopes == nil {
		slopes = make([]slope, len(mid))
		for o := range slopes {
			slopes[o] = unknown
			slopes[o].unit = math.Max(1, math.Abs(*n.x))
		}
	}
	var steps []differences
	probed := false
	for range 48 {
		steps = append(steps, n.differ(h, mid))
		h /= 2
		for o := range slopes {
			slopes[o].consider(steps, o, n.expected(o))
		}
		if n.expect != nil && !probed && n.all(slopes, (*slope).settled) {
			if n.holds(&steps[len(steps)-1], mid, slopes) {
				return slopes
			}
			probed = true
		}
	}
	return slopes
}

// holds reports whether much smaller steps show the same slopes: close to x the function may be another
// one than where the last differences come from.
func (n *line) holds(last *differences, mid []float64, slopes []slope) bool {
	for _, part := range []float64{0x1p-6, 0x1p-12, 0x1p-18, 0x1p-24} {
		d := n.differ(last.h*part, mid)
		for o := range slopes {
			e := &slopes[o].smooth
			curved := 4 * part * part * math.Abs(last.central[o]-e.value) // four times what the third derivative adds
			if math.Abs(d.central[o]-e.value) > 2*d.noise[o]+e.bound+curved {
				return false
			}
		}
	}
	return true
}

func (n *line) expected(o int) expected {
	if n.expect == nil {
		return expected{math.NaN(), 0}
	}
	return n.expect[o]
}

// differ returns the differences at one step.
func (n *line) differ(h float64, mid []float64) differences {
	at := *n.x
	defer func() { *n.x = at }()
	*n.x = at + h
	up, right := n.f(), *n.x
	rough := n.rougher(n.rough, up)
	*n.x = at - h
	down, left := n.f(), *n.x
	rough = n.rougher(rough, down)
	m := len(mid)
	all := make([]float64, 4*m)
	off := math.Abs((right-at)-(at-left)) / 2 // how far x is from the middle, since x ± h are rounded
	d := differences{(right - left) / 2, all[:m], all[m : 2*m], all[2*m : 3*m], all[3*m:]}
	for o := range mid {
		size := math.Max(math.Abs(up[o]), math.Max(math.Abs(down[o]), math.Abs(mid[o])))
		rounded := math.Max(4*eps*size, 4*math.SmallestNonzeroFloat64)
		d.central[o] = (up[o] - down[o]) / (right - left)
		d.right[o] = (up[o] - mid[o]) / (right - at)
		d.left[o] = (mid[o] - down[o]) / (at - left)
		d.noise[o] = (math.Max(rounded, rough[o]) + off*d.bend(o)) / d.h
	}
	return d
}

// rougher returns the noise or, where this is larger, the noise at the present point, at which f has the
// values.
func (n *line) rougher(noise, values []float64) []float64 {
	if n.shaken == nil {
		return noise
	}
	all := append([]float64{}, noise...)
	for range 2 {
		widen(all, n.shaken(1), values, upToJumps(values, math.Abs(*n.x)))
	}
	return all
}

// consider keeps the estimate from the last three steps if its bound is the smallest of its kind. It
// needs four steps, since the bound is how far two estimates differ.
func (s *slope) consider(steps []differences, o int, expect expected) {
	last := &steps[len(steps)-1]
	quotient := math.Abs(last.central[o])
	if quotient > s.largest && !math.IsInf(quotient, 0) {
		s.largest = quotient
	}
	if change := math.Min(math.Abs(last.right[o]), math.Abs(last.left[o])) * last.h; change == 0 {
		s.still = s.most > 0
	} else if change < math.Inf(1) {
		if s.most = math.Max(s.most, change); change < s.least {
			s.least, s.leastStep = change, last.h
		}
	}
	s.falls = false
	if n := len(steps) - 21; n >= 0 && 8*last.noise[o] < quotient {
		before := &steps[n]
		s.falls = math.Abs(quotient/last.h/math.Abs(before.central[o]/before.h)-1) < .1
	}
	if len(steps) < 3 {
		return
	}
	e, first, second := extrapolate(steps[len(steps)-3:], o)
	if len(steps) > 3 {
		first = math.Abs(e.value - s.before)
	}
	off, before := math.Max(first, second), s.off
	s.before, s.off = e.value, off
	if len(steps) == 3 {
		return // a single estimate may be close by chance
	}
	// An estimate that contradicts what is expected, and came over 4 times as close at once, may be so
	// by chance too, as at a few times the distance from where a bend begins.
	if before/4 > off && !(math.Abs(e.value-expect.value) <= e.bound+2*off) {
		off = before / 4
	}
	e.bound += 2 * off
	switch {
	case math.IsNaN(e.bound) || math.IsInf(e.value, 0):
	case e.kink:
		if e.bound < s.kinked.bound {
			s.kinked = e
		}
	case e.bound < s.smooth.bound:
		s.smooth = e
	case e.bound <= math.Abs(e.value-s.smooth.value)/16 && e.value != s.smooth.value:
		s.smooth = e // at a smaller step: f swings with a period of which the steps before were multiples, or is another function there
	}
}

// grain returns the noise of an output that seems to be rounded to multiples of its smallest change, as
// 1 − cos x near 0 is if a single operation computes it, or log(1 + exp x) at −20. For other outputs it
// returns 0.
func (n *line) grain(o int, s *slope) float64 {
	if s.still && (s.least <= 0x1p-41*s.most || s.least <= 0x1p-48*s.unit && n.isStairs(o, s)) {
		return 4 * s.least
	}
	return 0
}

// isStairs reports whether an output looks like stairs at a spacing of less than the width of a stair: more
// fourth differences there are as large as its smallest change than kinks or jumps to both sides of x make.
func (n *line) isStairs(o int, s *slope) bool {
	x := *n.x
	defer func() { *n.x = x }()
	var table [33][]float64
	for k := range table {
		*n.x = x + float64(float64(k-16)*noPower*s.leastStep)
		table[k] = n.f()
	}
	steep := 0
	for _, d := range fourthDifferences(table[:]) {
		if math.Abs(d[o]) > s.least/2 {
			steep++
		}
	}
	return steep > 8
}

// extrapolate returns the extrapolation of three steps for output o, with 2·noise/h as its bound, and
// how far it is from the extrapolations of the first two and of the last two.
func extrapolate(steps []differences, o int) (e estimate, first, last float64) {
	a, b, c := &steps[0], &steps[1], &steps[2]
	e1, e2 := (4*b.central[o]-a.central[o])/3, (4*c.central[o]-b.central[o])/3
	e = estimate{value: (16*e2 - e1) / 15, bound: 2 * math.Max(c.noise[o], b.noise[o]), h: c.h, noise: c.noise[o] * c.h, left: c.left[o], right: c.right[o]}
	// For a smooth function, the difference of the slopes to both sides is halved each time.
	bend := c.bend(o)
	e.kink = bend > .75*b.bend(o) && b.bend(o) > .75*a.bend(o) &&
		bend > 1e-300 && bend > 8*c.noise[o] && bend > 1e-6*math.Max(math.Abs(c.right[o]), math.Abs(c.left[o]))
	return e, math.Abs(e.value - e1), math.Abs(e.value - e2)
}
