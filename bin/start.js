// A file of its own, since old versions of Node cannot parse what it loads.
// `main` sets the exit code. If the process ends before that, it has failed.
process.exitCode = 1
require('./compile.js').compile().load().main(process.argv)
