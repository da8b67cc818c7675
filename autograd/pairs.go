package autograd

import "math"

// Functions of two numbers, applied element by element, broadcast. Each is a row: its values and its two
// slopes.

// Atan2 returns the angle of the point (x, y), from −π to π, where the receiver is y, as for math.Atan2.
//
//	∂L/∂y = ∂L/∂z ⊙ x/h²    ∂L/∂x = ∂L/∂z ⊙ −y/h²    for h = √(x²+y²)
//
// Neither gradient overflows or underflows on the way. At the origin, which has no angle, both are 0.
func (y *Node) Atan2(x *Node) *Node { return atan2.Of(y, x) }

var atan2 = Pointwise2("Atan2",
	func(y, x float64) float64 { return math.Copysign(math.Atan2(y, x), y) }, // Go 1.26 computes it from y/x, which may underflow
	func(y, x, _ *Node) *Node { h := y.Hypot(x); return x.chainDiv(h).chainDiv(h) },
	func(y, x, _ *Node) *Node { h := y.Hypot(x); return y.chainDiv(h).chainDiv(h).Neg() })

// Hypot returns √(x²+y²), even where x² overflows or underflows.
//
//	∂L/∂x = ∂L/∂z ⊙ x/z    ∂L/∂y = ∂L/∂z ⊙ y/z    (0 at the origin, at every order)
func (x *Node) Hypot(y *Node) *Node { return hypot.Of(x, y) }

var hypot, cosine *Function2

func init() { // cosine names itself
	hypot = Pointwise2("Hypot", hypotenuse,
		func(x, y, _ *Node) *Node { return cosine.Of(x, y) },
		func(x, y, _ *Node) *Node { return cosine.Of(y, x) })

	// cosine is x/h for h = √(x²+y²). The slope of that quotient by x would be computed as 1/h − x²/h³,
	// which cancels where x ≫ y: so it is computed as y²/h³.
	cosine = Pointwise2("Cosine", func(x, y float64) float64 {
		if x == 0 {
			return 0
		}
		return x / hypotenuse(x, y)
	},
		func(x, y, _ *Node) *Node { s := cosine.Of(y, x); return s.chainDiv(x.Hypot(y)).Mul(s) },
		func(x, y, c *Node) *Node { return cosine.Of(y, x).chainDiv(x.Hypot(y)).Mul(c).Neg() })
}

// hypotenuse is math.Hypot with the same bits on every machine.
func hypotenuse(x, y float64) float64 {
	if math.IsInf(x, 0) || math.IsInf(y, 0) { // whatever the other is
		return math.Inf(1)
	}
	p, q := math.Abs(x), math.Abs(y)
	p, q = max(p, q), min(p, q)
	if p == 0 {
		return 0
	}
	q /= p
	return p * math.Sqrt(1+float64(q*q))
}

// Xlogy returns x log y, but 0 where x is 0, unless y is NaN: as entropies need.
//
//	∂L/∂x = ∂L/∂z ⊙ log y    (0 where x = 0 and y ≤ 0)
//	∂L/∂y = ∂L/∂z ⊙ x/y      (0 where x = 0)
func (x *Node) Xlogy(y *Node) *Node { return xlogy.Of(x, y) }

var xlogy = Pointwise2("Xlogy",
	func(x, y float64) float64 { return timesLog(x, y, logarithm) },
	func(x, y, _ *Node) *Node { return x.unlessBoth0(y, y.Log()) },
	func(x, y, _ *Node) *Node { return x.chainDiv(y) })

// Xlog1py returns x log(1+y), accurate to the last digits even where y is near 0; 0 where x is 0, unless
// y is NaN.
//
//	∂L/∂x = ∂L/∂z ⊙ log(1+y)    (0 where x = 0 and y ≤ −1)
//	∂L/∂y = ∂L/∂z ⊙ x/(1+y)     (0 where x = 0)
func (x *Node) Xlog1py(y *Node) *Node { return xlog1py.Of(x, y) }

var xlog1py = Pointwise2("Xlog1py",
	func(x, y float64) float64 { return timesLog(x, y, math.Log1p) },
	func(x, y, _ *Node) *Node { return x.unlessBoth0(y.AddScalar(1), y.Log1p()) },
	func(x, y, _ *Node) *Node { return x.chainDiv(y.AddScalar(1)) })

func timesLog(x, y float64, log func(float64) float64) float64 {
	if x == 0 && y == y {
		return 0
	}
	return x * log(y)
}

// unlessBoth0 returns v, but 0 where x is 0 and y ≤ 0.
func (x *Node) unlessBoth0(y, v *Node) *Node {
	zero := Scalar(0)
	return Where(x.Eq(zero).Mul(y.Le(zero)), zero, v)
}

// LogAddExp returns log(eˣ+eʸ) without overflow: it adds probabilities that are given by their
// logarithms. −Inf is the logarithm of 0.
//
//	∂L/∂x = ∂L/∂z ⊙ σ(x−y)    ∂L/∂y = ∂L/∂z ⊙ σ(y−x)    (a half each for equal infinities)
func (x *Node) LogAddExp(y *Node) *Node { return logAddExp.Of(x, y) }

var logAddExp = Pointwise2("LogAddExp",
	func(x, y float64) float64 {
		if x == y { // infinities too
			return x + math.Ln2
		}
		return max(x, y) + math.Log1p(math.Exp(-math.Abs(x-y)))
	},
	func(x, y, _ *Node) *Node { return gate.Of(x.lead(y)) },
	func(x, y, _ *Node) *Node { return gate.Of(y.lead(x)) })

// lead returns x − y, and 0 for equal infinities.
func (x *Node) lead(y *Node) *Node {
	d := x.Sub(y)
	return Where(x.Eq(y).Mul(d.Ne(d)), Scalar(0), d)
}

// Lerp returns the linear interpolation from x to end by the weight w, broadcast. It is exactly x for
// w = 0 and end for w = 1, if end − x does not overflow.
//
//	z = x + w (end − x)    ∂L/∂x = ∂L/∂z ⊙ (1−w)    ∂L/∂end = ∂L/∂z ⊙ w    ∂L/∂w = ∂L/∂z ⊙ (end − x)
func (x *Node) Lerp(end, weight *Node) *Node {
	way := end.Sub(x)
	return Where(weight.Lt(Scalar(.5)),
		x.Add(weight.Mul(way)),
		end.Sub(weight.Neg().AddScalar(1).Mul(way)))
}

// LerpScalar is Lerp for a number w.
func (x *Node) LerpScalar(end *Node, weight float64) *Node { return x.Lerp(end, Scalar(weight)) }
