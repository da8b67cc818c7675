package tensor

import "errors"

// Packages such as encoding/json and encoding/gob would write a Tensor without its numbers, since it has
// no exported fields. So it refuses to be encoded and decoded. The methods that encode have value
// receivers, so that a copy of a Tensor refuses too.

var errEncode = errors.New("tensor: a Tensor can't be encoded or decoded: use its Shape and Data, and FromSlice")

// MarshalText returns an error.
func (Tensor) MarshalText() ([]byte, error) { return nil, errEncode }

// MarshalBinary returns an error.
func (Tensor) MarshalBinary() ([]byte, error) { return nil, errEncode }

// UnmarshalText returns an error.
func (*Tensor) UnmarshalText([]byte) error { return errEncode }

// UnmarshalBinary returns an error.
func (*Tensor) UnmarshalBinary([]byte) error { return errEncode }
