package browsertest

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

var errTimeout = errors.New("no answer")

// args are the parameters of one protocol call.
type args map[string]any

// message is anything that Chromium sends: the answer to a call (ID ≠ 0) or an event (Method ≠ "").
type message struct {
	ID        int
	Method    string
	Params    json.RawMessage
	Result    json.RawMessage
	Error     *struct{ Message string }
	SessionID string
}

// conn is the DevTools protocol over a pair of pipes: JSON messages, each ended by a NUL byte.
// https://chromedevtools.github.io/devtools-protocol/
type conn struct {
	writing sync.Mutex // held for one whole message
	w       *os.File

	mu       sync.Mutex // guards the fields below
	lastID   int
	pending  map[int]chan message // answers, each with room for one, by the ID of the call
	sessions map[string]*session  // those that get events, by ID

	done chan struct{} // closed when no answer can come any more
	err  error         // why; set before done is closed
}

// session is one end point of the protocol behind a conn: a page, or with the ID "" the browser itself.
type session struct {
	conn   *conn
	id     string
	handle func(method string, params json.RawMessage) // called for each event, by the reader: must not wait
	gone   chan struct{}                               // closed when the page crashes or closes
}

func newConn(w *os.File) *conn {
	return &conn{w: w, pending: map[int]chan message{}, sessions: map[string]*session{}, done: make(chan struct{})}
}

// read hands out messages until the pipe ends or breaks.
func (c *conn) read(r io.Reader) error {
	buffered := bufio.NewReader(r)
	for {
		data, err := buffered.ReadBytes(0)
		if err != nil {
			return err
		}
		var m message
		if err := json.Unmarshal(data[:len(data)-1], &m); err != nil {
			return fmt.Errorf("message from Chromium: %w", err)
		}
		c.dispatch(m)
	}
}

// dispatch hands an answer to the call that waits for it and an event to its session.
func (c *conn) dispatch(m message) {
	c.mu.Lock()
	answer, s := c.pending[m.ID], c.sessions[m.SessionID]
	delete(c.pending, m.ID)
	c.mu.Unlock()
	switch {
	case answer != nil:
		answer <- m
	case m.Method == "Inspector.targetCrashed":
		c.drop(m.SessionID)
	case m.Method == "Target.detachedFromTarget":
		var p struct{ SessionID string }
		if json.Unmarshal(m.Params, &p) == nil {
			c.drop(p.SessionID)
		}
	case s != nil && m.Method != "":
		s.handle(m.Method, m.Params)
	}
}

// drop ends a session: every call that waits for it, or is still to come, fails.
func (c *conn) drop(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s := c.sessions[id]; s != nil {
		delete(c.sessions, id)
		close(s.gone)
	}
}

// call sends a message, waits for its answer and decodes it into result, unless that is nil.
func (s *session) call(timeout time.Duration, method string, params args, result any) error {
	c, answer := s.conn, make(chan message, 1)
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	deadline := time.Now().Add(timeout)
	c.mu.Lock()
	c.lastID++
	id := c.lastID
	c.pending[id] = answer
	c.mu.Unlock()
	defer c.forget(id)

	data, err := json.Marshal(struct {
		ID        int    `json:"id"`
		Method    string `json:"method"`
		Params    args   `json:"params,omitempty"`
		SessionID string `json:"sessionId,omitempty"`
	}{id, method, params, s.id})
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	c.write(append(data, 0), deadline)
	select {
	case m := <-answer:
		return m.decode(method, result)
	case <-c.done:
		return fmt.Errorf("%s: %w", method, c.err)
	case <-s.gone:
		return fmt.Errorf("%s: the page has crashed or was closed", method)
	case <-timer.C:
		return fmt.Errorf("%s: %w after %v", method, errTimeout, timeout)
	}
}

// write sends one message. It reports no error: the caller waits for an answer, and learns instead that
// Chromium has ended or that the time is over.
func (c *conn) write(data []byte, deadline time.Time) {
	c.writing.Lock()
	defer c.writing.Unlock()
	_ = c.w.SetWriteDeadline(deadline)
	if n, err := c.w.Write(data); err != nil && n > 0 {
		_ = c.w.Close() // nothing can follow half a message; Chromium ends when this pipe does
	}
}

func (c *conn) forget(id int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.pending, id)
}

func (m *message) decode(method string, result any) error {
	if m.Error != nil {
		return fmt.Errorf("%s: %s", method, m.Error.Message)
	}
	if result == nil {
		return nil
	}
	if err := json.Unmarshal(m.Result, result); err != nil {
		return fmt.Errorf("%s: answer: %w", method, err)
	}
	return nil
}
