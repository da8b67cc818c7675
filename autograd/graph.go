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

// An index is a list of nodes that finds the place of each. Nothing is written to a node, so
// goroutines may have indices of the same ones.
type index struct {
	list  []*Node
	table []int // unless there are few: their places from 1 on, by number, and 0; the length is a power of two
}

const scanned = 10 // so many nodes are found quicker one after another

// find returns x's place in the list, or −1.
func (g *index) find(x *Node) int {
	if g.table == nil {
		return slices.Index(g.list, x)
	}
	return *g.slot(x) - 1
}

// slot returns where in the table x's place is, or belongs: open addressing, linear probing, and hashing by
// multiplication (D. E. Knuth, The Art of Computer Programming, volume 3, section 6.4).
func (g *index) slot(x *Node) *int {
	mask := uint64(len(g.table) - 1)
	for i := x.number * 0x9e3779b97f4a7c15 >> (64 - bits.Len64(mask)); ; i = (i + 1) & mask {
		if p := &g.table[i]; *p == 0 || g.list[*p-1] == x {
			return p
		}
	}
}

// add appends x, which is not there yet.
func (g *index) add(x *Node) {
	g.list = append(g.list, x)
	if n := len(g.list); n > scanned && 2*n > len(g.table) {
		g.table = make([]int, 1<<bits.Len(uint(4*len(g.list)))) // more than four times as long as the list
		for place, x := range g.list {
			*g.slot(x) = place + 1
		}
	} else if g.table != nil {
		*g.slot(x) = n
	}
}

// order adds to g what y was computed from, and y: each node behind its inputs. It goes depth
// first. It leaves out what needs no gradient, unless all is wanted, and what nodes that are older
// than since were computed from.
func (g *index) order(y *Node, all bool, since uint64) {
	type visit struct {
		node *Node
		next int // the input to look at
	}
	stack := append(make([]visit, 0, 16), visit{node: y}) // without an allocation, unless it is deeper
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
