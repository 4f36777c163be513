/*
 * Redraws the diagram of rooms in ARCHITECTURE.md from the imports in src/. With --check it only reports whether the
 * diagram is up to date.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import extractConfig from 'dependency-cruiser/config-utl/extract-depcruise-config'
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config'

const file = 'ARCHITECTURE.md'
const picture = /(?<=<!-- drawn by npm run draw -->\n```mermaid\n)[^`]*(?=```)/

/** Every room may import these; their arrows would hide the others. */
const shared = [
  'json',
  'secret',
  'placeholder',
  'version',
  'suggest',
  'map-concurrent',
  'list-at',
  'plain-text',
  'shell',
  'field-path',
  'check',
  'context',
  'model',
  'ref',
  'issue',
  'kind',
  'token',
  'spec',
]

const roomOf = (source: string) => /^src\/([a-z-]+)/.exec(source)?.[1] ?? ''

async function draw(): Promise<string> {
  const { options } = await extractConfig('./.dependency-cruiser.mjs')
  const { output } = await cruise(['src'], options, undefined, { tsConfig: extractTSConfig('./tsconfig.json') })
  const arrows = new Set<string>()
  for (const { source, dependencies } of (output as ICruiseResult).modules) {
    for (const { resolved } of dependencies) {
      const [from, to] = [roomOf(source), roomOf(resolved)]
      if (from && to && from !== to && !shared.includes(from) && !shared.includes(to))
        arrows.add(`  ${from} --> ${to}\n`)
    }
  }
  return `flowchart LR\n${[...arrows].sort().join('')}`
}

const text = readFileSync(file, 'utf8')
const before = picture.exec(text)?.[0]
const after = await draw()
if (before === undefined) throw new Error(`${file} has no place for the picture`)
if (!process.argv.includes('--check'))
  writeFileSync(
    file,
    text.replace(picture, () => after),
  )
else if (before !== after) {
  console.error(`The picture of rooms in ${file} is not as the code is: npm run draw`)
  process.exitCode = 1
}
