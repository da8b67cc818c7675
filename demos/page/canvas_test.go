package page_test

import (
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"testing"

	"gentlegrad/demos/internal/browsertest"
	"gentlegrad/demos/page"
)

// What the canvas shows is, pixel by pixel, nearly what the elements of the drawing would show in
// its place: also on a screen of small pixels, in the dark, where the system sets the colours, and
// after the window has changed.
func canvasIsTheDrawing(t *testing.T, f page.Figure) {
	p := open(t, browsertest.Options{}, f)
	for _, o := range []browsertest.Options{
		{Width: 1400, Height: 450}, {Width: 1000, Height: 450, Scale: 2}, {Width: 400, Height: 450, Scale: 3, Mobile: true},
		{Width: 800, Height: 450, Scale: 1.25, Dark: true}, {Width: 1000, Height: 450, ForcedColors: true},
	} {
		must(t, p.Emulate(o))
		must(t, p.Eval(`document.querySelector("`+surface5+`").focus()`, nil))
		for _, key := range []string{"ArrowLeft", "ArrowDown"} {
			must(t, p.Press(key))
			must(t, p.Eval(`document.activeElement.blur()`, nil)) // its outline is of no interest
			_, err := p.Centre(surface5)
			must(t, err)
			canvas := picture(t, p)
			must(t, p.Eval(`dispatchEvent(new Event("beforeprint"));
				document.head.insertAdjacentHTML("beforeend", "<style id=paper>.layered .facets { display: inline !important } .layered canvas { display: none }</style>")`, nil))
			elements := picture(t, p)
			must(t, p.Eval(`document.querySelector("#paper").remove(); document.querySelector("`+surface5+`").focus()`, nil))
			// Elements are where they are to a tenth of a pixel, so that an edge may be that
			// much off, times the scale.
			if mean, most := difference(canvas, elements); mean > .002 || most > .3 {
				t.Errorf("%+v, %s: the canvas differs by %v on average and %v at most", o, key, mean, most)
			}
		}
	}
}

// picture is what the viewport shows.
func picture(t *testing.T, p *browsertest.Page) image.Image {
	t.Helper()
	name := filepath.Join(t.TempDir(), "page.png")
	must(t, p.Screenshot(name))
	file, err := os.Open(name)
	must(t, err)
	defer file.Close()
	shown, err := png.Decode(file)
	must(t, err)
	return shown
}

// difference returns by how much pictures differ, on average and at most: 0 for none, 1 for black and white.
func difference(a, b image.Image) (mean, most float64) {
	size := a.Bounds()
	for y := size.Min.Y; y < size.Max.Y; y++ {
		for x := size.Min.X; x < size.Max.X; x++ {
			r1, g1, b1, _ := a.At(x, y).RGBA()
			r2, g2, b2, _ := b.At(x, y).RGBA()
			d := (math.Abs(float64(r1)-float64(r2)) + math.Abs(float64(g1)-float64(g2)) + math.Abs(float64(b1)-float64(b2))) / 3 / 0xffff
			mean, most = mean+d/float64(size.Dx()*size.Dy()), max(most, d)
		}
	}
	return mean, most
}
