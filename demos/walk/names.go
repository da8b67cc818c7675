package walk

import (
	"regexp"
	"strings"
	"unicode"

	"gentlegrad/autograd"
	"gentlegrad/autograd/trace"
)

// names are what the nodes of a graph are called.
type names struct {
	plain map[*autograd.Node]string // as in a program: w1
	loss  string
}

func newNames(loss *autograd.Node) names {
	n := names{plain: trace.Names(loss, func(name string) string { return strings.Map(printable, name) })}
	n.loss = "L"
	if loss.Name() != "" {
		n.loss = n.of(loss)
	}
	return n
}

// printable returns r, or a replacement if it can't be seen or is one of the private characters,
// which an Expression uses.
func printable(r rune) rune {
	if !unicode.IsPrint(r) {
		return unicode.ReplacementChar
	}
	return r
}

var indexed = regexp.MustCompile(`^(\pL+)([0-9]+)$`)

// lowered writes an index as a subscript: w1 is w₁.
func lowered(name string) string {
	if m := indexed.FindStringSubmatch(name); m != nil {
		return m[1] + subscripts.Replace(m[2])
	}
	return name
}

func (n *names) of(x *autograd.Node) string { return lowered(n.plain[x]) }

var preactivation = regexp.MustCompile(`^z[0-9]*$`)

// isDelta reports whether the gradient of x has the article's name, δ: x is then called z, z1, ….
func (n *names) isDelta(x *autograd.Node) bool { return preactivation.MatchString(n.plain[x]) }

// gradient names ∂L/∂x; of a pre-activation it is δ.
func (n *names) gradient(x *autograd.Node) string {
	if n.isDelta(x) {
		return "δ" + subscripts.Replace(n.plain[x][1:])
	}
	return n.partial(x)
}

func (n *names) partial(x *autograd.Node) string { return "∂" + n.loss + "/∂" + n.of(x) }

// list is "x₁, x₂ and x₃".
func list(all []string) string {
	if len(all) < 2 {
		return strings.Join(all, "")
	}
	return strings.Join(all[:len(all)-1], ", ") + " and " + all[len(all)-1]
}
