//go:build unix

package browsertest

import (
	"os/exec"
	"syscall"
)

const supported = true

// ownGroup makes the command the leader of a new process group, so that killGroup reaches its children.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func killGroup(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
