package main

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"

	"birthright/bench/hub"
	"birthright/bench/measure"
)

// withPeer runs fn with a fresh peer.
func withPeer(ctx context.Context, fn func(c *hub.Client) error) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	cmd := exec.CommandContext(ctx, "node", "server.js")
	cmd.Dir, cmd.Stderr = peerFolder, os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		cancel()
		return err
	}
	defer func() {
		cancel()
		_ = cmd.Wait() // it was told to end
	}()
	port, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return errors.Join(errors.New("the peer did not say its port"), err)
	}
	return fn(hub.NewClient("http://127.0.0.1:" + strings.TrimSpace(port) + "/scim/v2"))
}

// postPeer pushes people into the peer.
func postPeer(ctx context.Context, args []string) (result measure.Result, err error) {
	return result, withPeer(ctx, func(c *hub.Client) (err error) {
		result, err = c.Push(ctx, args)
		return err
	})
}
