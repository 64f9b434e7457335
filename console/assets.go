package console

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

// asset is a style or a script, ready to be sent.
type asset struct {
	kind          string
	plain, zipped []byte
	version, eTag string
}

// assets are the styles and scripts, by name.
type assets map[string]asset

// loadAssets reads what is embedded. What cannot be read is not there: a page without
// its script still works.
func loadAssets() assets {
	out := assets{}
	files, _ := fs.Glob(pages, "pages/assets/*")
	for _, file := range files {
		text, err := pages.ReadFile(file)
		if err != nil {
			continue
		}
		sum := sha256.Sum256(text)
		version := base64.RawURLEncoding.EncodeToString(sum[:9])
		out[path.Base(file)] = asset{
			kind: mime.TypeByExtension(path.Ext(file)), plain: text, zipped: zip(text), version: version, eTag: `"` + version + `"`,
		}
	}
	return out
}

func zip(text []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is a valid one
	_, _ = w.Write(text)
	_ = w.Close()
	return b.Bytes()
}

// path is the address of an asset; it changes with its content, so that browsers may
// keep it for good.
func (a assets) path(name string) string { return "/assets/" + name + "?v=" + a[name].version }

// icon is for what browsers show beside an answer that is no page and names none.
func (a assets) icon(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, a.path("icon.svg"), http.StatusFound)
}

// serve sends one asset.
func (a assets) serve(w http.ResponseWriter, r *http.Request) {
	one, known := a[r.PathValue("name")]
	if !known {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", one.kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("ETag", one.eTag)
	h.Set("Vary", "Accept-Encoding")
	h.Set("Cache-Control", "no-cache")
	if r.URL.Query().Get("v") == one.version {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if r.Header.Get("If-None-Match") == one.eTag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := one.plain
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = one.zipped
	}
	_, _ = w.Write(body)
}
