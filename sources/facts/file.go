package facts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"birthright/identity"
	"birthright/internal/strictyaml"
	"birthright/sources"
)

// file is a file on this machine. format is what it is, "" where its ending says so.
type file struct{ source, path, format string }

// String is the path.
func (f file) String() string { return f.path }

// load reads the bytes, which must not change meanwhile.
func (f file) load(context.Context) (document, error) {
	data, err := f.bytes()
	rows := reader(f.path)
	if f.format != "" {
		rows = reader("." + f.format)
	}
	return document{f.path, data, rows}, err
}

func (f file) bytes() ([]byte, error) {
	in, err := os.Open(f.path)
	if err != nil {
		return nil, sources.Unreadable(op(f.source), err)
	}
	defer in.Close()
	before, err := in.Stat()
	if err == nil && !before.Mode().IsRegular() {
		err = fmt.Errorf("%s is no ordinary file", f.path)
	}
	if err == nil && before.Size() > strictyaml.MaxSize {
		err = fmt.Errorf("%s has more than %d MiB: no rota is that long", f.path, strictyaml.MaxSize>>20)
	}
	if err != nil {
		return nil, &identity.Error{Kind: identity.Invalid, Op: op(f.source), Err: err}
	}
	data, err := io.ReadAll(in)
	if err == nil {
		var after fs.FileInfo
		if after, err = in.Stat(); err == nil && (after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime()) || int64(len(data)) != after.Size()) {
			err = errors.New("the file changed while it was read")
		}
	}
	if err != nil {
		return nil, &identity.Error{Kind: identity.Incomplete, Op: op(f.source), Object: f.path, Err: err,
			Hint: "write a new file beside it and rename it into place"}
	}
	return data, nil
}
