package figures

import "gentlegrad/demos/page"

// opening says what the letters stand for, before the first figure uses them.
func opening() []page.Section {
	return []page.Section{{
		ID: "letters", Title: "What the letters stand for",
		Body: `<dl>
<dt><var>a</var></dt><dd>activation: the output of a unit, <var>g</var>(<var>z</var>); for an input unit, the observation itself</dd>
<dt><var>z</var></dt><dd>pre-activation: what goes into a unit, the weighted sum of the activations below it plus its bias</dd>
<dt><var>w</var></dt><dd>weight of a connection; <var>w<sub>ij</sub></var> is that of the connection from unit <var>i</var> to unit <var>j</var></dd>
<dt><var>b</var></dt><dd>bias of a unit: the weight of an input that is always 1</dd>
<dt><var>g</var></dt><dd>activation function of a layer; <var>g</var>′ is its slope</dd>
<dt><var>t</var></dt><dd>target: what the output should have been</dd>
<dt><var>E</var></dt><dd>error, ½ Σ (<var>a</var> − <var>t</var>)² over the output units</dd>
<dt><var>δ</var></dt><dd>error signal of a unit, ∂<var>E</var>/∂<var>z</var>: how the error changes with the unit’s pre-activation</dd>
<dt><var>η</var></dt><dd>learning rate: how far a parameter moves against its gradient</dd>
<dt><var>i</var>, <var>j</var>, <var>k</var></dt><dd>indices of the units of the input, hidden and output layers; where there are more layers, the first index, or the number in a name, is the layer</dd>
</dl>`,
	}}
}

// closing returns the last sections, after those of the article: when to stop, and what it leaves to the
// reader.
func closing() []page.Section {
	return []page.Section{
		{
			ID: "stopping", Title: "Three ways to stop",
			Body: `<p>The four steps are repeated for one observation after another. The article names three conditions for stopping, of which its code has only the last. Here a training can use all three, and says which one ended it:</p>
<ol>
<li>the error is small enough: <code>go run ./demos train -problem XOR -hidden 4 -stop-loss 6</code></li>
<li>the parameters have come to rest: in a whole pass over the data, none has moved by more than a little: <code>go run ./demos train -problem SIN -iterations 1000 -stop-change 1e-6</code></li>
<li>a set number of passes is done: <code>go run ./demos train -problem RING -hidden 4 -iterations 50</code></li>
</ol>
<p>None of them looks at data that the network was not trained on. Where overfitting is a danger, the loss on such data tells when to stop: package <code>optim/fit</code> does this.</p>`,
		},
		{
			ID: "questions", Title: "What the article leaves to you",
			Body: `<p>The article ends with questions that have no easy answers. They can be explored: <code>go run ./demos sweeps</code> runs trainings that differ in one setting, and <code>go run ./demos list</code> lists all the demos.</p>
<dl>
<dt>How many hidden layers?</dt><dd>compare figures 10 and 11: none is too few for XOR. But more layers are harder to train (<code>sweeps</code>), and linear ones add nothing (<code>go run ./demos linear</code>)</dd>
<dt>How many units in each?</dt><dd><code>sweeps</code>, or <code>go run ./demos train -problem RING -hidden 2</code>, and then 3, 4, 20</dd>
<dt>Overfitting?</dt><dd>it comes with few observations and many units: <code>sweeps</code> shows the error on other data rise while that on the training data falls</dd>
<dt>An error other than the squared one?</dt><dd>see the graph “Cross-entropy” in figure 6, with two outputs: its δ₂ is softmax(z₂) minus the target, without the slope g′, which is nearly 0 for a saturated unit; <code>sweeps</code> trains with both errors</dd>
<dt>Which learning rate?</dt><dd>with too small a rate descent creeps, with too large a one it jumps: <code>sweeps</code>, or the flag <code>-rate</code> of <code>train</code></dd>
<dt>Complex error surfaces?</dt><dd>figure 5 already has a plateau; <code>go run ./demos surface</code> draws the surface of a deeper network, and <code>go run ./demos wrong</code> shows how gradients vanish and explode in deep networks</dd>
<dt>Annealing?</dt><dd><code>-anneal 0.95</code> as in the printed code, 1 as in the published figures: figures 8 to 12 show both losses, and figure 12 shows that annealing can come too early</dd>
<dt>Other activations?</dt><dd><code>sweeps</code>; and figure 6’s graph “Own activation” shows what has to be derived for a new one</dd>
</dl>
<p>All these networks need a target for each observation. The article announces a sequel about autoencoders. These learn without targets, since they have to reproduce their input, and a classifier can start from them: <code>go run ./demos autoencoder</code>.</p>`,
		},
	}
}
