package dsl

import "sort"

// Sorted is the list in order of place, each code once a place.
func (l ErrorList) Sorted() ErrorList {
	var ds Diagnostics
	for _, d := range l {
		ds.Add(d)
	}
	sort.SliceStable(ds.list, func(i, j int) bool { return ds.list[i].At.Start < ds.list[j].At.Start })
	return ds.list
}
