package runtime

// GeneratedForRuntime4_IfUndefinedRunGtcCompileAgain is named by every
// generated package. When the contract between the compiler and this package
// changes, the number in the name changes with it, so that code generated for
// another contract fails to build with an error that says what to do.
const GeneratedForRuntime4_IfUndefinedRunGtcCompileAgain = true

// ContractVersion is the number in the constant above.
const ContractVersion = 4
