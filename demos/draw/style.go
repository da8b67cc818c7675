package draw

import "cmp"

// Colours of the theme, for any fill or stroke. Each is a CSS variable with the
// light theme's colour as its fallback, so that a page or [Style] can change it.
const (
	Ink   = "var(--ink,#222)"      // text, lines and outlines
	Muted = "var(--muted,#5c5c5c)" // tick labels and less important lines
	Rule  = "var(--grid,#ddd)"     // grid lines
	Paper = "var(--paper,#fff)"    // background
)

// Style is the style sheet that stand-alone files carry, and that a page with
// inlined drawings may carry once: the theme's variables, light unless the
// reader prefers dark, and light on paper. It concerns elements of class "draw"
// only, which every drawing's root is.
func Style() string {
	return `.draw{--ink:#222;--muted:#5c5c5c;--grid:#ddd;--paper:#fff}` +
		`@media screen and (prefers-color-scheme:dark){` +
		`.draw{--ink:#eee;--muted:#b0b0b0;--grid:#444;--paper:#181818}}`
}

// stillStyle exchanges moving elements for their last frame where nothing
// should, or can, move.
const stillStyle = `@media print,(prefers-reduced-motion:reduce){` +
	`.draw-run{display:none}.draw-still{display:inline}}`

// Stroke is how a line is drawn. The zero Stroke is an Ink line 1.5 pixels wide.
type Stroke struct {
	Color string  // "" means Ink
	Width float64 // pixels; 0 means 1.5
	Dash  string  // lengths in pixels, as "6 3"; "" means solid
}

func (s Stroke) filled() Stroke {
	return Stroke{cmp.Or(s.Color, Ink), cmp.Or(s.Width, 1.5), s.Dash}
}

// Box is a rectangle in pixels; X and Y are its top left corner.
type Box struct{ X, Y, W, H float64 }

func (b Box) check(op string) {
	mustFinite(op, b.X, b.Y, b.W, b.H)
	if b.W <= 0 || b.H <= 0 {
		panic("draw: " + op + ": box " + Num(b.W) + " by " + Num(b.H) + " has no area")
	}
}
