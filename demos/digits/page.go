package digits

import (
	"fmt"
	"strings"

	"gentlegrad/demos/chart"
	"gentlegrad/demos/draw"
	"gentlegrad/demos/page"
)

// Page returns the training and the mistakes as a page.
func (r *Result) Page() page.Page {
	training := page.Figure{
		Number: 1, Title: "The loss, epoch by epoch",
		Text: []string{
			"Each epoch is a pass over the training pictures in batches of 32, in a new order. The training loss is measured with dropout and before each step, the validation loss without dropout and at the end of the epoch: so the first may lie above the second.",
			fmt.Sprintf("The network keeps the parameters of epoch %d, where the validation loss is least. The held-out pictures play no part in this choice.", r.Best),
		},
		Panels: []page.Panel{r.lossChart().Panel()},
		Facts: []page.Fact{
			{Name: "network", Value: r.Net.String()},
			{Name: "pictures to train on", Value: fmt.Sprint(r.Trained)},
			{Name: "to decide when to stop", Value: fmt.Sprint(r.Validated)},
			{Name: "held out", Value: fmt.Sprint(r.HeldOut)},
			{Name: "read right of those", Value: draw.Percent(r.Accuracy())},
		},
	}
	misread := page.Figure{
		Number: 2, Title: "The pictures that are misread",
		Text: []string{"All pictures of the held-out fifth that the network misreads, with the probability that it gives to each of the ten digits. The bar of the right digit is framed."},
	}
	for i, m := range r.Mistakes {
		misread.Panels = append(misread.Panels, page.Panel{Name: fmt.Sprintf("mistake%d", i), Drawing: m.drawing(i)})
	}
	return page.Page{
		Title:   "A convolutional network reads handwritten digits",
		Lead:    "Two convolutions, each followed by max pooling over 2 × 2 pixels, then dropout and a linear layer; trained by Adam on the cross-entropy, from a fixed seed.",
		Figures: []page.Figure{training, misread},
		Foot:    page.Escaped(strings.TrimPrefix(Source, "# digits.csv.gz")),
	}
}

func (r *Result) lossChart() chart.Chart {
	var trained, validated []float64
	for _, e := range r.Epochs {
		trained, validated = append(trained, e.Loss), append(validated, e.Validation)
	}
	return chart.Chart{
		Name: "loss", Title: "Cross-entropy", X: "epoch", Y: "mean over pictures", LogY: true,
		Desc:  "The loss of the training and of the validation pictures after each epoch.",
		Lines: []chart.Line{{Name: "training", Y: trained}, {Name: "validation", Y: validated}},
	}
}

// drawing draws the picture, and beside it a bar for the probability of each digit.
func (m Mistake) drawing(i int) *draw.Drawing {
	const pixel, left, bar, row = 18, size*18 + 30, 110, 14.4
	d := draw.New(left+bar+40, size*pixel+8, fmt.Sprintf("m%d-", i))
	d.Describe(fmt.Sprintf("A %d read as %d", m.Digit, m.Read),
		fmt.Sprintf("The network gives %s to %d and %s to %d.", draw.Percent(m.Probabilities[m.Read]), m.Read, draw.Percent(m.Probabilities[m.Digit]), m.Digit))
	for y := range size {
		for x := range size {
			shade := 255 - int(m.Picture.At(y, x)*255+.5)
			d.Rect(draw.Box{X: float64(4 + x*pixel), Y: float64(4 + y*pixel), W: pixel, H: pixel}).Fill(fmt.Sprintf("#%02x%02x%02x", shade, shade, shade))
		}
	}
	d.Rect(draw.Box{X: 4, Y: 4, W: size * pixel, H: size * pixel}).Fill("none").Stroke(draw.Stroke{Color: draw.Muted, Width: 1})
	for digit, p := range m.Probabilities {
		y := 4 + row*float64(digit)
		d.Text(left-10, y+11, fmt.Sprint(digit)).Size(12).Anchor(draw.Middle)
		d.Rect(draw.Box{X: left, Y: y + 2, W: max(p*bar, .5), H: row - 4}).Fill(draw.Series(0).Color)
		if digit == m.Digit {
			d.Rect(draw.Box{X: left - 18, Y: y, W: bar + 22, H: row}).Fill("none").Stroke(draw.Stroke{Width: 1.2})
		}
	}
	return d
}
