package dsl

// shapeCodes are GT02xx: names and shapes.
var shapeCodes = []CodeInfo{}
