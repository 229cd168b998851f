package codegen

// tests writes the tests of the package.
func (g *generator) tests() {}
