package autograd

import (
	"cmp"
	"math/bits"
	"slices"
)

// Graph returns y and the nodes that it was computed from, constants too, in the order in which they were
// made. It panics if y is nil.
func Graph(y *Node) []*Node {
	mustBeNode("Graph", y)
	var g index
	g.order(y, true, 0)
	slices.SortStableFunc(g.list, byNumber)
	return g.list
}

func byNumber(x, y *Node) int { return cmp.Compare(x.number, y.number) }

// An index is a list of nodes, each there once, that finds the place of a node. It writes nothing to the
// nodes, so several goroutines may have indices of the same ones.
type index struct {
	list  []*Node
	table []int // nil for a short list; otherwise a hash table, as long as a power of two: places, or −1 where it is free
	shift int   // by which a hash is shifted to be a position in the table
}

const scanned = 10 // up to this length, searching the list itself is faster

// find returns x's place in the list, or −1 if it is not there.
func (g *index) find(x *Node) int {
	if g.table != nil {
		return *g.slot(x)
	}
	return slices.Index(g.list, x)
}

// slot returns the element of the table where x's place is or belongs, by open addressing with linear
// probing and multiplicative hashing (D. E. Knuth, The Art of Computer Programming, volume 3, section
// 6.4).
func (g *index) slot(x *Node) *int {
	i := x.number * 0x9e3779b97f4a7c15 >> g.shift
	for g.table[i] >= 0 && g.list[g.table[i]] != x {
		i = (i + 1) & uint64(len(g.table)-1)
	}
	return &g.table[i]
}

// add appends x, which must not be in the list yet.
func (g *index) add(x *Node) {
	g.list = append(g.list, x)
	if n := len(g.list); n > scanned && 2*n > len(g.table) {
		size := bits.Len(uint(4 * n)) // more than four times as long as the list
		g.table, g.shift = slices.Repeat([]int{-1}, 1<<size), 64-size
		for place, x := range g.list {
			*g.slot(x) = place
		}
	} else if g.table != nil {
		*g.slot(x) = n - 1
	}
}

// order adds to g, unless they are there already, the nodes that y was computed from, and y last: each
// node after its inputs, by a depth-first search. It leaves out nodes that need no gradient, unless all
// is set. Nodes with a number below since count as leaves: it does not go on to their inputs.
func (g *index) order(y *Node, all bool, since uint64) {
	type visit struct {
		node *Node
		next int // the input to visit next
	}
	stack := append(make([]visit, 0, 16), visit{node: y}) // no allocation unless it grows
	if g.find(y) >= 0 {
		return
	}
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		if y := top.node; y.number >= since && top.next < len(y.inputs) {
			x := y.inputs[top.next]
			top.next++
			if (x.needs || all) && g.find(x) < 0 {
				stack = append(stack, visit{node: x})
			}
		} else {
			g.add(y)
			stack = stack[:len(stack)-1]
		}
	}
}
