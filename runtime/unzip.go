package runtime

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
)

// maxUnzipped is how many bytes come out of a gzipped file at most: the data of
// the largest IDX file, and what stands before it. A few megabytes of zeros can
// be made to hold any number.
const maxUnzipped = maxIDX + 4 + 4*255

// maxUnzippedText is the same of a CSV file or a text, whose cells or tokens take
// many times its size in memory.
const maxUnzippedText = 256 << 20

// openText opens a CSV file or a text of the spec, gzipped or not.
func (s *DataSpec) openText(name string) (io.ReadCloser, error) {
	file, err := s.open(name)
	if err != nil {
		return nil, err
	}
	in, err := unzipped(file, maxUnzippedText)
	if err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return unzippedFile{in, file}, nil
}

// unzippedFile reads what comes out of a file.
type unzippedFile struct {
	io.Reader
	io.Closer // of the file
}

// unzipped reads a file that may be gzipped (RFC 1952), which its first bytes
// tell, as it was before; more than so many bytes are an error.
func unzipped(in io.Reader, most int64) (io.Reader, error) {
	b := bufio.NewReader(in)
	if magic, _ := b.Peek(2); !bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		return b, nil
	}
	z, err := gzip.NewReader(b)
	if err != nil {
		return nil, err
	}
	return &capped{z, most, most}, nil
}

// capped fails when more bytes come than there may be.
type capped struct {
	in         io.Reader
	most, left int64
}

// Read reads what is still allowed.
func (c *capped) Read(b []byte) (int, error) {
	n, err := c.in.Read(b)
	if c.left -= int64(n); c.left < 0 {
		return 0, fmt.Errorf("unzipped it is more than %d bytes: unzip it before", c.most)
	}
	return n, err
}
