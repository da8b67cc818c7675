package tensor

import "errors"

// A Tensor refuses to be encoded and decoded by packages such as encoding/json and encoding/gob, which would
// write it without its numbers, since it has no exported fields. The methods have value receivers where a
// copy of a Tensor is to be refused too.

var errEncode = errors.New("tensor: a Tensor can't be encoded or decoded: use its Shape and Data, and FromSlice")

// MarshalText returns an error.
func (Tensor) MarshalText() ([]byte, error) { return nil, errEncode }

// MarshalBinary returns an error.
func (Tensor) MarshalBinary() ([]byte, error) { return nil, errEncode }

// UnmarshalText returns an error.
func (*Tensor) UnmarshalText([]byte) error { return errEncode }

// UnmarshalBinary returns an error.
func (*Tensor) UnmarshalBinary([]byte) error { return errEncode }
