// Package figures draws the article's figures: as files, and as parts of a page that
// a reader can play with. What is drawn comes from the library: networks are real
// layers, derivatives and surfaces are values of graph nodes, trainings are runs.
package figures

import (
	"fmt"

	"gentlegrad/demos/page"
	"gentlegrad/demos/problems"
	"gentlegrad/demos/training"
	"gentlegrad/demos/walk"
)

// A Figure is one of the article's figures. If it is a training, Train trains; Draw draws.
type Figure struct {
	page.Figure                  // once it is drawn with panels, facts and data
	Training    *training.Config // how it trains, as it was published; nil if it is no training
	Run         *training.Run    // once it is trained
	Printed     *training.Run    // of the article's printed code; nil where that is no different
	SVG         []byte           // once it is drawn: a file of its own

	maker func(f *Figure) // draws it
}

// File returns the name of the figure's files, without an extension.
func (f Figure) File() string { return fmt.Sprintf("figure-%02d", f.Number) }

// Train returns the figure, trained as it was published and as the article's printed code
// trains. Progress is of the first, as of [training.Train].
func (f Figure) Train(progress func(done int)) (Figure, error) {
	run, err := training.Train(*f.Training, progress)
	if err != nil {
		return f, err
	}
	f.Run = run
	if printed := f.Training.AsPrinted(); printed.Anneal != f.Training.Anneal {
		f.Printed, err = training.Train(printed, nil)
	}
	return f, err
}

// Draw returns the figure, drawn.
func (f Figure) Draw() Figure {
	f.maker(&f)
	f.Links = append(f.Links, page.Link{Text: "The figure as a file", Address: f.File() + ".svg"})
	if f.Run != nil {
		f.Links = append(f.Links, page.Link{Text: "The run as JSON", Address: f.File() + ".json"})
	}
	return f
}

// Page returns the page of drawn figures.
func Page(list []Figure) page.Page {
	p := page.Page{
		Title: "A gentle introduction to artificial neural networks, redrawn",
		Lead:  `Every figure of <a href="https://theclevermachine.wordpress.com/2014/09/11/a-gentle-introduction-to-artificial-neural-networks/">Dustin Stansbury’s article</a>, drawn anew by a library of layers and automatic differentiation. The training figures, 8 to 14, show networks that were just trained: differentiated by traversing the graph, and compared at every step with the article’s delta rules.`,
		Foot:  "Figures after “A Gentle Introduction to Artificial Neural Networks” by Dustin Stansbury (The Clever Machine). Drawn by gentlegrad.",
	}
	for _, f := range list {
		p.Figures = append(p.Figures, f.Figure)
	}
	p.Opening, p.Closing = opening(), closing()
	return p
}

// All returns the article's figures, by their numbers, to be drawn.
func All() []Figure {
	return []Figure{
		{
			Figure: page.Figure{
				Number: 1, Title: "A single-layer network",
				Text: []string{
					"Each input a is multiplied by a weight of its own; the products and a bias, which is the weight of an input that is always 1, are summed to the pre-activation z = Σ a_i w_i + b. The output is g(z), where g is the activation function.",
					"With the identity for g this is linear regression; with the logistic sigmoid it is a linear classifier. Such networks are often called perceptrons, after the first of the 1950s, whose g was a step.",
				},
				Code:     "net := layers.Sequential{layers.NewLinear(3, 1, layers.Xavier(rng)), layers.Sigmoid{}}\n",
				Python:   singleLayerPython,
				Formulas: []string{"z = Σ_i a_i w_i + b", `a_{"out"} = g(z)`},
			},
			maker: singleLayer,
		},
		{
			Figure: page.Figure{
				Number: 2, Title: "Activation functions and their derivatives",
				Text: []string{
					"Sigmoid and tanh saturate: far from zero they are flat, their derivative vanishes, and so does the gradient that passes through them. Near zero they are steepest: ¼ for the sigmoid, 1 for tanh.",
					"Both derivatives can be had from the function itself, g(1 − g) and 1 − g², which is why a network keeps its activations on the way forward. The curves on the right were not written down: they are ∂Σg(z)/∂z by automatic differentiation.",
					"The output’s activation depends on the task: sigmoid for classes coded 0 and 1, tanh for −1 and 1, linear for a number.",
				},
				Code:   "z := autograd.Variable(tensor.Linspace(-5, 5, 100))\ngrads := autograd.Backward(z.Sigmoid().Sum())\nprime := grads.Of(z) // g′(z), element by element\n",
				Python: activationPython,
				Formulas: []string{
					`"linear: " g(z) = z`, `g′(z) = 1`,
					`"logistic: " g(z) = {1}/{1 + e^{−z}}`, `g′(z) = g(z)(1 − g(z))`,
					`"tanh: " g(z) = {e^z − e^{−z}}/{e^z + e^{−z}}`, `g′(z) = 1 − g(z)^2`,
				},
			},
			maker: activationFunctions,
		},
		{
			Figure: page.Figure{
				Number: 3, Title: "A multi-layer network",
				Text: []string{
					"Networks of one layer are building blocks. A hidden layer between input and output makes the function a composition, a_k = g_k(b_k + Σ_j g_j(b_j + Σ_i a_i w_{ij}) w_{jk}), which can bend in ways that one layer cannot. Layers are counted by their sets of weights: this network has two. Biases are not drawn.",
					"The hidden activation must not be linear, or the layers collapse into one.",
				},
				Code:   "net := layers.Sequential{\n\tlayers.NewLinear(3, 4, layers.Xavier(rng)), layers.Sigmoid{},\n\tlayers.NewLinear(4, 2, layers.Xavier(rng)), layers.Sigmoid{},\n}\n",
				Python: multiLayerPython,
				Formulas: []string{
					"z_j = Σ_i a_i w_{ij} + b_j", "a_j = g_j(z_j)",
					"z_k = Σ_j a_j w_{jk} + b_k", "a_k = g_k(z_k)",
					"E = ½ Σ_k (a_k − t_k)^2",
				},
			},
			maker: multiLayer,
		},
		{
			Figure: page.Figure{
				Number: 4, Title: "The error surface of a network with one weight", Kind: "descent",
				Text: []string{
					"A network of one weight and no bias is to answer 1 when its input is 1. The curve is its error for every weight: near 1 where the weight is very negative, falling to 0 as it becomes large and positive, because the sigmoid turns large numbers into 1. The article draws this curve as a ribbon in 3-D; with one weight there is nothing in the third dimension.",
					"Gradient descent starts at the orange dot and rolls downhill. At the left the sigmoid is flat, so that the gradient nearly vanishes and descent hardly moves, although the error could not be much larger. On the slope it runs, and on the low ground it creeps again: the minimum is at infinity. Pick another start to see it.",
				},
				Code: descentCode(start4...), Python: descentPython(start4...),
			},
			maker: oneWeight,
		},
		{
			Figure: page.Figure{
				Number: 5, Title: "The error surface of a network with two weights", Kind: "descent",
				Text: []string{
					"With a second unit behind the first, the output is g(w₂ g(w₁)), and the error becomes a landscape over two weights. It is low in the valley where both are large and positive, and close to 1 where w₁ is large and w₂ very negative. Where w₁ is very negative the hidden unit is silent, the output is g(0) = ½ whatever w₂ is, and the error stays at ¼: a wide plateau.",
					"Each layer and each unit adds a dimension and more such features, so that the error surface of a larger network is much more complicated. On the plateaus the gradient nearly vanishes. Every start here gets the same number of steps at the same rate: some run down at once, some need hundreds of steps to reach the edge, and some are still up there at the end. From w₂ < 0 the way down can even lead to the plateau first, since there a smaller w₁ also lowers the error.",
				},
				Code: descentCode(start5...), Python: descentPython(start5...),
			},
			maker: twoWeights,
		},
		{
			Figure: page.Figure{
				Number: 6, Title: "Two books, one walk",
				Text: []string{
					"How much is each weight to blame for an error? The left book answers as the article does, in four steps, which are drawn here as the article draws them, with rules derived by hand, for one kind of network. I: the observation goes forward. II: the error’s derivative comes back; at each z it is called the error signal δ. III: each weight’s gradient is the activity below it times the error signal above it. IV: each parameter moves against its gradient. The right book has no rules for networks. It has the graph that the program recorded, and a walk back through it.",
					"What is δ in the graph? The gradient that has gathered at a z when the walk comes there. The walk holds it as dy, and in one visit passes δ · wᵀ to the activity below, which is step II, and aᵀ · δ to the weight, which is step III: two inputs of one operation, in one loop.",
					"Why does a node that is used twice get a sum? A change of it changes the error in two ways, and for small changes the two add up. So every contribution is added to what is there (+=), and the walk comes to a node only when all its users have been visited.",
					"What has to be derived for something new? By hand: every rule that it touches, and who changes the network must find them all. In the graph: the local rule of the new operation, once, if there is a new operation at all. Choose another graph, and compare: the left book is written again, and the traversal does not change by a line.",
					"Numerical derivatives are the third witness: the error is computed again with a number slightly changed. They know no rule at all, and their error bound says how far they can be trusted.",
					"The error here is E = ½ (a − t)², whose derivative is a − t. The losses that the article plots are (a − t)²: twice as much, and twice the gradient.",
				},
				Code: "loss := net.Forward(x).SquaredError(t)\nfmt.Print(trace.Backward(loss)) // the walk back, as text\nerr := walk.WritePage(file, \"My network\", loss) // any graph, as a page like this\n",
			},
			maker: twoBooks,
		},
		{
			Figure: page.Figure{
				Number: 7, Title: "The truth tables of AND, OR and XOR",
				Text: []string{
					"These are the classes of the four corners. The training data are noisy copies of the corners: normal noise with a standard deviation of 0.15 is added to both inputs, and the class stays that of the corner.",
				},
				Formulas: []string{
					`"AND: " t = c_1 c_2`, `"OR: " t = c_1 + c_2 − c_1 c_2`, `"XOR: " t = c_1 + c_2 − 2 c_1 c_2`,
					`x_i = c_i + 0.15 ε_i`,
					`c " is a corner, the " ε_i " are normal"`,
				},
			},
			maker: truthTables,
		},
		{
			Figure: page.Figure{
				Number: 8, Title: "Learning OR without a hidden layer", Kind: "player",
				Text: []string{
					"One sigmoid unit is a linear classifier: its decision boundary is a straight line. OR is true in three of the four corners, and a line can cut the fourth off. What is still wrong is noise that fell on the other side.",
				},
			},
			Training: published("OR"),
			maker:    learning,
		},
		{
			Figure: page.Figure{
				Number: 9, Title: "Learning AND without a hidden layer", Kind: "player",
				Text: []string{
					"AND needs a line too, in another place. The same network, from the same initial weights, finds it from the data alone.",
				},
			},
			Training: published("AND"),
			maker:    learning,
		},
		{
			Figure: page.Figure{
				Number: 10, Title: "Learning XOR without a hidden layer", Kind: "player",
				Text: []string{
					"No line has the two true corners of XOR on one side and the two false ones on the other. After some ten iterations nothing changes from one to the next any more: within each the line moves with every observation, and then is back where it was. It then lies outside the square that is drawn, so that all of it is on one side of a = 0.5 and half of the classes are wrong.",
					"More layers do not help as long as they are linear: (x·w_1)·w_2 = x·(w_1·w_2) is one linear layer again. It takes a nonlinear activation in between.",
				},
			},
			Training: published("XOR"),
			maker:    learning,
		},
		{
			Figure: page.Figure{
				Number: 11, Title: "Learning XOR with 4 hidden sigmoid units", Kind: "player",
				Text: []string{
					"A hidden layer of four sigmoid units bends the plane first, so that the output unit’s line becomes a curve. (The article’s caption calls this boundary linear; it is not.)",
					"Each hidden unit draws one soft line through the plane, as its map shows, and the output unit combines them.",
				},
			},
			Training: published("XOR", 4),
			maker:    learning,
		},
		{
			Figure: page.Figure{
				Number: 12, Title: "Learning RING with 4 hidden sigmoid units", Kind: "player",
				Text: []string{
					"Points in the middle are class 0, points around them class 1, as in the article’s code and picture; its text has them the other way round. For some twenty iterations nothing seems to happen; then the loss begins to fall, and between iterations 30 and 36 the hidden units close a ring around the centre.",
					"A network with enough hidden units can approximate any continuous function on a bounded region, which is what makes it worth training. With the annealing of the printed code the rate is spent before the ring closes.",
				},
			},
			Training: published("RING", 4),
			maker:    learning,
		},
		{
			Figure: page.Figure{
				Number: 13, Title: "Fitting sin x + 2.5 with 3 hidden tanh units", Kind: "player",
				Text: []string{
					"The hidden units are tanh and the output is linear: the prediction is b plus a sum of shifted, scaled S-curves a_j w_j, one for each hidden unit. Three of them make most of a sine wave. As in the article each is drawn dashed with b added, a_j w_j + b, while the prediction counts b once.",
					"Online gradient descent at this rate is restless; annealing, which belongs to this figure, settles it.",
				},
			},
			Training: published("SIN", 3),
			maker:    learning,
		},
		{
			Figure: page.Figure{
				Number: 14, Title: "Fitting |x| with 3 hidden tanh units", Kind: "player",
				Text: []string{
					"The same network fits |x|. One of the three units goes out of use on the way: its weights shrink to nothing, and its dashed line to b.",
					"This run is chaotic: a difference in the last digit of one activation grows 300-fold with every early iteration, until the annealed rate calms it. After the first few iterations another program will reproduce only one to three digits of its losses; nothing else on this page is so sensitive.",
				},
			},
			Training: published("ABS", 3),
			maker:    learning,
		},
	}
}

// twoBooks makes figure 6, and as a file of its own one step of the walk through the graph with a weight that is
// used twice.
func twoBooks(f *Figure) {
	var books []*walk.Book
	for _, e := range walk.Examples() {
		b := e.Book()
		books = append(books, b)
		if e.ID == "tied" {
			f.SVG = b.SVG("z1-w")
		}
	}
	f.Body = walk.Fragment(books...)
	for i, s := range backpropagationSteps {
		f.Panels = append(f.Panels, s.panel(i))
	}
}

// published returns how a figure trains as the article published it: without annealing in a
// classification, which the printed code has.
func published(problem string, hidden ...int) *training.Config {
	c := training.Defaults(problems.MustByName(problem))
	c.Hidden = hidden
	return &c
}
