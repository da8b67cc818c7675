//go:build !unix

package browsertest

import "os/exec"

// supported is false where a process cannot be given pipes beyond the standard three.
const supported = false

func ownGroup(*exec.Cmd) {}

func killGroup(cmd *exec.Cmd) { _ = cmd.Process.Kill() }
