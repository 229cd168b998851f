package runtime

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
)

var temporaries atomic.Int64

// WriteFileAtomic writes a file so that a crash at any moment leaves either
// the old content or the new: under another name beside it, synced to disk,
// then renamed over it, then the folder synced where that is possible.
func WriteFileAtomic(path string, write func(w io.Writer) error) (err error) {
	name := fmt.Sprintf("%s.%d-%d%s", path, os.Getpid(), temporaries.Add(1), temporarySuffix)
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		var at *fs.PathError
		if errors.As(err, &at) {
			at.Path = path // the other name says nothing to anybody
		}
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(name)
		}
	}()
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err = os.Rename(name, path); err != nil {
		return err
	}
	syncFolder(filepath.Dir(path))
	return nil
}

const temporarySuffix = ".partial"

// syncFolder makes a rename durable. Not every system can (Windows, wasm);
// the file itself is whole either way, so errors do not matter.
func syncFolder(dir string) {
	if d, err := os.Open(dir); err == nil {
		d.Sync()
		d.Close()
	}
}

// removeLeftovers deletes what killed writers of this file have left.
func removeLeftovers(path string) {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return
	}
	for _, e := range entries {
		if isLeftover(filepath.Base(path), e.Name()) {
			os.Remove(filepath.Join(filepath.Dir(path), e.Name()))
		}
	}
}

func isLeftover(base, name string) bool {
	var pid, n int
	if len(name) <= len(base) || name[:len(base)] != base {
		return false
	}
	_, err := fmt.Sscanf(name[len(base):], ".%d-%d"+temporarySuffix, &pid, &n)
	return err == nil && name == fmt.Sprintf("%s.%d-%d%s", base, pid, n, temporarySuffix)
}
