package store

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"birthright/audit"
	"birthright/identity"
)

// dump has PostgreSQL's own pg_dump copy the database as it is at one moment, and
// returns the end of the audit log at that moment.
func (db *DB) dump(ctx context.Context, address, part string) (head audit.Head, err error) {
	program, err := clientProgram("pg_dump")
	if err != nil {
		return head, err
	}
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return head, errors.New("the database's address is not a PostgreSQL URL")
	}
	tx, err := db.reader.DB.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead})
	if err != nil {
		return head, db.explain("copy the database", err)
	}
	defer func() { _ = tx.Rollback() }() // there is nothing to keep
	var name string
	var hash []byte
	err = tx.QueryRowContext(ctx, "SELECT pg_export_snapshot(), seq, hash FROM audit_head WHERE one = 1").Scan(&name, &head.Seq, &hash)
	if err != nil {
		return head, db.explain("copy the database", err)
	}
	copy(head.Hash[:], hash)
	cmd := exec.CommandContext(ctx, program, "--format=custom", "--no-password", "--snapshot="+name, "--file="+part, "--dbname="+withoutPassword(address))
	cmd.Env = append(os.Environ(), "PGPASSWORD="+config.Password) // the command line is for everybody to see
	if out, err := cmd.CombinedOutput(); err != nil {
		return head, &identity.Error{
			Kind: identity.Unavailable, Op: "run pg_dump", Err: db.hide(fmt.Errorf("%w: %s", err, lastLine(out))),
			Hint: "pg_dump must not be older than the server, and the database's user must be able to read every table of it",
		}
	}
	return head, nil
}

// withoutPassword is the address as a command line may show it.
func withoutPassword(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	if u.User != nil {
		u.User = url.User(u.User.Username())
	}
	q := u.Query()
	q.Del("password")
	u.RawQuery = q.Encode()
	return u.String()
}

// clientProgram finds one of the programs that come with PostgreSQL.
func clientProgram(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return "", &identity.Error{
			Kind: identity.Invalid, Op: "back up PostgreSQL", Err: fmt.Errorf("the program %s is not there", name),
			Hint: "install PostgreSQL's client programs, of the server's version or newer (Debian, Ubuntu: postgresql-client; Red Hat: postgresql), and have them in PATH",
		}
	}
	return path, nil
}

// checkDump has pg_restore unpack the whole archive, and finds in it where the audit
// log ends and which schema it is of.
func checkDump(ctx context.Context, file string, b *Backup) error {
	program, err := clientProgram("pg_restore")
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, program, "--data-only", "--file=-", file)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	faults := errors.Join(b.readDump(out), drainAll(out))
	if err := cmd.Wait(); err != nil {
		return damaged(file, fmt.Errorf("pg_restore: %w: %s", err, lastLine(said.Bytes())))
	}
	if faults != nil {
		return damaged(file, faults)
	}
	if b.Schema == 0 {
		return damaged(file, errors.New("it holds no tables of Birthright"))
	}
	return nil
}

func drainAll(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	return err
}

// readDump reads the rows of a dump, table by table, for the few that tell what it is.
func (b *Backup) readDump(r io.Reader) error {
	lines := bufio.NewReaderSize(r, 1<<20)
	table := ""
	for {
		line, err := nextLine(lines)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch {
		case table == "" && strings.HasPrefix(line, "COPY "):
			_, table, _ = strings.Cut(strings.Fields(line)[1], ".")
		case line == `\.`:
			table = ""
		case table == "audit_head", table == "birthright_migrations":
			if err := b.readRow(table, strings.Split(line, "\t")); err != nil {
				return err
			}
		}
	}
}

// nextLine returns the next line, or the beginning of one that is too long to be of
// interest.
func nextLine(r *bufio.Reader) (string, error) {
	line, long, err := r.ReadLine()
	text := string(line)
	for long && err == nil {
		_, long, err = r.ReadLine()
	}
	return text, err
}

// readRow takes a row: one, seq, hash of the head; id, version, … of the migrations.
func (b *Backup) readRow(table string, values []string) (err error) {
	if len(values) < 3 {
		return fmt.Errorf("a row of %s is cut off", table)
	}
	n, err := strconv.ParseInt(values[1], 10, 64)
	if err != nil {
		return fmt.Errorf("a row of %s: %w", table, err)
	}
	if table == "birthright_migrations" {
		b.Schema = max(b.Schema, n)
		return nil
	}
	hash, err := hex.DecodeString(strings.TrimPrefix(values[2], `\\x`))
	if err != nil {
		return fmt.Errorf("a row of %s: %w", table, err)
	}
	b.Head.Seq = n
	copy(b.Head.Hash[:], hash)
	return nil
}

func lastLine(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1]
}
