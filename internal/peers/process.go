package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// How long a server may take to answer after its start, and to end when told.
const (
	startTime = 60 * time.Second
	stopTime  = 20 * time.Second
)

// server is a program that runs beside this one.
type server struct {
	cmd    *exec.Cmd
	log    string
	exited chan struct{}
}

// startServer starts a program in dir and waits until url answers anything.
func startServer(ctx context.Context, dir, name, url string, args ...string) (*server, error) {
	s := &server{log: filepath.Join(dir, name+".log"), exited: make(chan struct{})}
	log, err := os.Create(s.log)
	if err != nil {
		return nil, err
	}
	defer log.Close() // the child has its own descriptor
	s.cmd = exec.Command(args[0], args[1:]...)
	s.cmd.Dir, s.cmd.Stdout, s.cmd.Stderr = dir, log, log
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	go func() {
		_ = s.cmd.Wait() // how it ended is in its log
		close(s.exited)
	}()
	if err := s.answers(ctx, url); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w: %s", name, err, s.lastWords()), s.stop())
	}
	return s, nil
}

func (s *server) answers(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		if answer, err := http.DefaultClient.Do(request); err == nil {
			return answer.Body.Close()
		}
		select {
		case <-again.C:
		case <-s.exited:
			return errors.New("it ended at once")
		case <-ctx.Done():
			return fmt.Errorf("it did not answer at %s: %w", url, ctx.Err())
		}
	}
}

// stop ends the program and waits for it.
func (s *server) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-s.exited:
		return nil
	case <-time.After(stopTime):
		_ = s.cmd.Process.Kill()
		<-s.exited
		return fmt.Errorf("%s did not stop within %s", s.cmd.Path, stopTime)
	}
}

func (s *server) lastWords() string {
	text, err := os.ReadFile(s.log)
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(string(text[max(0, len(text)-1000):]))
}

// writes counts the requests in the server's log that change something.
func (s *server) writes() (int, error) {
	text, err := os.ReadFile(s.log)
	n := 0
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
		n += bytes.Count(text, []byte(`"`+method+" "))
	}
	return n, err
}

// freeAddress is a loopback address that nobody listens on.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
