package surface

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"gentlegrad/demos/draw"
	"gentlegrad/layers"
	"gentlegrad/tensor"
)

// A plane goes through the end of the training, along two directions.
type plane struct {
	x, y           point
	xLabel, yLabel string
	offset         [2]float64 // what the axes call the end
}

// randomPlane returns a plane along two random directions, scaled filter by filter to the length
// of the parameters themselves. So a step of 1 looks as large in a layer of large weights as in
// one of small weights; ReLU and its kin could otherwise trade one for the other. A filter is the
// weights that lead to one unit; biases stay. H. Li and others, Visualizing the loss landscape of
// neural nets (2018), section 4.
func (n *network) randomPlane(seed uint64) plane {
	rng := rand.New(rand.NewPCG(seed, 3))
	direction := func() point {
		d := n.end().zero()
		for i, w := range n.end() {
			if w.Rank() != 2 {
				continue
			}
			r := tensor.New(w.Shape()...).Normal(rng, 0, 1)
			size := new(tensor.Tensor).Div(new(tensor.Tensor).Norm(w, 2, 0), new(tensor.Tensor).Norm(r, 2, 0))
			d[i].Mul(r, size)
		}
		return d
	}
	return plane{x: direction(), y: direction(), xLabel: "direction 1", yLabel: "direction 2"}
}

// pathPlane returns the plane along the two main directions of the training's path: those in which
// its points lie farthest from its end (section 7 there). These directions are the first
// eigenvectors of DᵀD, where the rows of D are the points minus the end. They are found from the
// eigenvectors of DDᵀ, which is smaller.
func (n *network) pathPlane() plane {
	var rows []point
	for k := 0; k < len(n.path); k += 1 + len(n.path)/100 {
		rows = append(rows, n.path[k].plus(-1, n.end()))
	}
	gram := tensor.New(len(rows), len(rows))
	for i := range rows {
		for j := range rows {
			gram.SetAt(rows[i].dot(rows[j]), i, j)
		}
	}
	p := plane{xLabel: "direction 1", yLabel: "direction 2"}
	for _, to := range []*point{&p.x, &p.y} {
		value, vector := eigen(gram)
		*to = n.end().zero()
		for k, row := range rows {
			*to = to.plus(vector.At(k, 0)/math.Sqrt(value), row)
		}
		gram.AddScaled(gram, -value, new(tensor.Tensor).MatMulNT(vector, vector)) // what is left without this eigenvector
	}
	return p
}

// eigen returns the greatest eigenvalue of a matrix and its eigenvector, a column of length 1, by power
// iteration. None of the eigenvalues may be negative.
func eigen(m *tensor.Tensor) (value float64, vector *tensor.Tensor) {
	vector = tensor.Full(1, m.Dim(0), 1)
	for range 500 {
		vector = new(tensor.Tensor).MatMul(m, vector)
		value = new(tensor.Tensor).Norm(vector, 2, 0).Item()
		vector.Scale(vector, 1/value)
	}
	return value, vector
}

// A Parameter is one number of the network's parameters.
type Parameter struct {
	name           string
	tensor, number int // which, and which of its numbers
}

// ParseParameters reads the names of two parameters, such as 0.weight[0,1],6.bias[0]. The
// error says which there are.
func ParseParameters(text string) ([]Parameter, error) {
	x, y, _ := strings.Cut(text, "],")
	a, errA := parameter(x + "]")
	b, errB := parameter(y)
	switch {
	case errA != nil:
		return nil, errA
	case errB != nil:
		return nil, errB
	case a == b:
		return nil, fmt.Errorf("both are %s: want two", a.name)
	}
	return []Parameter{a, b}, nil
}

// parameter reads the name of a parameter.
func parameter(text string) (Parameter, error) {
	list := ""
	i := 0
	for name, w := range layers.Named(newNet(depth, false)) {
		for k := range w.Value().Len() {
			index := fmt.Sprint(k)
			if w.Value().Rank() == 2 {
				index = fmt.Sprintf("%d,%d", k/w.Value().Dim(1), k%w.Value().Dim(1))
			}
			if text == name+"["+index+"]" {
				return Parameter{text, i, k}, nil
			}
		}
		list += fmt.Sprintf(" %s%v", name, w.Shape())
		i++
	}
	return Parameter{}, fmt.Errorf("want two parameters such as 0.weight[0,1],6.bias[0]; the shapes are%s", list)
}

// parameterPlane returns the plane along two parameters, whose values are on the axes.
func (n *network) parameterPlane(x, y Parameter) plane {
	p := plane{x: n.end().zero(), y: n.end().zero(), xLabel: x.name, yLabel: y.name}
	p.x[x.tensor].Data()[x.number], p.y[y.tensor].Data()[y.number] = 1, 1
	p.offset = [2]float64{n.end()[x.tensor].Data()[x.number], n.end()[y.tensor].Data()[y.number]}
	return p
}

// project returns the path projected onto the plane: for each of its points the a and b for which
// end + a·x + b·y is nearest to it. share is how much of the path the plane holds: the squared distances
// of these points from the end, as a share of those of the path.
func (n *network) project(p plane) (xs, ys []float64, share float64) {
	xx, xy, yy := p.x.dot(p.x), p.x.dot(p.y), p.y.dot(p.y)
	det := float64(xx*yy) - float64(xy*xy)
	var in, all float64
	for _, at := range n.path {
		d := at.plus(-1, n.end())
		dx, dy := d.dot(p.x), d.dot(p.y)
		a, b := (float64(dx*yy)-float64(dy*xy))/det, (float64(dy*xx)-float64(dx*xy))/det
		xs, ys = append(xs, p.offset[0]+a), append(ys, p.offset[1]+b)
		near := n.end().zero().plus(a, p.x).plus(b, p.y)
		in += near.dot(near)
		all += d.dot(d)
	}
	return xs, ys, in / all
}

// sample returns the error on the plane.
func (n *network) sample(p plane, x, y draw.Range) draw.Grid {
	const size = 41
	return draw.Sample(size, size, x, y, func(a, b float64) float64 {
		return n.at(n.end().plus(a-p.offset[0], p.x).plus(b-p.offset[1], p.y))
	})
}
