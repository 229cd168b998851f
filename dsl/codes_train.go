package dsl

// trainCodes are GT03xx: training.
var trainCodes = []CodeInfo{}
