// Package figures draws the article's figures, as files and as parts of a page that
// a reader can play with. Everything drawn comes from the library: networks are real
// layers, derivatives and surfaces are values of graph nodes, trainings are real runs.
package figures

import (
	"fmt"

	"gentlegrad/demos/page"
	"gentlegrad/demos/problems"
	"gentlegrad/demos/training"
	"gentlegrad/demos/walk"
)

// A Figure is one of the article's figures. Train runs its training, if it shows one; Draw draws it.
type Figure struct {
	page.Figure                  // Draw adds its panels, facts and data
	Training    *training.Config // the settings of the published figure; nil if it shows no training
	Run         *training.Run    // set by Train
	Printed     *training.Run    // by the article's printed code, set by Train; nil where the code trains in the same way
	SVG         []byte           // the figure as a file of its own, set by Draw

	maker func(f *Figure) // draws it
}

// File returns the name of the figure's files, without an extension.
func (f Figure) File() string { return fmt.Sprintf("figure-%02d", f.Number) }

// Train returns the figure with two trainings run: the one that was published, and the one of
// the article's printed code where it differs. Progress is reported for the first, as by [training.Train].
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
		Lead:  `Every figure of <a href="https://theclevermachine.wordpress.com/2014/09/11/a-gentle-introduction-to-artificial-neural-networks/">Dustin Stansbury’s article</a>, drawn anew by a library of layers and automatic differentiation. The training figures, 8 to 14, show networks that were trained just now: their gradients come from traversing the graph, and were compared at every step with the article’s delta rules.`,
		Foot:  "Figures after “A Gentle Introduction to Artificial Neural Networks” by Dustin Stansbury (The Clever Machine). Drawn by gentlegrad.",
	}
	for _, f := range list {
		p.Figures = append(p.Figures, f.Figure)
	}
	p.Opening, p.Closing = opening(), closing()
	return p
}

// All returns the article's figures in the order of their numbers, neither trained nor drawn yet.
func All() []Figure {
	return []Figure{
		{
			Figure: page.Figure{
				Number: 1, Title: "A single-layer network",
				Text: []string{
					"Each input a_i is multiplied by a weight of its own, w_i. The sum of the products and a bias is the pre-activation z = Σ a_i w_i + b; the bias b is the weight of an input that is always 1. The output is g(z), where g is the activation function.",
					"With the identity for g this is linear regression; with the logistic sigmoid it is a linear classifier. Such networks are often called perceptrons, after the first one, of the 1950s, whose g was a step function.",
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
					"Sigmoid and tanh saturate: far from zero they are flat, so their derivatives nearly vanish there, and so does any gradient that passes through them. They are steepest at zero, where the slope is ¼ for the sigmoid and 1 for tanh.",
					"Both derivatives can be computed from the value of the function itself, as g(1 − g) and 1 − g², which is why a network keeps its activations from the forward pass. The curves of the derivatives were not drawn from these formulas: they are ∂Σg(z)/∂z by automatic differentiation.",
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
					"Networks of one layer are building blocks. With a hidden layer between input and output, the network computes a composition of functions, a_k = g_k(b_k + Σ_j g_j(b_j + Σ_i a_i w_{ij}) w_{jk}), which can bend in ways that a single layer cannot. Layers are counted by their sets of weights: this network has two. Biases are not drawn.",
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
					"A network of one weight and no bias should answer 1 when its input is 1. The curve shows its error for every weight: near 1 where the weight is very negative, and falling towards 0 as the weight becomes large and positive, because the sigmoid of a large number is nearly 1. The article draws this curve as a ribbon in 3-D; with one weight there is nothing to show in the third dimension.",
					"Gradient descent starts at the orange dot and goes downhill. On the left the sigmoid is flat, so the gradient nearly vanishes and descent hardly moves, although the error could not be much larger. On the slope it moves fast, and on the low ground it creeps again: the minimum is at infinity. Pick another start to see it.",
				},
				Code: descentCode(start4...), Python: descentPython(start4...),
			},
			maker: oneWeight,
		},
		{
			Figure: page.Figure{
				Number: 5, Title: "The error surface of a network with two weights", Kind: "descent",
				Text: []string{
					"With a second unit after the first, the output is g(w₂ g(w₁)), and the error becomes a landscape over two weights. It is low in the valley where both are large and positive, and close to 1 where w₁ is large and w₂ very negative. Where w₁ is very negative the hidden unit is silent: its activation is nearly 0, the output is nearly g(0) = ½ whatever w₂ is, and the error stays near ¼. That is a wide plateau.",
					"Every further unit and layer adds dimensions and more such features, so the error surface of a larger network is much more complicated. On the plateaus the gradient nearly vanishes. Every start here gets the same number of steps at the same rate: from some, descent runs down at once; from some it needs hundreds of steps to reach the edge; and from some it is still up there at the end. From w₂ < 0 the way down can even lead to the plateau first, since there a smaller w₁ also lowers the error.",
				},
				Code: descentCode(start5...), Python: descentPython(start5...),
			},
			maker: twoWeights,
		},
		{
			Figure: page.Figure{
				Number: 6, Title: "Two books, one walk",
				Text: []string{
					"How much is each weight to blame for an error? The left book answers as the article does: in four steps, with rules derived by hand for one kind of network. The four small diagrams show the steps as the article draws them. I: the observation goes forward. II: the error’s derivative comes back; at each z it is called the error signal δ. III: each weight’s gradient is the activity below it times the error signal above it. IV: each parameter moves against its gradient. The right book has no rules for networks. It has the graph that the program recorded, and a walk back through it.",
					"What is δ in the graph? It is the gradient that has gathered at a z when the walk arrives there. The walk holds it as dy, and in one visit passes δ · wᵀ to the activity below, which is step II, and aᵀ · δ to the weight, which is step III: the activity and the weight are inputs of the same operation, and one loop serves both.",
					"Why does a node that is used twice get a sum? A change in it changes the error in two ways, and for small changes the two effects add up. So every contribution is added to what is already there (+=), and the walk visits a node only when all its users have been visited.",
					"What has to be derived for something new? By hand, every rule that it affects, and whoever changes the network must find them all. In the graph, the local rule of the new operation, once, if there is a new operation at all. Choose another graph and compare: the left book has to be written again, while not a line of the traversal changes.",
					"Numerical derivatives are a third witness: the error is computed again with one number slightly changed. They use no rule at all, and their error bound says how far they can be trusted.",
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
					"The tables give the classes of the four corners. The training data are noisy copies of the corners: normal noise with a standard deviation of 0.15 is added to both inputs, and each copy keeps the class of its corner.",
				},
				Formulas: []string{
					`"AND: " t = c_1 c_2`, `"OR: " t = c_1 + c_2 − c_1 c_2`, `"XOR: " t = c_1 + c_2 − 2 c_1 c_2`,
					`x_i = c_i + 0.15 ε_i`,
					`c " is a corner, the " ε_i " are normal"`,
				},
			},
			maker: truthTables,
		},
		published(8, "Learning OR without a hidden layer", "OR", nil,
			"One sigmoid unit is a linear classifier: its decision boundary is a straight line. OR is true in three of the four corners, and a line can cut off the fourth. The points still classified wrongly are those that the noise has carried across the line."),
		published(9, "Learning AND without a hidden layer", "AND", nil,
			"AND also needs a line, in another place. The same network, starting from the same weights, finds it from the data alone."),
		published(10, "Learning XOR without a hidden layer", "XOR", nil,
			"No line has the two true corners of XOR on one side and the two false ones on the other. After some ten iterations nothing changes any more from one iteration to the next: within an iteration the line moves with every observation, but at the end it is back where it was. There it lies outside the square shown, so the whole square is on one side of a = 0.5, and half of the classes are wrong.",
			"More layers do not help as long as they are linear: (x·w_1)·w_2 = x·(w_1·w_2) is one linear layer again. It takes a nonlinear activation between them."),
		published(11, "Learning XOR with 4 hidden sigmoid units", "XOR", []int{4},
			"A hidden layer of four sigmoid units bends the plane first, so that what is a line to the output unit is a curve in the plane. (The article’s caption calls this boundary linear; it is not.)",
			"Each hidden unit draws one soft line through the plane, as the map inside the unit shows, and the output unit combines these."),
		published(12, "Learning RING with 4 hidden sigmoid units", "RING", []int{4},
			"Points in the middle are class 0 and points around them class 1, as in the article’s code and picture; its text has them the other way round. For some twenty iterations nothing seems to happen; then the loss begins to fall, and between iterations 30 and 36 the hidden units close a ring around the centre.",
			"A network with enough hidden units can approximate any continuous function on a closed and bounded region, which is what makes it worth training. With the annealing of the printed code, the learning rate has become too small before the ring closes."),
		published(13, "Fitting sin x + 2.5 with 3 hidden tanh units", "SIN", []int{3},
			"The hidden units are tanh and the output is linear: the prediction is b plus a sum of shifted, scaled S-curves a_j w_j, one for each hidden unit. Three of them make most of a sine wave. As in the article, each is drawn dashed and with b added, as a_j w_j + b; in the prediction, b counts only once.",
			"Online gradient descent at this rate is restless. Annealing settles it: this figure was published with it."),
		published(14, "Fitting |x| with 3 hidden tanh units", "ABS", []int{3},
			"The same network fits |x|. One of the three units falls out of use on the way: its weights shrink to almost nothing, and its dashed line flattens to b.",
			"This run is chaotic: a difference in the last digit of one activation grows 300-fold with every early iteration, until the annealed rate calms it. After the first few iterations, another program will reproduce only one to three digits of its losses; nothing else on this page is so sensitive."),
	}
}

// twoBooks makes figure 6. Its file shows one step of the walk through the graph in which a weight is
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

// published returns a figure that shows a training, with the settings of the one that was published.
// Classifications are without annealing, though the printed code anneals.
func published(number int, title, problem string, hidden []int, text ...string) Figure {
	c := training.Defaults(problems.MustByName(problem))
	c.Hidden = hidden
	return Figure{
		Figure:   page.Figure{Number: number, Title: title, Kind: "player", Text: text},
		Training: &c,
		maker:    learning,
	}
}
