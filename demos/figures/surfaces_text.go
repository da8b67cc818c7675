package figures

const (
	title4 = "The error surface of a network with one weight"
	title5 = "The error surface of a network with two weights"
)

var text4 = []string{
	"A network of one weight and no bias is to answer 1 when its input is 1. The curve is its error for every weight: near 1 where the weight is very negative, falling to 0 as it becomes large and positive, because the sigmoid turns large numbers into 1. The article draws this curve as a ribbon in 3-D; with one weight there is nothing in the third dimension.",
	"Gradient descent starts at the orange dot and rolls downhill. At the left the sigmoid is flat, so that the gradient nearly vanishes and descent hardly moves, although the error could not be much larger. On the slope it runs, and on the low ground it creeps again: the minimum is at infinity. Pick another start to see it.",
}

var text5 = []string{
	"With a second unit behind the first, the output is g(w₂ g(w₁)), and the error becomes a landscape over two weights. It is low in the valley where both are large and positive, and close to 1 where w₁ is large and w₂ very negative. Where w₁ is very negative the hidden unit is silent, the output is g(0) = ½ whatever w₂ is, and the error stays at ¼: a wide plateau.",
	"Each layer and each unit adds a dimension and more such features, so that the error surface of a larger network is much more complicated. On the plateaus the gradient nearly vanishes. Every start here gets the same number of steps at the same rate: some run down at once, some need hundreds of steps to reach the edge, and some are still up there at the end. From w₂ < 0 the way down can even lead to the plateau first, since there a smaller w₁ also lowers the error.",
}
