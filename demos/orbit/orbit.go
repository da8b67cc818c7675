// Package orbit finds, by the gradient through a simulation, how to launch a probe so that a
// moon flings it to its target.
package orbit

import (
	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// The planet is at the origin, and does not move. Its mass, the constant of gravity and the moon's
// distance are 1.
const (
	steps    = 600
	h        = .005 // the time of a step
	moonMass = .1
)

var (
	planet = point(0, 0)
	start  = point(.4, 0)
	target = point(.8, -3.4)
)

func point(x, y float64) *autograd.Node {
	return autograd.Constant(tensor.FromSlice([]float64{x, y}, 1, 2))
}

// pull returns the acceleration of bodies at x [n, 2] by a mass at a centre [1, 2]: mass d/|d|³, where d
// is the vector from the body to the centre.
func pull(x, centre *autograd.Node, mass float64) *autograd.Node {
	d := centre.Sub(x)
	square := d.Square().Sum(1).Reshape(-1, 1)
	return d.Scale(mass).Div(square.Mul(square.Sqrt()))
}

// step moves bodies, by the new velocity so that orbits close (the symplectic Euler method).
func step(x, v, acceleration *autograd.Node) (x2, v2 *autograd.Node) {
	v = v.Add(acceleration.Scale(h))
	return x.Add(v.Scale(h)), v
}

// moonPath returns where the moon is after each step. The probes do not move it.
func moonPath() (path []*autograd.Node) {
	x, v := point(0, -1), point(1, 0)
	for range steps {
		x, v = step(x, v, pull(x, planet, 1))
		path = append(path, x)
	}
	return path
}

// fly returns the positions after each step, [n, 2], of probes that leave the start with velocities
// v [n, 2] and pass a moon of the given mass.
func fly(v *autograd.Node, mass float64) (path []*autograd.Node) {
	x := start.BroadcastTo(v.Shape()...)
	for _, moon := range moonPath() {
		x, v = step(x, v, pull(x, planet, 1).Add(pull(x, moon, mass)))
		path = append(path, x)
	}
	return path
}

// miss returns the squared distances from the target at which paths end, [n].
func miss(path []*autograd.Node) *autograd.Node {
	return path[len(path)-1].Sub(target).Square().Sum(1)
}
