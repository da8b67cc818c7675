package browsertest

import (
	"fmt"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

const testPage = `<!DOCTYPE html>
<title>test</title>
<style>
	body { margin: 0; height: 3000px }
	#far { position: absolute; top: 2500px; left: 10px; width: 80px; height: 30px }
	#covered, #cover { position: absolute; top: 200px; left: 0; width: 50px; height: 50px }
	#pad { position: absolute; top: 300px; left: 100px; width: 400px; height: 100px; background: teal }
</style>
<button id="one" onclick="clicks++">one</button> <button id="two">two</button> <input id="text">
<button id="far" onclick="clicks += 10">far</button>
<button id="covered"></button><div id="cover"></div><div id="pad"></div>
<script>
	let clicks = 0, keys = [], drag = [], touches = 0;
	addEventListener("keydown", e => keys.push(e.code + (e.shiftKey ? "+shift" : "") + (e.isTrusted ? "" : "?")));
	pad.addEventListener("pointermove", e => { if (e.buttons === 1) drag.push(Math.round(e.offsetX)) });
	pad.addEventListener("touchstart", () => touches++);
</script>`

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, b *Browser, html string, o Options) *Page {
	t.Helper()
	p, err := openHTML(b, html, o)
	check(t, err)
	t.Cleanup(func() { check(t, p.Close()) })
	return p
}

// openHTML opens a page with the given HTML, from a temporary file.
func openHTML(b *Browser, html string, o Options) (*Page, error) {
	dir, err := os.MkdirTemp(b.dir, "page")
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "index.html")
	if err := os.WriteFile(path, []byte(html), 0o600); err != nil {
		return nil, err
	}
	return b.Open(FileURL(path), o)
}

// wantEval fails unless the expression has the value.
func wantEval[T comparable](t *testing.T, p *Page, expression string, want T) {
	t.Helper()
	var got T
	check(t, p.Eval(expression, &got))
	if got != want {
		t.Errorf("%s is %v, want %v", expression, got, want)
	}
}

// wantError fails unless the text of err holds all parts and err came soon.
func wantError(t *testing.T, err error, start time.Time, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", parts)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
	if elapsed := time.Since(start); elapsed > 10*time.Second {
		t.Errorf("the error came after %v", elapsed)
	}
}

// TestPage runs in one browser, in many pages at once.
func TestPage(t *testing.T) {
	t.Parallel()
	b := Start(t)
	tests := []struct {
		name string
		run  func(*testing.T, *Browser)
	}{
		{"click", testClick}, {"keys", testKeys}, {"drag", testDrag}, {"tap", testTap}, {"eval", testEval},
		{"wait", testWait}, {"console", testConsole}, {"quiet", testQuiet}, {"requests", testRequests}, {"offline", testOffline},
		{"media", testMedia}, {"screenshot", testScreenshot}, {"isolation", testIsolation}, {"crash", testCrash},
		{"slow load", testSlowLoad}, {"no answer", testNoAnswer}, {"stuck", testStuck}, {"bad URL", testBadURL},
	}
	t.Run("parallel", func(t *testing.T) {
		for _, test := range tests {
			t.Run(test.name, func(t *testing.T) {
				t.Parallel()
				test.run(t, b)
			})
		}
	})
}

func testClick(t *testing.T, b *Browser) {
	p := open(t, b, testPage, Options{})
	check(t, p.Click("#one"))
	wantEval(t, p, "clicks", 1)
	check(t, p.Click("#far"))
	wantEval(t, p, "clicks", 11)
	wantError(t, p.Click("#none"), time.Now(), "#none", "no element matches")
	wantError(t, p.Click("#covered"), time.Now(), "#covered", `covered by <div id="cover">`)
}

func testKeys(t *testing.T, b *Browser) {
	p := open(t, b, testPage, Options{})
	check(t, p.Press("Tab"))
	wantEval(t, p, "document.activeElement.id", "one")
	check(t, p.Press("Enter"))
	check(t, p.Press("Space"))
	wantEval(t, p, "clicks", 2)
	check(t, p.Press("Tab"))
	check(t, p.Press("Tab"))
	for range 3 {
		check(t, p.Press("Space"))
	}
	wantEval(t, p, "text.value", "   ")
	for _, key := range []string{"Home", "Delete", "End", "Backspace", "ArrowLeft", "Shift+Tab"} {
		check(t, p.Press(key))
	}
	wantEval(t, p, "text.value", " ")
	wantEval(t, p, "document.activeElement.id", "two")
	wantEval(t, p, "keys.join()", "Tab,Enter,Space,Tab,Tab,Space,Space,Space,"+
		"Home,Delete,End,Backspace,ArrowLeft,Tab+shift")
	wantError(t, p.Press("Any"), time.Now(), `"Any"`)
}

func testDrag(t *testing.T, b *Browser) {
	p := open(t, b, testPage, Options{})
	check(t, p.Drag(Point{120, 350}, Point{440, 350}))
	wantEval(t, p, "drag.at(0) < drag.at(-1) && drag.at(-1)", 340)
	check(t, p.Click("#pad"))
	wantEval(t, p, "drag.at(-1)", 340)
}

func testTap(t *testing.T, b *Browser) {
	p := open(t, b, testPage, Options{Width: 390, Height: 844, Mobile: true})
	check(t, p.Tap("#pad"))
	wantEval(t, p, "touches", 1)
	wantEval(t, p, "matchMedia('(pointer: coarse)').matches", true)
}

func testEval(t *testing.T, b *Browser) {
	p := open(t, b, testPage, Options{})
	var v struct {
		A []int
		B string
	}
	check(t, p.Eval(`Promise.resolve({a: [1, 2], b: "ü\u0000"})`, &v))
	if !slices.Equal(v.A, []int{1, 2}) || v.B != "ü\x00" {
		t.Errorf("got %v", v)
	}
	check(t, p.Eval("undefined", nil))
	var n *int
	check(t, p.Eval("null", &n))
	start := time.Now()
	wantError(t, p.Eval("nonsense.x", nil), start, "eval nonsense.x", "ReferenceError: nonsense is not defined")
	wantError(t, p.Eval("Promise.reject(new Error('no luck'))", nil), start, "Error: no luck")
	wantError(t, p.Eval("(() => { throw 'text' })()", nil), start, "Uncaught text")
	wantError(t, p.Eval("(", nil), start, "SyntaxError")
	wantError(t, p.Eval("undefined", &v), start, "undefined")
	wantError(t, p.Eval("0/0", &v), start, "NaN")
	wantError(t, p.Eval("'text'", &v), start, "cannot unmarshal string")
}

func testWait(t *testing.T, b *Browser) {
	p := open(t, b, testPage, Options{})
	check(t, p.Eval("void setTimeout(() => window.late = {x: 1}, 200)", nil))
	check(t, p.WaitFor("window.late.x === 1", 10*time.Second))
	check(t, p.WaitFor("new Promise(done => requestAnimationFrame(() => done(true)))", 10*time.Second))
	start := time.Now()
	wantError(t, p.WaitFor("clicks > 0", time.Second), start, "1s", "clicks > 0", "still false")
	wantError(t, p.WaitFor("absent.x", time.Second), start, "1s", "absent.x", "ReferenceError")
	wantError(t, p.WaitFor("new Promise(() => 0)", time.Second), start, "1s", "new Promise")
}

func testConsole(t *testing.T, b *Browser) {
	p := open(t, b, `<script>
		console.log("fine", 1, [2]); console.warn("hm"); console.error("bad", 3);
		Promise.reject(new Error("dropped"));
		throw new TypeError("thrown");
	</script><img src="absent.png">`, Options{})
	want := []string{"error: bad 3", "Uncaught TypeError: thrown", "Uncaught (in promise) Error: dropped",
		"error: Failed to load resource: net::ERR_FILE_NOT_FOUND"}
	check(t, p.WaitFor("true", time.Second))
	got := strings.Join(p.Errors(), "\n")
	for _, text := range want {
		if !strings.Contains(got, text) {
			t.Errorf("no %q in the errors\n%s", text, got)
		}
	}
	if len(p.Errors()) != len(want) {
		t.Errorf("got %d errors, want %d\n%s", len(p.Errors()), len(want), got)
	}
}

func testQuiet(t *testing.T, b *Browser) {
	tb := &fakeTB{}
	b.OpenQuiet(tb, `data:text/html,<script>console.error("bad")</script><img src="http://localhost/x">`, Options{})
	tb.cleanup()
	for _, want := range []string{"the page complains: [", `"error: bad"`, "the page asks for http://localhost/x"} {
		if !strings.Contains(tb.end, want) {
			t.Errorf("no %q in %q", want, tb.end)
		}
	}
}

func testRequests(t *testing.T, b *Browser) {
	var host string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			fmt.Fprintf(w, `<!DOCTYPE html><img src="data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"><iframe src="/frame"></iframe>
				<script>new WebSocket("ws://%s/socket"); navigator.sendBeacon("/beacon")</script>`, r.Host)
		}
	}))
	defer server.Close()
	host = strings.TrimPrefix(server.URL, "http://")
	p := open(t, b, "<title>first</title>", Options{})
	if got := p.Requests(); len(got) != 1 || !strings.HasPrefix(got[0], "file:///") {
		t.Errorf("got requests %q, want one for a file", got)
	}
	check(t, p.Navigate(server.URL))
	got := p.Requests()[1:]
	for _, want := range []string{server.URL + "/", "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", server.URL + "/frame",
		"ws://" + host + "/socket", server.URL + "/beacon"} {
		if !slices.Contains(got, want) {
			t.Errorf("no %s in the requests %q", want, got)
		}
	}
}

func testOffline(t *testing.T, b *Browser) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
	}))
	defer server.Close()
	p := open(t, b, testPage, Options{Offline: true})
	fetch := fmt.Sprintf("fetch(%q).then(r => r.ok)", server.URL)
	wantError(t, p.Eval(fetch, nil), time.Now(), "Failed to fetch")
	check(t, p.Emulate(Options{}))
	wantEval(t, p, fetch, true)
}

func testMedia(t *testing.T, b *Browser) {
	const query = `["(prefers-color-scheme: dark)", "print", "(prefers-reduced-motion: reduce)", "(forced-colors: active)"]` +
		`.map(q => +matchMedia(q).matches).join("") + " " + innerWidth + "x" + innerHeight + " " + devicePixelRatio`
	p := open(t, b, testPage, Options{Width: 640, Height: 480})
	wantEval(t, p, query, "0000 640x480 1")
	check(t, p.Emulate(Options{Dark: true, Print: true, ReducedMotion: true, ForcedColors: true, Scale: 2}))
	wantEval(t, p, query, "1111 1280x800 2")
	p = open(t, b, testPage, Options{Dark: true})
	wantEval(t, p, query, "1000 1280x800 1")
}

func testScreenshot(t *testing.T, b *Browser) {
	p := open(t, b, testPage, Options{Width: 600, Height: 400})
	path := filepath.Join(t.TempDir(), "page.png")
	check(t, p.Screenshot(path))
	f, err := os.Open(path)
	check(t, err)
	defer f.Close()
	m, err := png.Decode(f)
	check(t, err)
	if size := m.Bounds().Size(); size.X != 600 || size.Y != 400 {
		t.Errorf("got size %v, want 600 × 400", size)
	}
	if r, g, b, _ := m.At(300, 350).RGBA(); r != 0 || g != 0x8080 || b != 0x8080 {
		t.Errorf("the pad is %x %x %x, want teal", r, g, b)
	}
}

// testIsolation has two pages of one origin, which must both be visible and share no storage.
func testIsolation(t *testing.T, b *Browser) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	var pages [2]*Page
	for i := range pages {
		var err error
		pages[i], err = b.Open(server.URL, Options{})
		check(t, err)
	}
	for _, p := range pages {
		wantEval(t, p, "localStorage.length", 0)
		check(t, p.Eval("localStorage.x = 1", nil))
		wantEval(t, p, "document.visibilityState + document.hasFocus()", "visibletrue")
		wantEval(t, p, "new Promise(done => requestAnimationFrame(() => done(true)))", true)
	}
	for _, p := range pages {
		check(t, p.Close())
		wantError(t, p.Eval("1", nil), time.Now(), "Runtime.evaluate")
	}
}

func testCrash(t *testing.T, b *Browser) {
	p := open(t, b, testPage, Options{})
	start := time.Now()
	time.AfterFunc(200*time.Millisecond, func() { _ = p.call(time.Second, "Page.crash", nil, nil) })
	wantError(t, p.Eval("new Promise(() => 0)", nil), start, "crashed")
	wantError(t, p.WaitFor("true", time.Minute), start, "crashed")
}

func testSlowLoad(t *testing.T, b *Browser) {
	testHang(t, b, "load event", func(w http.ResponseWriter, r *http.Request) bool {
		fmt.Fprint(w, `<!DOCTYPE html><img src="/image">`)
		return r.URL.Path == "/"
	})
}

func testNoAnswer(t *testing.T, b *Browser) {
	testHang(t, b, "Page.navigate", func(http.ResponseWriter, *http.Request) bool { return false })
}

// testHang opens a page from a server whose handler never returns, unless answer does it all and returns
// true.
func testHang(t *testing.T, b *Browser, what string, answer func(http.ResponseWriter, *http.Request) bool) {
	stop := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !answer(w, r) {
			<-stop
		}
	}))
	defer server.Close()
	defer close(stop)
	p := open(t, b, testPage, Options{})
	check(t, p.Emulate(Options{Timeout: 3 * time.Second}))
	wantError(t, p.Navigate(server.URL), time.Now(), "3s", server.URL, what)
}

func testStuck(t *testing.T, b *Browser) {
	p := open(t, b, testPage, Options{})
	check(t, p.Emulate(Options{Timeout: 2 * time.Second}))
	wantError(t, p.Eval("(() => { for (;;) {} })()", nil), time.Now(), "2s", "for (;;)")
}

func testBadURL(t *testing.T, b *Browser) {
	start := time.Now()
	_, err := b.Open("file:///absent/page.html", Options{})
	wantError(t, err, start, "file:///absent/page.html", "ERR_FILE_NOT_FOUND")
}

func TestBrowserDies(t *testing.T) {
	t.Parallel()
	b := Start(t)
	p, err := openHTML(b, testPage, Options{})
	check(t, err)
	start := time.Now()
	time.AfterFunc(200*time.Millisecond, func() { _ = b.cmd.Process.Kill() })
	wantError(t, p.Eval("new Promise(() => 0)", nil), start, "Chromium has ended: signal: killed")
	wantError(t, p.Press("Tab"), start, "Chromium has ended")
	_, err = b.Open("about:blank", Options{})
	wantError(t, err, start, "about:blank", "Chromium has ended")
}

func TestClose(t *testing.T) {
	t.Parallel()
	var b *Browser
	t.Run("browser", func(t *testing.T) {
		b = Start(t)
		_, err := openHTML(b, testPage, Options{})
		check(t, err)
	})
	if b == nil {
		t.Skip("no browser")
	}
	if _, err := os.Stat(b.dir); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", b.dir, err)
	}
	if b.cmd.ProcessState == nil {
		t.Error("Chromium still runs")
	}
}

// fakeTB records how a test ends.
type fakeTB struct {
	testing.TB
	end     string
	cleanup func()
}

func (f *fakeTB) Helper()           {}
func (f *fakeTB) Cleanup(do func()) { f.cleanup = do }
func (f *fakeTB) Skip(v ...any) {
	f.end = "skip: " + fmt.Sprint(v...)
	runtime.Goexit()
}
func (f *fakeTB) Fatal(v ...any) {
	f.end = "fatal: " + fmt.Sprint(v...)
	runtime.Goexit()
}
func (f *fakeTB) Fatalf(format string, v ...any) { f.Fatal(fmt.Sprintf(format, v...)) }
func (f *fakeTB) Errorf(format string, v ...any) { f.end += fmt.Sprintf(format, v...) }

func TestNoBrowser(t *testing.T) {
	program := func(text string) string {
		path := filepath.Join(t.TempDir(), "chromium")
		check(t, os.WriteFile(path, []byte(text), 0o700))
		return path
	}
	for _, test := range []struct{ name, chromium, required, want string }{
		{"missing", "absent-browser", "", `skip: browsertest: found none of ["absent-browser"]: install Chromium`},
		{"missing but required", "absent-browser", "required", "fatal: browsertest: found none of"},
		{"ends at once", program("#!/bin/sh\necho no display\nexit 3\n"), "", "Chromium has ended: exit status 3, EOF\nno display"},
		{"not a program", program("\x7fELF"), "", "fatal: browsertest: start "},
	} {
		t.Run(test.name, func(t *testing.T) {
			if !supported {
				t.Skip("no pipes")
			}
			t.Setenv("CHROMIUM", test.chromium)
			t.Setenv("GENTLEGRAD_BROWSER", test.required)
			tb, done := &fakeTB{}, make(chan struct{})
			go func() {
				defer close(done)
				Start(tb)
			}()
			<-done
			if !strings.Contains(tb.end, test.want) {
				t.Errorf("got %q, want %q", tb.end, test.want)
			}
		})
	}
}
