#!/usr/bin/env node
// For jobs of CI systems. A commit of the sources has no build, which the message says.
'use strict'
const { existsSync } = require('node:fs')
const { join } = require('node:path')

if (existsSync(join(__dirname, '../dist/ci.js'))) {
  // If the process ends before the job does, it has failed.
  process.exitCode = 1
  import('../dist/ci.js')
    .then(({ main }) => main(process.env, (text) => process.stdout.write(text)))
    .then((exit) => {
      process.exitCode = exit
    })
} else {
  process.stdout.write(
    '::error::This commit of prefect-snapshot has no build. Pin the action to a commit of a built branch (npm run built), not to one of the sources.\n',
  )
  process.exitCode = 3
}
