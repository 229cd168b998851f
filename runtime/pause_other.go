//go:build !amd64 || noasm

package runtime

// spinPause stands for what processors have for loops that wait.
func spinPause() {}
