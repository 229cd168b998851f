package runtime

// Pipeline is a placeholder until the next file set lands.
type Pipeline struct{}
