// Package irtest is what tests of the IR share: functions with data that are
// compared with finite differences, and random loops. Only tests import it.
package irtest
