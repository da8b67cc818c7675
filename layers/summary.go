package layers

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"gentlegrad/autograd"
)

// Summary applies a network to x and returns a table. For each layer, and in total, it has the shape of
// the result, the number of parameters (in the total, one that several layers have counts once), and the
// bytes of activations: of the results of all operations, which are kept for the backward pass. Reshaped
// results share memory and do not count; nor does what an operation keeps beside its result, such as a
// dropout's mask. It panics as Forward does. If the context of x has NoRecord, each row, and the total,
// counts its own result alone.
func Summary(net Layer, x *autograd.Node) string {
	if isMissing(net) {
		fail("Summary", "the network is %s", describe(net))
	}
	t := summary{{"layer", "output", "parameters", "bytes"}}
	y := t.add(net, "", describe(net), x)
	if _, ok := sequential(net); ok {
		t = slices.Delete(t, 1, 2) // its row is the total
	}
	t = append(t, rowOf("total", net, x, y))
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, row := range t {
		fmt.Fprintln(w, strings.Join(row[:], "\t"))
	}
	w.Flush()
	return b.String()
}

// A summary is the rows of a table.
type summary [][4]string

// add adds a row for a layer, and for those inside a Sequential, and returns the layer's result for x.
func (t *summary) add(l Layer, indent, name string, x *autograd.Node) (y *autograd.Node) {
	at := len(*t)
	*t = append(*t, [4]string{})
	if s, ok := sequential(l); ok {
		inner := indent
		if at > 1 { // it is in another
			inner += "  "
		}
		y = t.addEach(s, inner, x)
	} else {
		y = l.Forward(x)
	}
	if y == nil {
		fail(describe(l), "its Forward returned nil")
	}
	(*t)[at] = rowOf(indent+name, l, x, y)
	return y
}

func (t *summary) addEach(s Sequential, indent string, x *autograd.Node) *autograd.Node {
	if len(s) == 0 {
		return s.Forward(x)
	}
	var i int
	defer s.locate(&i)
	for i = range s {
		x = t.add(s[i], indent, strconv.Itoa(i)+": "+describe(s[i]), x)
	}
	return x
}

func rowOf(name string, l Layer, x, y *autograd.Node) [4]string {
	return [4]string{name, fmt.Sprint(y.Shape()), strconv.Itoa(find(l).numbers()), strconv.Itoa(activationBytes(y, x))}
}

// activationBytes returns the bytes of y and of the values from which it was computed, without x, what is
// before x, and leaves.
func activationBytes(y, x *autograd.Node) (bytes int) {
	seen := map[*autograd.Node]bool{x: true}
	for todo := []*autograd.Node{y}; len(todo) > 0; {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[n] || n.Op() == nil {
			continue
		}
		seen[n] = true
		if !n.Value().IsView() {
			bytes += 8 * n.Value().Len()
		}
		for i := range n.NumInputs() {
			todo = append(todo, n.Input(i))
		}
	}
	return bytes
}
