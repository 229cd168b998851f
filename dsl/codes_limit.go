package dsl

// limitCodes are GT04xx: limits and what is not supported.
var limitCodes = []CodeInfo{}
