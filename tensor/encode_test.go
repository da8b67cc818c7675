package tensor

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"
)

// TestEncode checks that the encoders of the standard library refuse a Tensor, rather than write it
// without its numbers.
func TestEncode(t *testing.T) {
	t.Parallel()
	type model struct{ W *Tensor }
	type byValue struct{ W Tensor }
	x := New(2)
	for _, c := range []struct {
		name string
		v    any
	}{
		{"a tensor", x},
		{"a copy of one", *x},
		{"a field", model{x}},
		{"a field by value", byValue{*x}},
		{"a pointer to a field by value", &byValue{*x}},
		{"a slice", []*Tensor{x}},
		{"a map", map[string]*Tensor{"w": x}},
	} {
		for encoder, encode := range map[string]func(v any) error{
			"json": func(v any) error { _, err := json.Marshal(v); return err },
			"xml":  func(v any) error { _, err := xml.Marshal(v); return err },
			"gob":  func(v any) error { return gob.NewEncoder(new(bytes.Buffer)).Encode(v) },
		} {
			if err := encode(c.v); err == nil || !strings.Contains(err.Error(), errEncode.Error()) && (encoder != "xml" || c.name != "a map") { // xml has no maps
				t.Errorf("%s, %s: %v", encoder, c.name, err)
			}
		}
	}
	for _, text := range []string{`{"W": "1"}`, `{"W": {}}`, `{"W": [1, 2]}`} {
		if err := json.Unmarshal([]byte(text), new(model)); err == nil {
			t.Errorf("json reads %s", text)
		}
	}
	if err := x.UnmarshalBinary(nil); err != errEncode {
		t.Error(err)
	}
	if text, err := json.Marshal(model{}); err != nil || string(text) != `{"W":null}` {
		t.Errorf("a nil tensor: %s, %v", text, err)
	}
}
