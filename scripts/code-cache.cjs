/*
 * Writes V8's code cache of the built command line. Functions are in the cache if they have run, so that the commands here are those
 * that people type most, on documents of the repository.
 */
'use strict'
const { mkdtempSync, rmSync, writeFileSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { cacheFile, compile } = require('../bin/compile.js')

const platform = join(__dirname, '../snapshots/data-team.snapshot.yaml')

async function run() {
  const { script, load } = compile(Buffer.alloc(0))
  const { main } = load()
  const folder = mkdtempSync(join(tmpdir(), 'prefect-snapshot-build-'))
  const empty = join(folder, 'empty.yaml')
  writeFileSync(empty, 'kind: snapshot\nversion: 1\n')
  for (const line of [
    ['validate', platform],
    ['diff', empty, platform],
    ['convert', platform, '-o', join(folder, 'copy.yaml')],
    ['__complete', 'fish', '3', 'plan', platform, '--include', 'deployment/'],
  ])
    await main(['node', 'prefect-snapshot', ...line])
  rmSync(folder, { recursive: true })
  process.exitCode = 0
  writeFileSync(cacheFile, script.createCachedData())
}

run()
