package dsl

// syntaxCodes are GT01xx: the text is not a program. First the characters and
// words.
var syntaxCodes = append([]CodeInfo{
	{"GT0101", "a character that does not belong in a program", page(
		"Programs are written with the letters a to z, digits, _ and the signs of the language. Any other character may stand in a comment or a string only. Spaces and dashes copied from a text processor look right and are not.",
		"const α = 3", "const alpha = 3")},
	{"GT0102", "the file is not UTF-8 text", page(
		"A program is a text file in UTF-8. A file in another encoding, or no text at all, is not read further.",
		"const A = 3 // caf\ufffd (saved as Latin-1)", "const A = 3 // café")},
	{"GT0103", "a string without its closing quote", page(
		`A string ends on the line where it began. A newline inside is written \n, a quote \".`,
		"train Fit(x: [B]) {\n    data csv(\"digits.csv)\n}", "train Fit(x: [B]) {\n    data csv(\"digits.csv\")\n}")},
	{"GT0104", "a malformed number", page(
		"Numbers are decimal, with digits on both sides of a point, and perhaps an exponent: 3, 0.5, 2e-5. Sizes have a unit: 4MB is 4,000,000 bytes, 4MiB is 4,194,304. Integers are below 2^53.",
		"const A = .5", "const A = 0.5")},
	{"GT0105", "an unknown escape in a string", page(
		`After a backslash stand ", \, n (newline), t (tab) or r. A path has slashes, on Windows too.`,
		"train Fit(x: [B]) {\n    data csv(\"C:\\data.csv\")\n}", "train Fit(x: [B]) {\n    data csv(\"C:/data.csv\")\n}")},
	{"GT0106", "a closing bracket that does not fit", page(
		"Brackets are closed in the order opposite to that in which they were opened.",
		"func f(x) { g(x[0)] }", "func f(x) { g(x[0]) }")},
	{"GT0107", "a bracket that is never closed", page(
		"The declaration ends, or the next one begins, inside a bracket. The mark shows the innermost one that is open; the one that lacks its closing bracket may be inside it.",
		"model A(x: [B, 4]) -> [B, 1] {\n    x |> Dense(1)", "model A(x: [B, 4]) -> [B, 1] {\n    x |> Dense(1)\n}")},
	{"GT0108", "a line that begins with a minus and a space", page(
		"A newline ends a statement unless the next line goes on with an operator. A minus can begin a new value, so that it does not: end the line before with it. -x, without the space, begins a new statement.",
		"func f(x) {\n    y = x\n        - 1\n    y\n}", "func f(x) {\n    y = x -\n        1\n    y\n}")},
	{"GT0109", "too deeply nested", page(
		"Brackets and operators may stand at most 1,000 deep inside one another. Programs that people write stay far below; generated ones give parts names.",
		"const A = ((((((… 1,000 more …", "const A = ((1))")},
	{"GT0110", "the file is too large", page(
		"A program has at most 1 MiB of text. Weights and data are files of their own, read at run time.",
		"// … more than 1 MiB of text …", "dim B <= 32")},
}, grammarCodes...)
