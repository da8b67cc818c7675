package browsertest

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// Options describe the device and the reader that a page is shown to. The zero value is a desktop window.
type Options struct {
	Width, Height int           // of the viewport, in CSS pixels; 0 means 1280 × 800
	Scale         float64       // pixels of the screen for a CSS pixel; 0 means 1
	Mobile        bool          // a touch screen that heeds the viewport meta element
	Dark          bool          // the reader prefers a dark colour scheme, otherwise a light one
	ForcedColors  bool          // the reader's system sets the colours
	ReducedMotion bool          // the reader prefers reduced motion
	Print         bool          // the medium is print, otherwise screen
	Offline       bool          // no network; files still load
	Timeout       time.Duration // of each wait, for a load or an answer; 0 means 30 s
}

// Page is a tab in a window and a profile of its own: it shares no storage with other pages, and stays
// visible. It is for one goroutine at a time; different pages are for as many as there are.
type Page struct {
	session
	options   Options
	contextID string
	loads     chan string // loader IDs of documents whose load event has fired

	mu       sync.Mutex // guards the fields below
	errors   []string
	requests []string
}

// Open opens a page and waits until the document at the URL has loaded.
func (b *Browser) Open(url string, o Options) (*Page, error) {
	p := &Page{options: o.withDefaults(), loads: make(chan string, 64)}
	if err := p.attach(b); err != nil {
		return nil, errors.Join(fmt.Errorf("browsertest: open %s: %w", url, err), p.Close())
	}
	if err := p.Navigate(url); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// OpenQuiet opens a page offline for a test, which fails if at its end the page has complained, or has
// asked for anything but itself.
func (b *Browser) OpenQuiet(tb testing.TB, url string, o Options) *Page {
	tb.Helper()
	o.Offline = true
	p, err := b.Open(url, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if complaints := p.Errors(); len(complaints) > 0 {
			tb.Errorf("%+v: the page complains: %q", o, complaints)
		}
		for _, r := range p.Requests() {
			if r != url {
				tb.Errorf("%+v: the page asks for %s", o, r)
			}
		}
	})
	return p
}

// FileURL returns the file:// URL of an absolute path.
func FileURL(path string) string {
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(path)}).String()
}

func (o Options) withDefaults() Options {
	if o.Width == 0 && o.Height == 0 {
		o.Width, o.Height = 1280, 800
	}
	o.Scale = cmp.Or(o.Scale, 1)
	o.Timeout = cmp.Or(o.Timeout, 30*time.Second)
	return o
}

// attach makes an empty page, listens to it and applies its options.
func (p *Page) attach(b *Browser) error {
	var r struct{ BrowserContextID, TargetID, SessionID string }
	timeout := p.options.Timeout
	p.session = session{conn: b.conn, handle: p.event, gone: make(chan struct{})}
	if err := b.call(timeout, "Target.createBrowserContext", nil, &r); err != nil {
		return err
	}
	p.contextID = r.BrowserContextID
	target := args{"url": "about:blank", "browserContextId": p.contextID}
	if err := b.call(timeout, "Target.createTarget", target, &r); err != nil {
		return err
	}
	err := b.call(timeout, "Target.attachToTarget", args{"targetId": r.TargetID, "flatten": true}, &r)
	if err != nil {
		return err
	}
	p.id = r.SessionID
	b.conn.mu.Lock()
	b.conn.sessions[p.id] = &p.session
	b.conn.mu.Unlock()
	return errors.Join(
		p.do("Page.enable", nil),
		p.do("Page.setLifecycleEventsEnabled", args{"enabled": true}),
		p.do("Runtime.enable", nil),
		p.do("Log.enable", nil),
		p.do("Network.enable", nil),
		p.Emulate(p.options),
	)
}

// do is a call whose answer holds nothing of interest.
func (p *Page) do(method string, params args) error {
	return p.call(p.options.Timeout, method, params, nil)
}

// Emulate changes the options of an open page.
func (p *Page) Emulate(o Options) error {
	p.options = o.withDefaults()
	pick := func(condition bool, yes, no string) string {
		if condition {
			return yes
		}
		return no
	}
	feature := func(name, value string) args { return args{"name": name, "value": value} }
	return errors.Join(
		p.do("Emulation.setFocusEmulationEnabled", args{"enabled": true}),
		p.do("Emulation.setDeviceMetricsOverride", args{"width": p.options.Width, "height": p.options.Height,
			"deviceScaleFactor": p.options.Scale, "mobile": o.Mobile}),
		p.do("Emulation.setTouchEmulationEnabled", args{"enabled": o.Mobile}),
		p.do("Emulation.setEmulatedMedia", args{"media": pick(o.Print, "print", "screen"), "features": []args{
			feature("prefers-color-scheme", pick(o.Dark, "dark", "light")),
			feature("forced-colors", pick(o.ForcedColors, "active", "none")),
			feature("prefers-reduced-motion", pick(o.ReducedMotion, "reduce", "no-preference"))}}),
		p.do("Network.emulateNetworkConditions", args{"offline": o.Offline, "latency": 0,
			"downloadThroughput": -1, "uploadThroughput": -1}),
	)
}

// Navigate loads another document into the page and waits until its load event has fired.
func (p *Page) Navigate(url string) error {
	timer := time.NewTimer(p.options.Timeout)
	defer timer.Stop()
	var r struct{ LoaderID, ErrorText string }
	if err := p.call(p.options.Timeout, "Page.navigate", args{"url": url}, &r); err != nil {
		return fmt.Errorf("browsertest: load %s: %w", url, err)
	}
	if r.ErrorText != "" {
		return fmt.Errorf("browsertest: load %s: %s", url, r.ErrorText)
	}
	for r.LoaderID != "" { // "" means that only the fragment of the URL has changed
		select {
		case id := <-p.loads:
			if id == r.LoaderID {
				return nil
			}
		case <-p.conn.done:
			return fmt.Errorf("browsertest: load %s: %w", url, p.conn.err)
		case <-p.gone:
			return fmt.Errorf("browsertest: load %s: the page has crashed or was closed", url)
		case <-timer.C:
			return fmt.Errorf("browsertest: waited %v for the load event of %s", p.options.Timeout, url)
		}
	}
	return nil
}

// Close closes the page. A page that is not closed ends with its browser.
func (p *Page) Close() error {
	if p.contextID == "" {
		return nil
	}
	root := session{conn: p.conn}
	return root.call(p.options.Timeout, "Target.disposeBrowserContext", args{"browserContextId": p.contextID}, nil)
}

// Eval evaluates a JavaScript expression, waits for its value if that is a promise, and stores
// the value in result, by the rules of [json.Unmarshal], unless result is nil. An exception
// becomes an error with its text.
func (p *Page) Eval(expression string, result any) error {
	if err := p.eval(expression, result, p.options.Timeout); err != nil {
		return fmt.Errorf("browsertest: eval %s: %w", expression, err)
	}
	return nil
}

// Eval returns the value of an expression of a page, formatted as by [fmt.Sprintf], for a
// test that fails without one.
func Eval[T any](tb testing.TB, p *Page, format string, args ...any) (v T) {
	tb.Helper()
	if err := p.Eval(fmt.Sprintf(format, args...), &v); err != nil {
		tb.Fatal(err)
	}
	return v
}

func (p *Page) eval(expression string, result any, timeout time.Duration) error {
	var r struct {
		Result           remoteObject
		ExceptionDetails *exception
	}
	params := args{"expression": expression, "awaitPromise": true, "returnByValue": true, "userGesture": true}
	if err := p.call(timeout, "Runtime.evaluate", params, &r); err != nil {
		return err
	}
	if r.ExceptionDetails != nil {
		return errors.New(r.ExceptionDetails.String())
	}
	if result == nil {
		return nil
	}
	if r.Result.Value == nil {
		return fmt.Errorf("JSON cannot hold the value %s", r.Result)
	}
	return json.Unmarshal(r.Result.Value, result)
}

// WaitFor evaluates a JavaScript expression again and again until its value, or that of its promise, is true.
// An exception counts as false: the page may not have got so far yet.
func (p *Page) WaitFor(expression string, timeout time.Duration) error {
	deadline := time.Now().Add(timeout)
	last := errors.New("the first evaluation has not ended")
	for left := timeout; left > 0; left = time.Until(deadline) {
		var ok bool
		err := p.eval("(async () => !!(await ("+expression+")))()", &ok, left)
		switch {
		case ok:
			return nil
		case err == nil:
			last = errors.New("it is still false")
		case !errors.Is(err, errTimeout):
			last = err
		}
		if p.ended() {
			return fmt.Errorf("browsertest: wait for %s: %w", expression, last)
		}
		time.Sleep(10 * time.Millisecond)
	}
	return fmt.Errorf("browsertest: waited %v for %s: %w", timeout, expression, last)
}

// ended reports whether no call can succeed any more.
func (p *Page) ended() bool {
	select {
	case <-p.gone:
		return true
	case <-p.conn.done:
		return true
	default:
		return false
	}
}

// Screenshot writes the viewport to a PNG file.
func (p *Page) Screenshot(path string) error {
	var r struct{ Data []byte } // base64 in JSON
	if err := p.call(p.options.Timeout, "Page.captureScreenshot", args{"format": "png"}, &r); err != nil {
		return err
	}
	return os.WriteFile(path, r.Data, 0o666)
}
