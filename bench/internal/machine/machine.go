// Package machine tells what the processor is and can do, and what processes
// use of it.
package machine

import (
	"bufio"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// CPU is the processor that rows are measured on.
type CPU struct {
	Model  string `json:"model"`
	Vendor string `json:"vendor"`
	Family int    `json:"family"`
	Number int    `json:"number"` // the model's number in its family
	Cores  int    `json:"cores"`
	AVX512 bool   `json:"avx512"`
}

// ThisCPU reads the processor's name from the system, as far as it tells.
func ThisCPU() CPU {
	cpu := CPU{Model: runtime.GOARCH, Cores: runtime.NumCPU()}
	if file, err := os.Open("/proc/cpuinfo"); err == nil {
		defer file.Close()
		cpu.parse(bufio.NewScanner(file))
	}
	return cpu
}

// parse reads the first processor of /proc/cpuinfo.
func (c *CPU) parse(lines *bufio.Scanner) {
	for lines.Scan() {
		key, value, ok := strings.Cut(lines.Text(), ":")
		if !ok {
			return // an empty line ends a processor
		}
		value = strings.TrimSpace(value)
		switch strings.TrimSpace(key) {
		case "vendor_id":
			c.Vendor = value
		case "model name":
			c.Model = value
		case "cpu family":
			c.Family, _ = strconv.Atoi(value)
		case "model":
			c.Number, _ = strconv.Atoi(value)
		case "flags":
			c.AVX512 = slices.Contains(strings.Fields(value), "avx512vl")
		}
	}
}

// OpenBLASCore is the kind of core that OpenBLAS has to be told, "" where it
// finds out by itself: an Intel processor that came after its release it takes
// for one of 2004, and is a tenth as fast.
func (c CPU) OpenBLASCore() string {
	if c.Vendor == "GenuineIntel" && c.AVX512 {
		return "SkylakeX"
	}
	return ""
}

// Zen4 tells whether this is AMD's Zen 4, which computes 512 bits in two
// halves: family 25, from Genoa (16 to 31) on, but for the Zen 3 in between.
func (c CPU) Zen4() bool {
	n := c.Number
	return c.Vendor == "AuthenticAMD" && c.Family == 25 && (n >= 0x10 && n < 0x20 || n >= 0x60)
}
