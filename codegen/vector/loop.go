package vector

import (
	"fmt"
	"slices"
	"strings"
)

// Loop is a function in assembly that runs a program over slices of float32:
//
//	func name(dst, x *float32, n int)
//
// The results come first, then the parameters: the first Slices of them are
// slices, of n elements as the results are, the others numbers. Slices are the
// same or do not overlap. A program that leaves elements to scalar code makes
// a function that returns how many elements are done: it stops before the
// first group of elements with such a one.
//
// A loop that reduces does so in sixteen lanes: the Lanes parameters that
// follow the slices are what the lanes are before element i, which is for lane
// i mod 16, and as many results, the last ones, what they are after it. They
// are in memory, sixteen floats each, before and after the loop.
type Loop struct {
	Name   string
	Body   *Program
	Slices int
	Lanes  int
	Unroll map[string]int // by instruction set: vectors side by side, 1 if not given
}

// Sets are the instruction sets that there is assembly for.
var Sets = []string{"AVX2", "AVX512"}

func set(name string) *isa {
	if name == "AVX2" {
		return avx2
	}
	return avx512
}

// Group is how many elements a loop does at once: as many may be left when it
// stops for one of them.
func (l *Loop) Group(set_ string) int { return l.unroll(set(set_)) * set(set_).width }

func (l *Loop) unroll(t *isa) int {
	if l.Lanes > 0 {
		return lanes / t.width // each lane once
	}
	return max(1, l.Unroll[t.name])
}

// lanes is how many partial results a reduction has.
const lanes = 16

// pointers are the registers of slices, results first.
var pointers = []string{"DI", "SI", "DX", "R8", "R9", "R10", "R11", "R12", "R13"}

// frame is the arguments of a loop's function.
type frame struct {
	slices  []string // names, of what a pointer is given to
	lanes   int      // how many of them, at the end, are not slices but lanes
	numbers []string
	leaves  bool
}

func (l *Loop) frame() frame {
	f := frame{leaves: l.Body.Leave != None, lanes: l.Lanes}
	for i := range len(l.Body.Results) - l.Lanes {
		name := "dst"
		if i > 0 {
			name += fmt.Sprint(i + 1)
		}
		f.slices = append(f.slices, name)
	}
	for i, v := range l.Body.Params {
		if i < l.Slices+l.Lanes {
			f.slices = append(f.slices, l.Body.Instrs[v].Name)
		} else {
			f.numbers = append(f.numbers, l.Body.Instrs[v].Name)
		}
	}
	return f
}

// number is the place of a number in the frame.
func (f *frame) number(i int) string {
	return fmt.Sprintf("%s+%d(FP)", f.numbers[i], 8*len(f.slices)+4*i)
}

func (f *frame) count() int { return 8 * ((8*len(f.slices) + 4*len(f.numbers) + 7) / 8) }

// Declaration is the Go declaration of the loop's function.
func (l *Loop) Declaration(set string) string {
	f := l.frame()
	params := strings.Join(f.slices, ", ") + " *float32, "
	if len(f.numbers) > 0 {
		params += strings.Join(f.numbers, ", ") + " float32, "
	}
	result := ""
	if f.leaves {
		result = " (done int)"
	}
	return fmt.Sprintf("//go:noescape\nfunc %s%s(%sn int)%s\n", l.Name, set, params, result)
}

// Assembly writes the functions of loops for an instruction set, as a file of
// Go's assembler without its header.
func Assembly(name string, loops []*Loop) (string, error) {
	t := set(name)
	w := &writer{isa: t, pool: &pool{}, table: "constants" + name}
	for _, l := range loops {
		if err := w.loop(l); err != nil {
			return "", fmt.Errorf("%s: %w", l.Name, err)
		}
	}
	var out strings.Builder
	out.WriteString("#include \"textflag.h\"\n\n")
	if t.masks == 0 {
		out.WriteString(ends)
	}
	w.pool.table(w.table, t.times(), &out)
	out.WriteString(w.out.String())
	return out.String(), nil
}

// ends are the masks of the last elements of slices: 8 - n words from its
// beginning are n times all ones.
var ends = "DATA ends<>+0(SB)/8, $-1\nDATA ends<>+8(SB)/8, $-1\nDATA ends<>+16(SB)/8, $-1\nDATA ends<>+24(SB)/8, $-1\nGLOBL ends<>(SB), RODATA|NOPTR, $64\n\n"

// writer writes a file of assembly.
type writer struct {
	*isa
	pool  *pool
	table string
	out   strings.Builder
}

func (w *writer) line(format string, args ...any) {
	if format != "" && !strings.HasSuffix(format, ":") {
		w.out.WriteByte('\t')
	}
	fmt.Fprintf(&w.out, format+"\n", args...)
}

// loop writes a function: as many vectors at a time as the loop is unrolled,
// then one at a time, the last one under a mask.
func (w *writer) loop(l *Loop) error {
	f := l.frame()
	s, err := w.body(l, &f)
	if err != nil {
		return err
	}
	unroll := l.unroll(w.isa)
	at := &whole{w.isa, len(f.slices) - f.lanes}
	main, held, err := s.allocate(interleave(s.code, unroll), w.table, at)
	if err != nil {
		return err
	}
	rest, err := s.allocateWith(held, interleave(s.code, 1), w.table, &part{w.isa})
	if err != nil {
		return err
	}
	w.begin(l, &f, s, held)
	w.line("CMPQ CX, $%d", unroll*w.width)
	w.line("JLT  tail")
	w.lines(at.lanes(&f, "VMOVUPS %[1]s, %[2]s"))
	w.line("PCALIGN $32")
	w.line("loop:")
	w.lines(main)
	w.advance(&f, unroll)
	w.line("CMPQ CX, $%d", unroll*w.width)
	w.line("JGE  loop")
	w.lines(at.lanes(&f, "VMOVUPS %[2]s, %[1]s"))
	w.line("tail:")
	w.line("CMPQ CX, $0")
	w.line("JLE  done")
	w.mask()
	w.lines(rest)
	w.advance(&f, 1)
	for i := len(f.slices) - f.lanes; i < len(f.slices) && w.width < lanes; i++ {
		w.line("ADDQ $%d, %s", 4*w.width, pointers[i])
	}
	w.line("JMP  tail")
	w.end(l, &f)
	return nil
}

// body chooses the instructions of a loop's program: loads, the program, the
// test of what it leaves, stores.
func (w *writer) body(l *Loop, f *frame) (*selector, error) {
	s, err := w.choose(l.Body, w.pool, func(s *selector, k int) reg {
		if k >= l.Slices+l.Lanes {
			return s.pool.add(constant{frame: f.number(k - l.Slices - l.Lanes)})
		}
		u := s.into(false)
		s.emit(u, inst{op: move, imm: noImm, tied: untied, stream: len(l.Body.Results) - l.Lanes + k})
		return u.dst
	})
	if err != nil {
		return nil, err
	}
	if f.leaves {
		s.code = append(s.code, inst{op: leave, imm: noImm, tied: untied, src: []reg{s.value[l.Body.Leave]}, dst: noReg, mask: noReg, keep: noReg})
	}
	for i, r := range l.Body.Results {
		src, before := s.read(s.root(r)), noReg
		if lane := i - (len(l.Body.Results) - l.Lanes); lane >= 0 {
			before, i = s.value[l.Body.Params[l.Slices+lane]], i+l.Slices
		}
		s.store(inst{op: move, imm: noImm, tied: untied, src: []reg{src}, at: -1, dst: noReg, mask: noReg, keep: noReg, stream: i}, before)
	}
	return s, nil
}

// store adds a store as early as it may stand, which frees its register: behind
// the loads, behind what leaves the loop, and behind what reads the register
// that it is a new value of.
func (s *selector) store(in inst, old reg) {
	at := len(s.code)
	for ; at > 0; at-- {
		c := &s.code[at-1]
		if c.src == nil || c.op == leave || c.dst == in.src[0] || slices.Contains(c.reads(), old) {
			break
		}
	}
	s.code = slices.Insert(s.code, at, in)
}

func (w *writer) lines(list []string) {
	for _, line := range list {
		w.line("%s", line)
	}
}

// begin writes the head of a function, up to the loop.
func (w *writer) begin(l *Loop, f *frame, s *selector, held []reg) {
	size := f.count() + 8
	if f.leaves {
		size += 8
	}
	w.line("")
	fmt.Fprintf(&w.out, "// %s", strings.TrimPrefix(l.Declaration(w.name), "//go:noescape\n"))
	fmt.Fprintf(&w.out, "TEXT ·%s%s(SB), NOSPLIT, $0-%d\n", l.Name, w.name, size)
	for i, name := range f.slices {
		w.line("MOVQ %s+%d(FP), %s", name, 8*i, pointers[i])
	}
	w.line("MOVQ n+%d(FP), CX", f.count())
	a := &allocator{isa: w.isa, pool: w.pool, table: w.table, held: held}
	for _, r := range held {
		n, _ := a.holds(r)
		a.fetch(r, n)
	}
	w.lines(a.lines)
}

// advance moves on by vectors.
func (w *writer) advance(f *frame, vectors int) {
	for i := range len(f.slices) - f.lanes {
		w.line("ADDQ $%d, %s", 4*vectors*w.width, pointers[i])
	}
	w.line("SUBQ $%d, CX", vectors*w.width)
}

// mask makes the mask of the first CX lanes.
func (w *writer) mask() {
	if w.masks > 0 {
		w.lines([]string{"MOVL $-1, AX", "CMPQ CX, $16", "JGE  full", "SHLL CX, AX", "NOTL AX"})
		w.line("full:")
		w.line("KMOVW AX, K1")
		return
	}
	w.lines([]string{"MOVQ $8, AX", "CMPQ CX, AX", "CMOVQLT CX, AX", "NEGQ AX", "LEAQ ends<>+32(SB), BX", "VMOVUPS (BX)(AX*4), Y15"})
}

// end writes what follows the loops.
func (w *writer) end(l *Loop, f *frame) {
	w.line("done:")
	if f.leaves {
		w.line("MOVQ n+%d(FP), AX", f.count())
		w.line("SUBQ CX, AX")
		w.line("CMPQ AX, n+%d(FP)", f.count())
		w.line("CMOVQGT n+%d(FP), AX", f.count()) // CX is below 0 after the last vector
		w.line("MOVQ AX, done+%d(FP)", f.count()+8)
	}
	w.line("VZEROUPPER")
	w.line("RET")
}

// whole is the access of whole vectors. The streams from first on are lanes,
// which are in registers, the first ones, as long as the loop runs.
type whole struct {
	*isa
	first int
}

// fixed is the register of a stream of lanes.
func (t *whole) fixed(in step) (int, bool) {
	return (in.stream-t.first)*(lanes/t.width) + in.copy, in.op == move && in.stream >= t.first
}

// lanes moves all lanes from or to memory, by a line for memory and a register.
func (t *whole) lanes(f *frame, format string) (lines []string) {
	for i := range f.lanes {
		for c := range lanes / t.width {
			in := step{inst{op: move, stream: t.first + i}, c, 0}
			n, _ := t.fixed(in)
			lines = append(lines, fmt.Sprintf(format, t.place(in), t.letter+fmt.Sprint(n)))
		}
	}
	return lines
}

func (t *whole) place(in step) string {
	if in.copy == 0 {
		return "(" + pointers[in.stream] + ")"
	}
	return fmt.Sprintf("%d(%s)", 4*t.width*in.copy, pointers[in.stream])
}

func (t *whole) load(in step, to string) string { return "VMOVUPS " + t.place(in) + ", " + to }

func (t *whole) store(in step, from string) string { return "VMOVUPS " + from + ", " + t.place(in) }

// test leaves the loop if a lane of a mask is set; KORTESTW and TESTL set the
// zero flag if none is.
func (t *whole) test(masks []string) (lines []string) {
	if t.masks > 0 {
		for len(masks) > 2 {
			lines = append(lines, fmt.Sprintf("KORW %s, %s, %s", masks[0], masks[1], masks[0]))
			masks = append(masks[:1], masks[2:]...)
		}
		return append(lines, fmt.Sprintf("KORTESTW %s, %s", masks[0], masks[len(masks)-1]), "JNZ  done")
	}
	for _, m := range masks[1:] {
		lines = append(lines, fmt.Sprintf("VORPS %s, %s, %s", m, masks[0], masks[0]))
	}
	return append(lines, "VMOVMSKPS "+masks[0]+", AX", "TESTL AX, AX", "JNZ  done")
}

// part is the access of one vector's first lanes.
type part struct{ *isa }

func (t *part) load(in step, to string) string {
	if t.masks > 0 {
		return fmt.Sprintf("VMOVUPS.Z (%s), K1, %s", pointers[in.stream], to)
	}
	return fmt.Sprintf("VMASKMOVPS (%s), Y15, %s", pointers[in.stream], to)
}

func (t *part) store(in step, from string) string {
	if t.masks > 0 {
		return fmt.Sprintf("VMOVUPS %s, K1, (%s)", from, pointers[in.stream])
	}
	return fmt.Sprintf("VMASKMOVPS %s, Y15, (%s)", from, pointers[in.stream])
}

func (t *part) test(masks []string) []string {
	one := masks[0]
	and := fmt.Sprintf("VANDPS Y15, %s, %s", one, one)
	if t.masks > 0 {
		and = fmt.Sprintf("KANDW K1, %s, %s", one, one)
	}
	return append([]string{and}, (&whole{isa: t.isa}).test(masks)...)
}

// fixed says that lanes are in memory, as slices are.
func (t *part) fixed(step) (int, bool) { return 0, false }
