package autoencoder

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"gentlegrad/autograd"
	"gentlegrad/demos/chart"
	"gentlegrad/demos/digits"
	"gentlegrad/demos/draw"
	"gentlegrad/demos/page"
	"gentlegrad/tensor"
)

// Page returns a page about the code, what the decoder makes of codes and of pictures, and the classifiers.
func (r *Result) Page() page.Page {
	return page.Page{
		Title: "Learning without targets: an autoencoder",
		Lead:  "A network that learns to reproduce its input needs no targets. If there is little room in its middle, it has to find out what pictures have in common. The article announces a sequel about autoencoders, and pretraining by them.",
		Figures: []page.Figure{
			r.codes(), r.decoded(), r.pretraining(),
		},
		Foot: "Autoencoders and pretraining: G. Hinton and R. Salakhutdinov, Reducing the dimensionality of data with neural networks, 2006. The pictures: " +
			page.Escaped(strings.TrimPrefix(digits.Source, "# digits.csv.gz")),
	}
}

// encode returns the codes of the pictures x: [n, 2].
func (r *Result) encode(x *tensor.Tensor) *tensor.Tensor {
	return r.Net.Encoder.Forward(autograd.Constant(x)).Value()
}

// codes draws each picture held out as its digit, at its code.
func (r *Result) codes() page.Figure {
	c := r.encode(r.Held)
	d := draw.New(560, 460, "codes-")
	d.Describe("The code", "Each picture that was not trained on is shown as its digit, at the two numbers that the network makes of it. Pictures of the same digit lie together.")
	xs, ys := c.Slice(1, 0, 1).Data(), c.Slice(1, 1, 2).Data()
	ax := d.Axes(draw.AxesSpec{
		Box: draw.Box{W: 560, H: 460}, X: draw.Extent(.04, xs), Y: draw.Extent(.04, ys),
		Title: "The codes of pictures held out", XLabel: "first number", YLabel: "second number", Grid: true,
	})
	for i := range xs {
		digit := int(r.Digits.At(i))
		ax.Data.Text(ax.X.At(xs[i]), ax.Y.At(ys[i])+4, fmt.Sprint(digit)).Anchor(draw.Middle).Size(12).Fill(draw.Series(digit % 7).Color)
	}
	var trained, held []float64
	for _, e := range r.Epochs {
		trained, held = append(trained, e.Loss), append(held, e.Validation)
	}
	loss := chart.Chart{
		Name: "loss", Title: "Error of a pixel", X: "epoch", Y: "mean (a − x)^2", LogY: true,
		Desc:  "The errors of the pictures trained on and of those held out.",
		Lines: []chart.Line{{Name: "training", Y: trained}, {Name: "held out", Y: held}, {Name: "always the mean picture", X: []float64{1, float64(len(held))}, Y: []float64{r.Baseline, r.Baseline}}},
	}
	return page.Figure{
		Number: 1, Title: "Sixty-four pixels as two numbers",
		Text: []string{
			"The encoder turns the 64 pixels of a picture into two numbers, and the decoder turns the two numbers into 64 pixels again. The loss compares these with the picture itself, so the network learns what to keep.",
			"Nobody told the network which digit a picture shows, nor that there are ten. Yet pictures of the same digit come to lie together, because they look alike.",
		},
		Facts: []page.Fact{
			{Name: "encoder", Value: r.Net.Encoder.String()},
			{Name: "decoder", Value: r.Net.Decoder.String()},
			{Name: "error with two numbers", Value: fmt.Sprintf("%.4f", r.end())},
			{Name: "error of the mean picture", Value: fmt.Sprintf("%.4f", r.Baseline)},
		},
		Panels: []page.Panel{{Name: "codes", Drawing: d}, loss.Panel()},
		Code:   page.Function(trainSource, "newAutoencoder") + "\n" + page.Function(trainSource, "learn"),
	}
}

// decoded draws the pictures that the decoder makes of codes all over the plane, and of the codes of
// some pictures.
func (r *Result) decoded() page.Figure {
	const n, pixel, gap = 12, 5, 4
	const step = size*pixel + gap
	c := r.encode(r.Held)
	x, y := middle(c.Slice(1, 0, 1).Data()), middle(c.Slice(1, 1, 2).Data())
	grid := tensor.New(n*n, 2)
	for i := range n {
		for j := range n {
			grid.SetAt(x.Lo+(x.Hi-x.Lo)*float64(j)/(n-1), i*n+j, 0)
			grid.SetAt(y.Hi-(y.Hi-y.Lo)*float64(i)/(n-1), i*n+j, 1)
		}
	}
	made := r.Net.Decoder.Forward(autograd.Constant(grid)).Value()
	plane := draw.New(n*step+gap, n*step+gap, "plane-")
	plane.Describe("What the decoder makes of codes", "A grid of codes all over the plane, each as the picture that the decoder makes of it: one digit turns into its neighbour.")
	var some album
	for i := range n * n {
		some.add(made.Slice(0, i, i+1).Data(), float64(gap+i%n*step), float64(gap+i/n*step), pixel)
	}
	some.draw(plane.Node)

	pairs := draw.New(10*step+gap, 2*step+gap, "pairs-")
	pairs.Describe("Pictures and what becomes of them", "The first picture of each digit held out, above, and what the network makes of it, below.")
	all := r.Net.Forward(autograd.Constant(r.Held)).Value()
	var two album
	for digit := range classes {
		i := slices.Index(r.Digits.Data(), float64(digit))
		if i < 0 {
			continue
		}
		at := float64(gap + digit*step)
		two.add(r.Held.Slice(0, i, i+1).Data(), at, gap, pixel)
		two.add(all.Slice(0, i, i+1).Data(), at, gap+step, pixel)
	}
	two.draw(pairs.Node)
	return page.Figure{
		Number: 2, Title: "What two numbers say",
		Text: []string{
			"The grid shows the decoder alone, given codes all over the plane of figure 1, from the middle nine tenths of each number: it draws digits that nobody wrote, and between two digits shapes that are between the two.",
			"The strip shows pictures that were not trained on, each above what the network makes of it. The two numbers tell how heavy a picture is, how it leans, and often which digit it is; but a 3 may become another digit.",
		},
		Panels: []page.Panel{{Name: "plane", Drawing: plane}, {Name: "pairs", Drawing: pairs}},
	}
}

// pretraining shows the classifiers.
func (r *Result) pretraining() page.Figure {
	f := page.Figure{
		Number: 3, Title: "A start for a classifier",
		Text: []string{
			fmt.Sprintf("Labels are expensive, pictures are not. A classifier gets %d pictures with their labels, about five of each digit. Its layers, of sizes %v, start at random, or as the encoder of an autoencoder that has seen all %d pictures, without labels and with a tenth of their pixels set to 0.", labels, strings.Trim(strings.Join(strings.Fields(fmt.Sprint(hidden)), "-"), "[]"), r.Trained),
			"With sigmoids, the article’s units, the encoder is on average a much better start. With rectifiers a random start is about as good, and which is better depends on the seed: that may be why pretraining of this kind went out of fashion. The curves are means over five seeds, which choose the pictures, the labels and the starts; the table shows the gain for each seed. Before pretraining, the encoder has the same parameters as the random start.",
		},
		Code: page.Function(pretrainSource, "classify"),
	}
	for i, c := range r.Pretrained {
		f.Panels = append(f.Panels, chart.Chart{
			Name: fmt.Sprintf("start%d", i), Title: c.Name, X: "pass over the labelled pictures", Y: "read right of those held out",
			Desc:  fmt.Sprintf("The share of held-out pictures read right by classifiers with %s units that start at random, and from an encoder.", c.Name),
			Lines: []chart.Line{{Name: "random start", Y: c.Random}, {Name: "from an encoder", Y: c.Encoder}},
		}.Panel())
		var gains []string
		for _, g := range c.Gains {
			gains = append(gains, strings.Replace(fmt.Sprintf("%+.1f", 100*g), "-", "−", 1))
		}
		f.Facts = append(f.Facts, page.Fact{Name: c.Name + ", at the end", Value: fmt.Sprintf("%.1f %% and %.1f %%; gains by seed, in points: %s",
			100*c.Random[passes-1], 100*c.Encoder[passes-1], strings.Join(gains, ", "))})
	}
	return f
}

// An album gathers pixels by their shades, so that each shade is one path.
type album struct{ shades [16]draw.Pen }

// add puts a picture at a place, in pixels.
func (a *album) add(picture []float64, x, y, pixel float64) {
	for i, v := range picture {
		p := &a.shades[int(v*15+.5)]
		left, top := x+float64(i%size)*pixel, y+float64(i/size)*pixel
		p.Move(left, top)
		p.Line(left+pixel, top)
		p.Line(left+pixel, top+pixel)
		p.Line(left, top+pixel)
		p.Close()
	}
}

func (a *album) draw(n *draw.Node) {
	for i := range a.shades {
		if path := a.shades[i].String(); path != "" {
			gray := 255 - 17*i
			n.Path(path).Fill(fmt.Sprintf("#%02x%02x%02x", gray, gray, gray)).Set("shape-rendering", "crispEdges")
		}
	}
}

// middle is the range of the numbers without a twentieth at both ends.
func middle(v []float64) draw.Range {
	s := slices.Sorted(slices.Values(v))
	return draw.Range{Lo: s[len(s)/20], Hi: s[len(s)-1-len(s)/20]}
}

//go:embed train.go
var trainSource string

//go:embed pretrain.go
var pretrainSource string
