package golden

import (
	"reflect"
	"testing"

	"github.com/gtc-lang/gtc/ir"
	rt "github.com/gtc-lang/gtc/runtime"
)

// TestDataMirrorsRuntime: what the compiler says about data has the names that
// the runtime has for it, so that one is the other's literal translation.
func TestDataMirrorsRuntime(t *testing.T) {
	kinds := map[ir.DataOpKind]rt.Op{
		ir.DataMultiply: rt.Multiply(2), ir.DataDivide: rt.Divide(2), ir.DataAdd: rt.AddTo(2),
		ir.DataStandardize: rt.Standardize(), ir.DataCategories: rt.Categories("a"), ir.DataNames: rt.Names("a"),
		ir.DataOneHot: rt.OneHot(2), ir.DataFill: rt.Fill(2), ir.DataFillMean: rt.FillMean(), ir.DataFillMedian: rt.FillMedian(),
	}
	for kind, op := range kinds {
		if string(kind) != op.Kind {
			t.Errorf("%s is %s at run time", kind, op.Kind)
		}
	}
	for _, c := range []struct{ compiler, runtime any }{
		{ir.Data{}, rt.DataSpec{}}, {ir.DataFormat{}, rt.Format{}}, {ir.DataInput{}, rt.Input{}}, {ir.Columns{}, rt.Columns{}}, {ir.DataOp{}, rt.Op{}},
	} {
		fields(t, reflect.TypeOf(c.compiler), reflect.TypeOf(c.runtime))
	}
	spec := []string{rt.KindCSV, rt.KindIDX, rt.KindText, rt.HeaderAuto, rt.HeaderYes, rt.HeaderNo, rt.ByBytes, rt.ByChars}
	if want := []string{"csv", "idx", "text", "", "yes", "no", "bytes", "chars"}; !reflect.DeepEqual(spec, want) {
		t.Errorf("the runtime says %v, the compiler %v", spec, want)
	}
}

// fields checks that every field of the compiler's type but its place and what
// is a struct of its own stands in the runtime's.
func fields(t *testing.T, compiler, runtime reflect.Type) {
	for i := range compiler.NumField() {
		f := compiler.Field(i)
		if f.Name == "At" || f.Name == "Format" || f.Name == "Inputs" { // of the pipeline at run time
			continue
		}
		g, ok := runtime.FieldByName(f.Name)
		if !ok || g.Type.Kind() != f.Type.Kind() {
			t.Errorf("%v.%s has no fellow in %v", compiler, f.Name, runtime)
		}
	}
}
