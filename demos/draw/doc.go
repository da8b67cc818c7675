// Package draw writes SVG: diagrams, axes with lines and points, filled
// contours and surfaces, standing still or moving.
//
// # Frames
//
// The one idea is that an attribute has either one value or one value for each
// frame. [Node.Set] takes both:
//
//	node.Set("opacity", "1")             // the same in every frame
//	node.Set("cx", "10", "20", "30")     // a track of three frames
//
// All tracks of a drawing have the same number of frames. The same drawing is
// then written in three ways:
//
//   - [Drawing.Static]: a file that shows one frame.
//   - [Drawing.Animated]: a file that plays by itself, without script, so that
//     it also plays inside <img>. A viewer that cannot animate shows the last
//     frame, and so does one that prefers reduced motion, and paper.
//   - [Drawing.Inline]: an element for an HTML page, in which each moving
//     element has an id. [Drawing.Tracks] holds the frames for the page's
//     script, which calls setAttribute (or sets textContent).
//
// # Units
//
// Pixels start at the top left and y grows downwards. Data units are mapped to
// pixels by a [Scale] or a [View]. Numbers are written with two decimals at
// most. A number that is NaN or infinite never reaches a file: lines break
// there, cells are left out, and as an argument it panics.
//
// # Colours
//
// Text, axes, grid and background take their colours from the CSS variables
// --ink, --muted, --grid and --paper; see [Ink] and [Style].
package draw
