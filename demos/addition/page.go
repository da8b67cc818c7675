package addition

import (
	_ "embed"
	"fmt"
	"strings"

	"gentlegrad/demos/chart"
	"gentlegrad/demos/draw"
	"gentlegrad/demos/page"
	"gentlegrad/tensor"
)

//go:embed network.go
var source string

// code returns the part of network.go that builds the network.
func code() string {
	_, text, _ := strings.Cut(source, "// The sizes of the network.\n")
	text, _, _ = strings.Cut(text, "\n// answers returns")
	return text
}

// columns are the digits of a sum, in the order in which the network writes them.
var columns = [written]string{"ones", "tens", "hundreds", "thousands"}

// Page returns the training, the mistakes and the attention as a page.
func (r *Result) Page() page.Page {
	return page.Page{
		Title:   "A transformer learns to add",
		Lead:    "Two blocks, each of attention and a hidden layer, trained by Adam on a few thousand sums. To the network a sum is a text of tokens without meaning, in which it has to predict the next token.",
		Figures: []page.Figure{r.learning(), r.looking(), r.failing()},
		Foot: "The transformer: A. Vaswani and others, Attention is all you need, 2017; with the norm first, R. Xiong and others, On layer normalization in the transformer architecture, 2020. " +
			"Sums are learned more easily with the ones first: N. Lee and others, Teaching arithmetic to small transformers, 2023.",
	}
}

func (r *Result) learning() page.Figure {
	s := r.example()
	return page.Figure{
		Number: 1, Title: "The loss, and what is right",
		Text: []string{
			fmt.Sprintf("There are a million sums of two numbers of up to three digits. The network is trained on %d of them, again and again, and tested on %d others that it is never trained on. At first it gets hardly any of these right; then, within a few hundred steps, it gets nearly all right: it has not learned sums by heart, but how to add.", trained, len(r.HeldOut)),
			fmt.Sprintf("A sum is written as “%s%s”, with the ones of the result first, as one adds by hand: then a carry moves in the direction in which the digits are written. Each token and each place has a vector of %d numbers, which are learned; the sum of both vectors goes into the first block. The loss is the cross-entropy of the four digits after the =.", s.question(), s.answer(), size),
			"The network learns the thousands first: they are 0 or 1, and the digits before nearly determine which. Next it learns the ones, which get no carry.",
		},
		Panels: []page.Panel{r.lossChart().Panel(), r.rightChart().Panel()},
		Facts: []page.Fact{
			{Name: "network", Value: r.Net.String()},
			{Name: "sums to train on", Value: fmt.Sprint(trained)},
			{Name: "steps", Value: fmt.Sprintf("%d, of %d sums each", len(r.Epochs)*steps, batch)},
			{Name: "held out", Value: fmt.Sprint(len(r.HeldOut))},
			{Name: "of these, right", Value: draw.Percent(r.Accuracy())},
		},
		Code: code(),
	}
}

// at returns the number of steps after each epoch.
func (r *Result) at() (x []float64) {
	for i := range r.Epochs {
		x = append(x, float64((i+1)*steps))
	}
	return x
}

func (r *Result) lossChart() chart.Chart {
	var trained, heldOut []float64
	for _, e := range r.Epochs {
		trained, heldOut = append(trained, e.Loss), append(heldOut, e.HeldOut)
	}
	return chart.Chart{
		Name: "loss", Title: "Cross-entropy", X: "step", Y: "mean over digits", LogY: true,
		Desc:  "The loss on the training sums and on the held-out sums, after each epoch.",
		Lines: []chart.Line{{Name: "training: mean over the epoch", X: r.at(), Y: trained}, {Name: "held out: at the epoch’s end", X: r.at(), Y: heldOut}},
	}
}

func (r *Result) rightChart() chart.Chart {
	c := chart.Chart{
		Name: "right", Title: "Right of the sums held out", X: "step", Y: "%",
		Desc: "The share of right digits, and of sums in which all are right, after each epoch.",
	}
	for i, name := range append(columns[:], "all four") {
		var y []float64
		for _, e := range r.Epochs {
			y = append(y, 100*append(e.Digits[:], e.Right)[i])
		}
		c.Lines = append(c.Lines, chart.Line{Name: name, X: r.at(), Y: y})
	}
	return c
}

func (r *Result) looking() page.Figure {
	s := r.example()
	f := page.Figure{
		Number: 2, Title: "Where it looks",
		Text: []string{
			fmt.Sprintf("The attention of each head while the network writes %v, predicting each digit at the place before it. A row is a digit to be written, a column is a place to look at: the stronger the colour, the more attention it gets. Each row adds up to 1. Later places are hidden.", s),
			"In the first block each place still holds a single token. Three of the heads look for the two digits of the column that is being added, although nobody told them which digits belong together. In the second block each place holds what the first has made of it and of others, so where a head looks says less.",
			"The table shows how much of the first block’s attention goes to the two digits of the column: the mean over its heads and over all held-out sums. If all places got the same attention, it would be a fifth to a quarter.",
		},
	}
	for i, weights := range r.Net.attention(s) {
		for head := range heads {
			f.Panels = append(f.Panels, page.Panel{
				Name:    fmt.Sprintf("block%d-head%d", i+1, head+1),
				Drawing: drawAttention(s, i, head, weights.Slice(1, head, head+1).Reshape(written, length)),
			})
		}
	}
	for i, v := range r.aligned() {
		f.Facts = append(f.Facts, page.Fact{Name: "for the " + columns[i], Value: draw.Percent(v)})
	}
	return f
}

// aligned returns, for the ones, tens and hundreds, how much of its attention the first block gives to
// the two digits that are to be added: the mean over its heads and the sums held out.
func (r *Result) aligned() (share [digits]float64) {
	weights := r.Net.attention(r.HeldOut...)[0]
	mean := new(tensor.Tensor).Mean(weights, 0, 1) // written × length
	for i := range share {
		first := digits - 1 - i // the place of the digit in the first number
		share[i] = mean.At(i, first) + mean.At(i, first+digits+1)
	}
	return share
}

// drawAttention draws what a head looks at, weights [written, length], for each digit of a sum.
func drawAttention(s Sum, block, head int, weights *tensor.Tensor) *draw.Drawing {
	const cell, left, top = 22, 86, 46
	d := draw.New(left+length*cell+8, top+written*cell+8, fmt.Sprintf("b%d-h%d-", block+1, head+1))
	title := fmt.Sprintf("Block %d, head %d", block+1, head+1)
	d.Describe(title, fmt.Sprintf("The weights with which the head looks at the tokens of %s%s, for each digit of the sum.", s.question(), s.answer()))
	d.Text(left+length*cell/2, 16, title).Size(14).Anchor(draw.Middle).Bold()
	text := s.question() + s.answer()
	for j := range length {
		d.Text(left+(float64(j)+.5)*cell, top-8, text[j:j+1]).Size(13).Anchor(draw.Middle)
	}
	for i := range written {
		y := top + float64(i)*cell
		d.Text(left-8, y+15, fmt.Sprintf("%s %c", columns[i], text[asked+1+i])).Size(12).Anchor(draw.End)
		for j := range asked + 1 + i { // the others are hidden
			b := draw.Box{X: left + float64(j)*cell, Y: y, W: cell, H: cell}
			d.Rect(b).Fill(draw.Series(0).Color).Set("fill-opacity", draw.Num(weights.At(i, j))).Stroke(draw.Stroke{Color: draw.Rule, Width: .5})
		}
	}
	return d
}

func (r *Result) failing() page.Figure {
	f := page.Figure{Number: 3, Title: "What it got wrong on the way"}
	list, epoch := r.mistakes()
	if epoch == 0 {
		f.Text = []string{"After every epoch there were too few wrong sums to be worth showing here."}
		return f
	}
	e := r.Epochs[epoch-1]
	f.Text = []string{
		fmt.Sprintf("After %d steps, %s of the held-out sums were right. These are the first of the others, as the network wrote them, each digit based on those that it had written before.", epoch*steps, draw.Percent(e.Right)),
	}
	carries := 0
	for _, m := range list {
		if m.byOne() {
			carries++
		}
		f.Facts = append(f.Facts, page.Fact{Name: m.Sum.String(), Value: reverse(m.Answer)})
	}
	f.Text = append(f.Text, fmt.Sprintf("%d of these %d are wrong by 1, 10, 100 or 1000, as when a carry is forgotten or one is added that should not be.", carries, len(list)))
	return f
}
