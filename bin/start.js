// A file of its own, since old versions of Node cannot parse `import()`.
// `main` sets the exit code. If the process ends before that, it has failed.
process.exitCode = 1
import('../dist/cli.js').then(({ main }) => main(process.argv))
