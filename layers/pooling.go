package layers

import (
	"fmt"

	"gentlegrad/autograd"
)

// MaxPool1D takes the largest of each window along one spatial axis: x […, n] becomes […, n′].
//
//	layers.MaxPool1D{Kernel: []int{2}}
type MaxPool1D autograd.Pool

// Forward returns the largest elements of x's windows.
func (p MaxPool1D) Forward(x *autograd.Node) *autograd.Node { return x.MaxPool1D(autograd.Pool(p)) }

// String returns the kernel and the options, such as "MaxPool1D 2".
func (p MaxPool1D) String() string { return describePool("MaxPool1D", autograd.Pool(p)) }

// MaxPool2D takes the largest of each window of an image: x […, h, w] becomes […, h′, w′].
type MaxPool2D autograd.Pool

// Forward returns the largest elements of x's windows.
func (p MaxPool2D) Forward(x *autograd.Node) *autograd.Node { return x.MaxPool2D(autograd.Pool(p)) }

// String returns the kernel and the options, such as "MaxPool2D 3, stride 2".
func (p MaxPool2D) String() string { return describePool("MaxPool2D", autograd.Pool(p)) }

// AvgPool1D takes the mean of each window along one spatial axis: x […, n] becomes […, n′].
type AvgPool1D autograd.Pool

// Forward returns the means of x's windows.
func (p AvgPool1D) Forward(x *autograd.Node) *autograd.Node { return x.AvgPool1D(autograd.Pool(p)) }

// String returns the kernel and the options.
func (p AvgPool1D) String() string { return describePool("AvgPool1D", autograd.Pool(p)) }

// AvgPool2D takes the mean of each window of an image: x […, h, w] becomes […, h′, w′].
type AvgPool2D autograd.Pool

// Forward returns the means of x's windows.
func (p AvgPool2D) Forward(x *autograd.Node) *autograd.Node { return x.AvgPool2D(autograd.Pool(p)) }

// String returns the kernel and the options.
func (p AvgPool2D) String() string { return describePool("AvgPool2D", autograd.Pool(p)) }

// AdaptiveMaxPool1D takes the largest of each of N windows, however long x […, n] is: […, N].
type AdaptiveMaxPool1D struct{ N int }

// Forward returns the largest elements of x's windows.
func (p AdaptiveMaxPool1D) Forward(x *autograd.Node) *autograd.Node { return x.AdaptiveMaxPool1D(p.N) }

// String returns the number of windows, such as "AdaptiveMaxPool1D 3".
func (p AdaptiveMaxPool1D) String() string { return fmt.Sprintf("AdaptiveMaxPool1D %d", p.N) }

// AdaptiveMaxPool2D takes the largest of each of H × W windows, however large x […, h, w] is: […, H, W].
type AdaptiveMaxPool2D struct{ H, W int }

// Forward returns the largest elements of x's windows.
func (p AdaptiveMaxPool2D) Forward(x *autograd.Node) *autograd.Node {
	return x.AdaptiveMaxPool2D(p.H, p.W)
}

// String returns the number of windows, such as "AdaptiveMaxPool2D 1×1".
func (p AdaptiveMaxPool2D) String() string { return fmt.Sprintf("AdaptiveMaxPool2D %d×%d", p.H, p.W) }

// AdaptiveAvgPool1D takes the mean of each of N windows, however long x […, n] is: […, N].
type AdaptiveAvgPool1D struct{ N int }

// Forward returns the means of x's windows.
func (p AdaptiveAvgPool1D) Forward(x *autograd.Node) *autograd.Node { return x.AdaptiveAvgPool1D(p.N) }

// String returns the number of windows.
func (p AdaptiveAvgPool1D) String() string { return fmt.Sprintf("AdaptiveAvgPool1D %d", p.N) }

// AdaptiveAvgPool2D takes the mean of each of H × W windows, however large x […, h, w] is: […, H, W].
// With 1 × 1 it is the mean over the image.
type AdaptiveAvgPool2D struct{ H, W int }

// Forward returns the means of x's windows.
func (p AdaptiveAvgPool2D) Forward(x *autograd.Node) *autograd.Node {
	return x.AdaptiveAvgPool2D(p.H, p.W)
}

// String returns the number of windows.
func (p AdaptiveAvgPool2D) String() string { return fmt.Sprintf("AdaptiveAvgPool2D %d×%d", p.H, p.W) }

func describePool(name string, p autograd.Pool) string {
	text := name + " " + times(p.Kernel) + describeWindows(p.Stride, p.Padding, p.Dilation, nil)
	if p.Ceil {
		text += ", ceil"
	}
	if p.ExcludePadding {
		text += ", padding excluded"
	}
	if p.Divisor != 0 {
		text += fmt.Sprintf(", divisor %v", p.Divisor)
	}
	return text
}
