package figures

import "gentlegrad/demos/page"

// opening says what the letters stand for, before they are met.
func opening() []page.Section {
	return []page.Section{{
		ID: "letters", Title: "What the letters stand for",
		Body: `<dl>
<dt><var>a</var></dt><dd>activation: what a unit gives, <var>g</var>(<var>z</var>); that of an input is the observation itself</dd>
<dt><var>z</var></dt><dd>pre-activation: what a unit gets, the weighted sum of the activations below it and its bias</dd>
<dt><var>w</var></dt><dd>weight of a connection; <var>w<sub>ij</sub></var> leads from unit <var>i</var> to unit <var>j</var></dd>
<dt><var>b</var></dt><dd>bias of a unit: the weight of an input that is always 1</dd>
<dt><var>g</var></dt><dd>activation function of a layer; <var>g</var>′ is its slope</dd>
<dt><var>t</var></dt><dd>target: what the output should have been</dd>
<dt><var>E</var></dt><dd>error, ½ Σ (<var>a</var> − <var>t</var>)² over the output units</dd>
<dt><var>δ</var></dt><dd>error signal of a unit, ∂<var>E</var>/∂<var>z</var>: how the error changes with what the unit gets</dd>
<dt><var>η</var></dt><dd>learning rate: how far a parameter moves against its gradient</dd>
<dt><var>i</var>, <var>j</var>, <var>k</var></dt><dd>number the units of the input, hidden and output layer; where there are more layers, a first index or 1, 2, … in the name is the layer</dd>
</dl>`,
	}}
}

// closing are the article's last words: when to stop, and what it leaves to the reader.
func closing() []page.Section {
	return []page.Section{
		{
			ID: "stopping", Title: "Three ways to stop",
			Body: `<p>The four steps are repeated for observation after observation. The article names three ends, of which its code has the last; here a training has all three, and says which one it was:</p>
<ol>
<li>the error is small enough: <code>go run ./demos train -problem XOR -hidden 4 -stop-loss 6</code></li>
<li>the parameters have come to rest, none having moved by more than a little in a whole pass over the data: <code>go run ./demos train -problem SIN -iterations 1000 -stop-change 1e-6</code></li>
<li>a set number of passes is over: <code>go run ./demos train -problem RING -hidden 4 -iterations 50</code></li>
</ol>
<p>None of them looks at data that the network was not trained on. Where overfitting is to be feared, the loss of such data says when to stop: package <code>optim/fit</code> does that.</p>`,
		},
		{
			ID: "questions", Title: "What the article leaves to you",
			Body: `<p>The article ends with questions that have no easy answers. They can be tried: <code>go run ./demos sweeps</code> does, with trainings that differ in one setting, and <code>go run ./demos list</code> names all that there is.</p>
<dl>
<dt>How many hidden layers?</dt><dd>figure 10 against 11: none is too few for XOR; but more are harder to train (<code>sweeps</code>), and linear ones are none (<code>go run ./demos linear</code>)</dd>
<dt>How many units in each?</dt><dd><code>sweeps</code>, or <code>go run ./demos train -problem RING -hidden 2</code>, and then 3, 4, 20</dd>
<dt>Overfitting?</dt><dd>few observations and many units: <code>sweeps</code> shows the error of other data rise while that of the training data falls</dd>
<dt>Another error than the squared one?</dt><dd>the graph “Cross-entropy” in figure 6, of two outputs: its δ is a − t, without the slope that a saturated unit multiplies by; <code>sweeps</code> trains with both</dd>
<dt>Which learning rate?</dt><dd>too small a one creeps, too large a one jumps: <code>sweeps</code>, or <code>-rate</code> of <code>train</code></dd>
<dt>Complex error surfaces?</dt><dd>figure 5 has a plateau already; <code>go run ./demos surface</code> draws those of a deeper network, and <code>go run ./demos wrong</code> shows what becomes of gradients there</dd>
<dt>Annealing?</dt><dd><code>-anneal 0.95</code>, as printed, and 1, as pictured: figures 8 to 12 show both losses; by figure 12’s, annealing can also come too early</dd>
<dt>Other activations?</dt><dd><code>sweeps</code>; and figure 6’s graph with an activation of one’s own shows what has to be derived for it</dd>
</dl>
<p>All these networks need a target for each observation. What can be learned without, and where a classifier can start from, is what the article announces as its sequel: an autoencoder, whose target is its own input: <code>go run ./demos autoencoder</code>.</p>`,
		},
	}
}
