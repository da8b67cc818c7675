package browsertest

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Point is a place in the viewport, in CSS pixels from its top left corner.
type Point struct{ X, Y float64 }

// key is what a keyboard event says of its key.
type key struct {
	key, code string
	number    int    // the historical keyCode
	text      string // what the key types
}

var keys = map[string]key{
	"Tab":        {"Tab", "Tab", 9, ""},
	"Enter":      {"Enter", "Enter", 13, "\r"},
	"Space":      {" ", "Space", 32, " "},
	"Escape":     {"Escape", "Escape", 27, ""},
	"Backspace":  {"Backspace", "Backspace", 8, ""},
	"Delete":     {"Delete", "Delete", 46, ""},
	"PageUp":     {"PageUp", "PageUp", 33, ""},
	"PageDown":   {"PageDown", "PageDown", 34, ""},
	"End":        {"End", "End", 35, ""},
	"Home":       {"Home", "Home", 36, ""},
	"ArrowLeft":  {"ArrowLeft", "ArrowLeft", 37, ""},
	"ArrowUp":    {"ArrowUp", "ArrowUp", 38, ""},
	"ArrowRight": {"ArrowRight", "ArrowRight", 39, ""},
	"ArrowDown":  {"ArrowDown", "ArrowDown", 40, ""},
}

// Press presses and releases a key: Tab, Enter, Space, Escape, Backspace, Delete, PageUp, PageDown,
// Home, End, ArrowLeft, ArrowRight, ArrowUp or ArrowDown; with "Shift+" in front if wanted. Shift is
// set in the event; it sends no events of its own.
func (p *Page) Press(name string) error {
	name, shifted := strings.CutPrefix(name, "Shift+")
	k, known := keys[name]
	if !known {
		return fmt.Errorf("browsertest: no key is called %q", name)
	}
	params := args{"type": "rawKeyDown", "key": k.key, "code": k.code, "windowsVirtualKeyCode": k.number}
	if shifted {
		params["modifiers"] = 8
	}
	if k.text != "" {
		params["type"], params["text"] = "keyDown", k.text
	}
	if err := p.do("Input.dispatchKeyEvent", params); err != nil {
		return err
	}
	delete(params, "text")
	params["type"] = "keyUp"
	return p.do("Input.dispatchKeyEvent", params)
}

// centreScript scrolls an element into view and returns its centre, or says why a user could not click there.
const centreScript = `(selector => {
	const e = document.querySelector(selector);
	if (!e) throw "no element matches";
	e.scrollIntoView({block: "center", inline: "center", behavior: "instant"});
	const r = e.getBoundingClientRect(), x = r.left + r.width/2, y = r.top + r.height/2;
	const top = document.elementFromPoint(x, y);
	if (!top) throw "the element has no centre in view";
	if (!e.contains(top)) throw "the element is covered by " + top.cloneNode(false).outerHTML;
	return {x, y};
})`

// Centre scrolls the first element that matches the CSS selector into view and returns the point at its
// centre. It is an error if there is none, or if something else covers it there.
func (p *Page) Centre(selector string) (Point, error) {
	var at Point
	quoted, err := json.Marshal(selector)
	if err == nil {
		err = p.Eval(fmt.Sprintf("%s(%s)", centreScript, quoted), &at)
	}
	if err != nil {
		return at, fmt.Errorf("browsertest: centre of %s: %w", selector, err)
	}
	return at, nil
}

// Click moves the mouse to the centre of the first element that matches the CSS selector, and clicks.
func (p *Page) Click(selector string) error {
	at, err := p.Centre(selector)
	if err != nil {
		return err
	}
	return p.Drag(at, at)
}

// Drag presses the mouse button at one point, moves to another in several steps and releases it there.
func (p *Page) Drag(from, to Point) error {
	if err := errors.Join(p.mouse("mouseMoved", from, 0), p.mouse("mousePressed", from, 1)); err != nil {
		return err
	}
	const steps = 8
	for i := 1; i <= steps && from != to; i++ {
		t := float64(i) / steps
		at := Point{from.X + t*(to.X-from.X), from.Y + t*(to.Y-from.Y)}
		if err := p.mouse("mouseMoved", at, 1); err != nil {
			return err
		}
	}
	return p.mouse("mouseReleased", to, 0)
}

// mouse sends one mouse event; buttons is 1 while the left button is held.
func (p *Page) mouse(kind string, at Point, buttons int) error {
	params := args{"type": kind, "x": at.X, "y": at.Y, "buttons": buttons}
	if kind != "mouseMoved" || buttons == 1 {
		params["button"] = "left"
	}
	if kind != "mouseMoved" {
		params["clickCount"] = 1
	}
	return p.do("Input.dispatchMouseEvent", params)
}

// Tap touches the centre of the first element that matches the CSS selector.
func (p *Page) Tap(selector string) error {
	at, err := p.Centre(selector)
	if err != nil {
		return err
	}
	return errors.Join(
		p.do("Input.dispatchTouchEvent", args{"type": "touchStart", "touchPoints": []args{{"x": at.X, "y": at.Y}}}),
		p.do("Input.dispatchTouchEvent", args{"type": "touchEnd", "touchPoints": []args{}}),
	)
}
