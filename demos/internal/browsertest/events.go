package browsertest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Errors returns what has gone wrong in the page so far, oldest first: console.error and failed
// console.assert, uncaught exceptions, rejected promises that nothing handles, and the browser's own
// errors, such as failed requests.
func (p *Page) Errors() []string { return p.snapshot(&p.errors) }

// Requests returns the URL of every request that the page has made so far, oldest first, starting with
// the document. It includes file:, data: and WebSocket requests, and not those made inside workers.
func (p *Page) Requests() []string { return p.snapshot(&p.requests) }

func (p *Page) snapshot(list *[]string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(*list)
}

// recorded are the events that matter; others use the same parameter names for other things.
var recorded = []string{"Page.lifecycleEvent", "Runtime.consoleAPICalled", "Runtime.exceptionThrown",
	"Log.entryAdded", "Network.requestWillBeSent", "Network.webSocketCreated"}

// event records one event of the page. The reader calls it, so it never waits.
func (p *Page) event(method string, params json.RawMessage) {
	var e struct {
		// Page.lifecycleEvent
		Name, LoaderID string
		// Runtime.consoleAPICalled
		Type string
		Args []remoteObject
		// Runtime.exceptionThrown
		ExceptionDetails *exception
		// Log.entryAdded
		Entry struct{ Level, Text, URL string }
		// Network.requestWillBeSent and webSocketCreated
		Request struct{ URL string }
		URL     string
	}
	if !slices.Contains(recorded, method) {
		return
	}
	if err := json.Unmarshal(params, &e); err != nil {
		p.record(&p.errors, fmt.Sprintf("browsertest: event %s: %v", method, err))
		return
	}
	switch method {
	case "Page.lifecycleEvent":
		if e.Name == "load" {
			p.loaded(e.LoaderID)
		}
	case "Runtime.consoleAPICalled":
		p.log(e.Type, join(e.Args))
	case "Runtime.exceptionThrown":
		p.record(&p.errors, e.ExceptionDetails.String())
	case "Log.entryAdded":
		p.log(e.Entry.Level, strings.TrimSpace(e.Entry.Text+" "+e.Entry.URL))
	case "Network.requestWillBeSent":
		p.record(&p.requests, e.Request.URL)
	case "Network.webSocketCreated":
		p.record(&p.requests, e.URL)
	}
}

// loaded tells Navigate of a load event, or forgets the oldest such event if nobody has asked for long.
func (p *Page) loaded(loaderID string) {
	if len(p.loads) == cap(p.loads) {
		select {
		case <-p.loads:
		default: // Navigate was faster
		}
	}
	p.loads <- loaderID // has room: nobody else sends
}

func (p *Page) record(list *[]string, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	*list = append(*list, text)
}

// log records what is logged as an error.
func (p *Page) log(level, text string) {
	if level == "error" || level == "assert" {
		p.record(&p.errors, level+": "+text)
	}
}

// remoteObject is a JavaScript value as the protocol describes it.
type remoteObject struct {
	Type                string
	Value               json.RawMessage // nil for what JSON cannot hold
	UnserializableValue string          // NaN, Infinity, -0, 1n
	Description         string
}

// String returns about what the console shows.
func (o remoteObject) String() string {
	var text string
	switch {
	case o.Value != nil && json.Unmarshal(o.Value, &text) == nil && o.Type == "string":
		return text
	case o.UnserializableValue != "":
		return o.UnserializableValue
	case o.Description != "":
		return o.Description
	case o.Value != nil:
		return string(o.Value)
	}
	return o.Type
}

func join(objects []remoteObject) string {
	var texts []string
	for _, o := range objects {
		texts = append(texts, o.String())
	}
	return strings.Join(texts, " ")
}

// exception is a JavaScript exception as the protocol describes it.
type exception struct {
	Text       string // "Uncaught" or "Uncaught (in promise)"
	URL        string
	LineNumber int // from 0
	Exception  *remoteObject
}

func (e *exception) String() string {
	text := e.Text
	if e.Exception != nil {
		text += " " + e.Exception.String()
	}
	if e.URL != "" {
		text += fmt.Sprintf(" (%s:%d)", e.URL, e.LineNumber+1)
	}
	return text
}
