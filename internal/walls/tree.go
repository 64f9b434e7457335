package walls

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Module is the path of the module; imports of its own packages begin with it.
const Module = "birthright"

// File is one Go file as far as walls look at it.
type File struct {
	// Path is slash-separated, from the module's folder.
	Path string
	// Imports are import paths; those of the module are without its name, so
	// that "store" is its package and "context" the library's.
	Imports []Import
	// Calls are the functions called by a plain or qualified name: "panic",
	// "time.Now". Names of packages are those of the file.
	Calls []Call
	// Functions are the names of its top-level functions.
	Functions []Call
}

// Import is one imported package.
type Import struct {
	Path string
	Own  bool // a package of the module
	Line int
}

// Call is a name and where it stands.
type Call struct {
	Name string
	Line int
}

// Package is the folder of the file, "." for the module's own.
func (f File) Package() string { return path.Dir(f.Path) }

// Test reports whether the file belongs to tests.
func (f File) Test() bool { return strings.HasSuffix(f.Path, "_test.go") }

// In reports whether the file is in one of the folders or below it.
func (f File) In(folders ...string) bool {
	return slices.ContainsFunc(folders, func(folder string) bool {
		return f.Package() == folder || strings.HasPrefix(f.Package(), folder+"/")
	})
}

// Tree is the module's source.
type Tree struct {
	Files []File
	// Texts are the paths of all files that are text for people or programs.
	Texts []string
	root  fs.FS
}

// Read reads the module in root. What is not part of it is left out: hidden
// folders but .ci, built programs, databases.
func Read(root fs.FS) (Tree, error) {
	tree := Tree{root: root}
	var faults []error
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name == ".":
			return nil
		case entry.IsDir() && outside(entry.Name()):
			return fs.SkipDir
		case !entry.Type().IsRegular() || built(entry.Name()):
			return nil
		}
		tree.Texts = append(tree.Texts, name)
		if path.Ext(name) != ".go" {
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		file, err := Parse(name, text)
		faults = append(faults, err)
		tree.Files = append(tree.Files, file)
		return nil
	})
	return tree, errors.Join(append(faults, err)...)
}

func outside(folder string) bool {
	return folder != ".ci" && strings.HasPrefix(folder, ".") || folder == "bin" || folder == "testdata" || folder == "vendor"
}

// built reports whether the file is made by programs and never committed.
func built(name string) bool {
	for _, ending := range []string{".db", ".db-wal", ".db-shm", ".lock", ".out", ".test"} {
		if strings.HasSuffix(name, ending) {
			return true
		}
	}
	return name == Module // the program, built where it stands
}

// Parse reads one file.
func Parse(name string, text []byte) (File, error) {
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, name, text, parser.SkipObjectResolution)
	if err != nil {
		return File{}, fmt.Errorf("parse %s: %w", name, err)
	}
	f := File{Path: name}
	for _, spec := range parsed.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return File{}, fmt.Errorf("parse %s: %w", name, err)
		}
		short, own := strings.CutPrefix(imported, Module+"/")
		f.Imports = append(f.Imports, Import{Path: short, Own: own, Line: set.Position(spec.Pos()).Line})
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Recv == nil {
				f.Functions = append(f.Functions, Call{n.Name.Name, set.Position(n.Pos()).Line})
			}
		case *ast.Ident:
			f.Calls = append(f.Calls, Call{n.Name, set.Position(n.Pos()).Line})
		case *ast.SelectorExpr:
			if of, ok := n.X.(*ast.Ident); ok {
				f.Calls = append(f.Calls, Call{of.Name + "." + n.Sel.Name, set.Position(n.Pos()).Line})
				return false
			}
		}
		return true
	})
	return f, nil
}
