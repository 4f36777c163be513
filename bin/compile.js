/*
 * Compiles the built command line. The build keeps V8's code cache beside it, so that starting parses nothing; another version of V8
 * rejects the cache and compiles the text.
 */
'use strict'
const { readFileSync } = require('node:fs')
const { createRequire, wrap } = require('node:module')
const { dirname, join } = require('node:path')
const { constants, Script } = require('node:vm')

const filename = join(__dirname, '../dist/cli.cjs')
const cacheFile = `${filename}.cache`

/** The code cache; undefined if there is none, since it makes the start faster and nothing else. */
function readCache() {
  try {
    return readFileSync(cacheFile)
  } catch {
    return undefined
  }
}

/** The compiled program, and the function that runs it as a CommonJS module and returns its exports. */
exports.compile = (cachedData = readCache()) => {
  const script = new Script(wrap(readFileSync(filename, 'utf8')), {
    filename,
    cachedData,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  })
  const load = () => {
    const module = { exports: {} }
    script.runInThisContext()(module.exports, createRequire(filename), module, filename, dirname(filename))
    return module.exports
  }
  return { script, load }
}
exports.cacheFile = cacheFile
