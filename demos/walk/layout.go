package walk

import (
	"cmp"
	"math"
	"slices"
)

// A layout says where the nodes of a graph are drawn: in columns, with every node to the left of its
// users. An edge that crosses a column has a lane there, so that it runs past the nodes.
//
// Columns, order and heights are those of K. Sugiyama, S. Tagawa and M. Toda, Methods for visual
// understanding of hierarchical system structures, 1981: the mean of the neighbours determines the
// order, and attracts the heights.
type layout struct {
	boxes         []box
	routes        map[Use][]stretch
	width, height float64
}

type box struct{ x, y, w, h float64 }

// A stretch is a level piece of an edge: there is one at the node that is used, in every column on
// the way, and at the user.
type stretch struct{ from, to, y float64 }

const (
	columnGap = 40.0
	nodeGap   = 20.0
	laneGap   = 12.0
	laneH     = 8.0
	margin    = 14.0
	sweeps    = 12
)

// An item stands in a column: a node, or a lane of an edge.
type item struct {
	node          int // −1 for a lane
	h, y          float64
	left, right   []*item
	column, place int   // in its column, from above
	lane          *lane // that it is a part of
}

// A lane holds all items of an edge: it should be level.
type lane struct {
	items []*item
	sum   float64 // of their heights
}

// wish returns the height that a lane wants: the mean of its items and its ends.
func (l *lane) wish() float64 {
	last := l.items[len(l.items)-1]
	return (l.sum + l.items[0].left[0].y + last.right[0].y) / float64(len(l.items)+2)
}

// moveTo moves an item.
func (it *item) moveTo(y float64) {
	if it.lane != nil {
		it.lane.sum += y - it.y
	}
	it.y = y
}

// arrange lays out nodes of the given sizes.
func arrange(nodes []Node, sizes []box) *layout {
	columns, items, lanes := columnsOf(nodes, sizes)
	order(columns)
	settle(columns)
	l := &layout{boxes: make([]box, len(nodes)), routes: map[Use][]stretch{}}
	top := 0.0
	for _, c := range columns {
		for _, it := range c {
			top = min(top, it.y-it.h/2)
		}
	}
	x := margin
	left := make([]float64, len(columns))
	right := make([]float64, len(columns))
	for c, column := range columns {
		width := 0.0
		for _, it := range column {
			it.y += margin - top
			l.height = max(l.height, it.y+it.h/2+margin)
			if it.node >= 0 {
				width = max(width, sizes[it.node].w)
			}
		}
		left[c], right[c] = x, x+width
		for _, it := range column {
			if it.node >= 0 {
				s := sizes[it.node]
				l.boxes[it.node] = box{x + (width-s.w)/2, it.y - s.h/2, s.w, s.h}
			}
		}
		x += width + columnGap
	}
	l.width = x - columnGap + margin
	l.route(nodes, items, lanes, left, right)
	return l
}

// columnsOf returns the columns, with each node just left of the leftmost of its users, and all items
// and lanes.
func columnsOf(nodes []Node, sizes []box) (columns [][]*item, items []*item, lanes map[Use][]*item) {
	depth := make([]int, len(nodes)) // from the right
	deepest := 0
	for i := len(nodes) - 1; i >= 0; i-- {
		for _, u := range nodes[i].Users {
			depth[i] = max(depth[i], depth[u.User]+1)
		}
		deepest = max(deepest, depth[i])
	}
	columns = make([][]*item, deepest+1)
	add := func(column int, it *item) *item {
		it.column, it.place = column, len(columns[column])
		columns[column] = append(columns[column], it)
		return it
	}
	for i := range nodes {
		items = append(items, add(deepest-depth[i], &item{node: i, h: sizes[i].h}))
	}
	lanes = map[Use][]*item{}
	for i := range nodes {
		for _, u := range nodes[i].Users {
			at, whole := items[i], new(lane)
			for c := deepest - depth[i] + 1; c < deepest-depth[u.User]; c++ {
				it := add(c, &item{node: -1, h: laneH, lane: whole})
				whole.items = append(whole.items, it)
				join(at, it)
				at = it
			}
			lanes[u] = whole.items
			join(at, items[u.User])
		}
	}
	return columns, items, lanes
}

func join(a, b *item) {
	a.right, b.left = append(a.right, b), append(b.left, a)
}

// order sorts the columns so that few edges cross.
func order(columns [][]*item) {
	best, fewest := places(columns), crossings(columns)
	for k := range rounds(columns) {
		for c := range columns {
			neighbours := func(it *item) []*item { return it.left }
			if k%2 == 1 {
				c = len(columns) - 1 - c
				neighbours = func(it *item) []*item { return it.right }
			}
			sortBy(columns[c], neighbours)
		}
		if n := crossings(columns); n < fewest {
			best, fewest = places(columns), n
		}
	}
	for c := range columns {
		columns[c] = best[c]
		for i, it := range columns[c] {
			it.place = i
		}
	}
}

// rounds returns how often the columns are sorted: the more pairs of edges have to be counted, the less
// often.
func rounds(columns [][]*item) int {
	const enough = 50_000_000
	pairs := 0
	for _, column := range columns {
		edges := 0
		for _, it := range column {
			edges += len(it.right)
		}
		pairs += edges * edges
	}
	return min(2*sweeps, enough/max(1, pairs))
}

func places(columns [][]*item) [][]*item {
	var copied [][]*item
	for _, c := range columns {
		copied = append(copied, slices.Clone(c))
	}
	return copied
}

// sortBy sorts a column by the mean place of each item's neighbours; an item without
// neighbours keeps its place.
func sortBy(column []*item, neighbours func(*item) []*item) {
	mean := map[*item]float64{}
	for _, it := range column {
		mean[it] = float64(it.place)
		if n := neighbours(it); len(n) > 0 {
			sum := 0.0
			for _, other := range n {
				sum += float64(other.place)
			}
			mean[it] = sum / float64(len(n))
		}
	}
	slices.SortStableFunc(column, func(a, b *item) int { return cmp.Compare(mean[a], mean[b]) })
	for i, it := range column {
		it.place = i
	}
}

// crossings counts the pairs of edges that cross.
func crossings(columns [][]*item) int {
	n := 0
	for _, column := range columns {
		var edges [][2]int
		for _, it := range column {
			for _, to := range it.right {
				edges = append(edges, [2]int{it.place, to.place})
			}
		}
		for i, a := range edges {
			for _, b := range edges[:i] {
				if (a[0]-b[0])*(a[1]-b[1]) < 0 {
					n++
				}
			}
		}
	}
	return n
}

// settle sets the heights: each item as near to the mean of its neighbours as order and distances allow.
func settle(columns [][]*item) {
	for _, column := range columns {
		y := 0.0
		for i, it := range column {
			if i > 0 {
				y += apart(column[i-1], it)
			}
			it.moveTo(y)
		}
		for _, it := range column {
			it.moveTo(it.y - y/2)
		}
	}
	for k := range 2 * sweeps {
		for c := range columns {
			if k%2 == 1 {
				c = len(columns) - 1 - c
			}
			settleColumn(columns[c])
		}
	}
}

// apart is the least distance of two items that are one below the other.
func apart(a, b *item) float64 {
	gap := nodeGap
	if a.node < 0 || b.node < 0 {
		gap = laneGap
	}
	return a.h/2 + gap + b.h/2
}

// settleColumn moves the items of a column to where they want to be. Items that would then be too close
// move as a group, to the mean of what they want.
func settleColumn(column []*item) {
	type group struct {
		sum, weight float64 // of what its items want, less their offsets
		items       int
	}
	var groups []group
	offsets := make([]float64, len(column))
	for i, it := range column {
		if i > 0 {
			offsets[i] = offsets[i-1] + apart(column[i-1], it)
		}
		wish, n := 0.0, 0
		for _, other := range slices.Concat(it.left, it.right) {
			wish, n = wish+other.y, n+1
		}
		wish, weight := wish/float64(max(n, 1)), 1.0
		if it.node < 0 {
			wish, weight = it.lane.wish(), 4 // so that long edges are straight
		}
		groups = append(groups, group{weight * (wish - offsets[i]), weight, 1})
		for k := len(groups) - 1; k > 0 && groups[k-1].sum/groups[k-1].weight > groups[k].sum/groups[k].weight; k-- {
			groups[k-1].sum += groups[k].sum
			groups[k-1].weight += groups[k].weight
			groups[k-1].items += groups[k].items
			groups = groups[:k]
		}
	}
	i := 0
	for _, g := range groups {
		for range g.items {
			column[i].moveTo(g.sum/g.weight + offsets[i])
			i++
		}
	}
}

// route sets the routes: at a node, edges leave in the vertical order of where they go, and enter in
// that of where they come from.
func (l *layout) route(nodes []Node, items []*item, lanes map[Use][]*item, left, right []float64) {
	for i := range nodes {
		b, c := l.boxes[i], items[i].column
		uses := slices.Clone(nodes[i].Users)
		next := func(u Use) float64 {
			if way := lanes[u]; len(way) > 0 {
				return way[0].y
			}
			return items[u.User].y
		}
		slices.SortStableFunc(uses, func(a, b Use) int { return cmp.Compare(next(a), next(b)) })
		for k, u := range uses {
			way := []stretch{{b.x + b.w, right[c], spread(b, k, len(uses))}}
			for j, lane := range lanes[u] {
				way = append(way, stretch{left[c+1+j], right[c+1+j], lane.y})
			}
			l.routes[u] = way
		}
	}
	for i := range nodes { // the other ends
		b := l.boxes[i]
		var uses []Use
		for k := range nodes[i].Inputs {
			uses = append(uses, Use{i, k})
		}
		last := func(u Use) float64 { way := l.routes[u]; return way[len(way)-1].y }
		slices.SortStableFunc(uses, func(a, b Use) int { return cmp.Compare(last(a), last(b)) })
		for k, u := range uses {
			l.routes[u] = straightened(append(l.routes[u], stretch{left[items[i].column], b.x, spread(b, k, len(uses))}))
		}
	}
}

// straightened joins lanes that are nearly level.
func straightened(way []stretch) []stretch {
	out := way[:1]
	for k, s := range way[1:] {
		last := &out[len(out)-1]
		if isLane := len(out) > 1 && k+2 < len(way); isLane && math.Abs(s.y-last.y) < 2 {
			last.to = s.to
		} else {
			out = append(out, s)
		}
	}
	return out
}

// spread is the height of the k-th of n ends at a side of a box.
func spread(b box, k, n int) float64 { return b.y + b.h*float64(k+1)/float64(n+1) }
