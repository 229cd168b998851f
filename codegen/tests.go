package codegen

import (
	"strings"

	"github.com/dave/jennifer/jen"
)

const testPath = rtPath + "/rttest"

// TestFile is the file of a package's tests.
const TestFile = "gen_test.go"

// tests writes the tests of the package: of the package itself, and of its
// gradients, on a copy of it in float64 that lives in the tests alone.
func (g *generator) tests() {
	pkg := g.packageName()
	file := g.file(pkg)
	file.ImportAlias(testPath, "rttest")
	addAll(file, []jen.Code{g.saveTest()})
	for _, t := range g.plan.Program.Trains {
		addAll(file, g.trainTests(g.trainNames[t]))
	}
	g.write(TestFile, file)

	double := newGenerator(g.plan, Options{Float: "float64", Library: g.Library})
	double.generate(pkg + "_test")
	for _, f := range double.files {
		g.files = append(g.files, File{strings.TrimSuffix(f.Name, ".gen.go") + "64_test.go", f.Text})
	}
	if double.err != nil {
		g.fail(double.err)
	}
	if len(g.plan.Program.Trains) > 0 {
		file = g.file(pkg + "_test")
		for _, t := range g.plan.Program.Trains {
			addAll(file, []jen.Code{gradientTest(g.trainNames[t])})
		}
		g.write("gradient_test.go", file)
	}
}

func testFunc(name string, body ...jen.Code) *jen.Statement {
	return jen.Func().Id("Test" + name).Params(jen.Id("t").Op("*").Qual("testing", "T")).Block(body...)
}

// gradientTest compares gradients with finite differences.
func gradientTest(train string) jen.Code {
	return doc("Test" + train + "Gradients compares the gradient of every parameter with finite differences, in float64.").
		Add(testFunc(train+"Gradients",
			jen.Id("w").Op(":=").Id("New").Call(jen.Id("Seed").Call(jen.Lit(1))).Dot(train).Call(jen.Id(train+"Defaults").Call()),
			jen.Qual(testPath, "Gradients").Call(jen.Id("t"), jen.Id("w").Dot("Job").Call(), jen.Id("w").Dot("Grad"))))
}

func (g *generator) saveTest() jen.Code {
	method := func(params ...jen.Code) *jen.Statement {
		return jen.Func().Params(append([]jen.Code{jen.Id("m").Op("*").Id("Model")}, params...)...)
	}
	return doc("TestSaveLoad saves a model and loads it into one of other weights.").Add(testFunc("SaveLoad",
		jen.Qual(testPath, "SaveLoad").Call(jen.Id("t"), jen.Id("New").Call(jen.Id("Seed").Call(jen.Lit(1))), jen.Id("New").Call(jen.Id("Seed").Call(jen.Lit(2))),
			jen.Parens(jen.Op("*").Id("Model")).Dot("Tensors"), jen.Parens(jen.Op("*").Id("Model")).Dot("Save"),
			method(jen.Id("path").String()).Error().Block(jen.Return(jen.Id("m").Dot("Load").Call(jen.Id("path")))))))
}

func (g *generator) trainTests(train string) []jen.Code {
	fit := func(options ...jen.Code) *jen.Statement {
		return jen.Id("New").Call(options...).Dot(train).Call(jen.Id(train + "Defaults").Call()).Dot("Job").Call()
	}
	return []jen.Code{
		doc("Test" + train + "Allocations holds a step and an evaluation to no allocation.").
			Add(testFunc(train+"Allocations", jen.Qual(testPath, "Allocations").Call(jen.Id("t"), fit()))),
		doc("Test" + train + "SameBits holds training to the same bits on any number of threads.").
			Add(testFunc(train+"SameBits", jen.Qual(testPath, "SameBits").Call(jen.Id("t"),
				jen.Func().Params(jen.Id("pool").Op("*").Qual(rtPath, "Pool")).Qual(rtPath, "Job").Types(jen.Id(g.Float)).Block(jen.Return(fit(jen.Id("Workers").Call(jen.Id("pool")))))))),
	}
}
