package steps

import (
	"maps"
	"slices"

	"gentlegrad/demos/draw"
)

// A scene is what the graph shows at one step, or at the end of a group.
type scene struct {
	group int // from 0
	node  string
	with  []string
	lit   []string
	text  map[string]string // the number in each place
	by    map[string]int    // the group that worked it out
}

// scenes returns the scene of each step. Numbers stay once they are known, until
// others take their places.
func newScenes(steps []step) []scene {
	scenes := make([]scene, len(steps))
	text, by := map[string]string{}, map[string]int{}
	for k, s := range steps {
		group := slices.IndexFunc(groups, func(g group) bool { return g.Name == s.Group })
		for _, n := range s.Known {
			if n.Text == "" {
				delete(text, n.At)
				delete(by, n.At)
				continue
			}
			text[n.At], by[n.At] = n.Text, group
		}
		scenes[k] = scene{group, s.Node, s.With, s.Edges, maps.Clone(text), maps.Clone(by)}
	}
	return scenes
}

// whole returns the scene at the end of a group, with all its edges lit.
func whole(scenes []scene, group int) scene {
	var whole scene
	var lit []string
	for _, s := range scenes {
		if s.group == group && (s.node != "E" || len(s.lit) > 0 || group == 1) {
			whole = s
			lit = append(lit, s.lit...)
		}
	}
	whole.node, whole.with, whole.lit = "", nil, lit
	return whole
}

// color is the colour of the group that is under way.
func (s scene) color() string { return color(s.group) }

// color is a group's colour, for lines and, thinned, behind numbers. It is never
// the only sign: arrows turn round, numbers have their places, and new parameters a line
// around them.
func color(group int) string { return draw.Series(group).Color }

// weight says how an outline is drawn: 2 for the node looked at, 1 for those that it is
// worked out from, else 0.
func (s scene) weight(id string) int {
	switch {
	case s.node == id:
		return 2
	case slices.Contains(s.with, id):
		return 1
	}
	return 0
}

// changed reports whether the number in a place is a new one, of the last group.
func (s scene) changed(place string) bool { return s.by[place] == len(groups)-1 }

// tint is the colour behind a number: none until it is known. Parameters have none until
// they have gradients.
func (s scene) tint(place string, parameter bool) string {
	group, ok := s.by[place]
	if !ok || parameter && group == 0 {
		return "none"
	}
	return color(group)
}

// each returns a value for each scene.
func each(scenes []scene, f func(s scene) string) []string {
	values := make([]string, len(scenes))
	for k, s := range scenes {
		values[k] = f(s)
	}
	return values
}
