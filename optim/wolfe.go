package optim

import "math"

// The strong Wolfe conditions on a step a along d, with φ(a) = f(x + ad):
//
//	φ(a) ≤ φ(0) + c₁ a φ′(0)    |φ′(a)| ≤ −c₂ φ′(0)
//
// that is, the loss falls enough, and the slope is much flatter. Nocedal and Wright, Numerical
// optimization (2006), equations 3.7.
const (
	wolfeDecrease = 1e-4 // c₁
	wolfeSlope    = .9   // c₂
	searchSteps   = 30   // at most, of each part of the search
)

// A trial is a point of a line search.
type trial struct {
	point
	a, slope float64 // φ′(a)
}

// lineSearch looks for a point along d where the conditions hold.
type lineSearch struct {
	start    trial
	d        []float64
	evaluate func(x []float64) point
}

// search returns a point along d where the conditions hold, and true; or else a lower point and true, or
// the start and false. The last is also the answer if d is not downhill, or if the loss at the start is
// infinite or NaN. It is algorithm 3.5.
func search(from point, d []float64, first float64, evaluate func(x []float64) point) (point, bool) {
	s := lineSearch{trial{point: from, slope: dot(from.gradient, d)}, d, evaluate}
	if !(s.start.slope < 0) || !(math.Abs(from.loss) <= math.MaxFloat64) {
		return from, false // this is not downhill, or there is no loss to fall from
	}
	last := s.start
	for i, a := 0, first; i < searchSteps; i, a = i+1, 2*a {
		now := s.at(a)
		switch {
		case s.high(now) || i > 0 && now.loss >= last.loss:
			return s.zoom(last, now)
		case s.flat(now):
			return now.point, true
		case now.slope >= 0:
			return s.zoom(now, last)
		}
		last = now
	}
	return last.point, true // the loss keeps falling
}

func (s *lineSearch) at(a float64) trial {
	p := s.evaluate(plus(s.start.x, a, s.d))
	return trial{p, a, dot(p.gradient, s.d)}
}

// high reports whether the loss has not fallen enough, or is NaN.
func (s *lineSearch) high(t trial) bool {
	return !(t.loss <= s.start.loss+float64(wolfeDecrease*t.a*s.start.slope)) || math.IsNaN(t.slope)
}

func (s *lineSearch) flat(t trial) bool { return math.Abs(t.slope) <= -wolfeSlope*s.start.slope }

// zoom looks between two points, of which low has the lower loss, and a slope down towards high:
// algorithm 3.6.
func (s *lineSearch) zoom(low, high trial) (point, bool) {
	for range searchSteps {
		if most := math.Abs(low.slope * (high.a - low.a)); most <= 0x1p-53*math.Abs(low.loss) {
			break // rounding hides by how much the loss may fall
		}
		now := s.at(between(low, high))
		switch {
		case s.high(now) || now.loss >= low.loss:
			high = now
		case s.flat(now):
			return now.point, true
		default:
			if now.slope*(high.a-low.a) >= 0 {
				high = low
			}
			low = now
		}
	}
	return low.point, low.a > 0
}

// between returns the minimum of the cubic polynomial through two points with their slopes,
// equation 3.59, or the middle if there is none well inside.
func between(p, q trial) float64 {
	width := q.a - p.a
	d1 := p.slope + q.slope - 3*(p.loss-q.loss)/(p.a-q.a)
	d2 := math.Copysign(math.Sqrt(float64(d1*d1)-float64(p.slope*q.slope)), width)
	a := q.a - float64(width*((q.slope+d2-d1)/(q.slope-p.slope+2*d2)))
	if x := (a - p.a) / width; x >= .1 && x <= .9 { // not NaN
		return a
	}
	return p.a + width/2
}
