#!/usr/bin/env node
// Every version of Node can run this file, to say which versions are supported: CommonJS with the syntax of ES5.
'use strict'
var needed = require('../package.json').engines.node.replace('>=', '')
var found = process.versions.node

/** Whether the version `left` is older than `right`, both split at their periods. */
function isOlder(left, right) {
  if (right.length === 0) return false
  var difference = parseInt(left[0], 10) - parseInt(right[0], 10)
  return difference === 0 ? isOlder(left.slice(1), right.slice(1)) : difference < 0
}

if (isOlder(found.split('.'), needed.split('.'))) {
  process.stderr.write(['prefect-snapshot needs Node ', needed, ' or later, but this is Node ', found, '.\n'].join(''))
  process.exitCode = 1
} else {
  require('./start.js')
}
