import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { commandBlocks, typedBy } from '../support/command-blocks.ts'

const read = (file: string) => readFileSync(file, 'utf8')
/** Pages for users. The examples of docs/reference/commands.md are parsed, line by line, by test/docs.test.ts. */
const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'bench/README.md'],
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter(
      (file) => file.endsWith('.md') && !file.startsWith('decisions') && file !== join('reference', 'commands.md'),
    )
    .map((file) => join('docs', file)),
]
const blocks = pages.flatMap((page) => commandBlocks(page).map((block) => ({ page, ...block })))

test('there are command blocks to check, in most of the folders', () => {
  expect(blocks.length).toBeGreaterThan(90)
  expect(new Set(blocks.map(({ page }) => page.split('/').slice(0, 2).join('/'))).size).toBeGreaterThan(6)
})

test('each block of commands is typed by a test, or says above itself why not', () => {
  const nowhere = blocks.filter(({ page, reason }) => reason === undefined && !(page in typedBy))
  expect(nowhere.map(({ page, line, text }) => `${page}:${line}: ${text.split('\n')[0]}`)).toEqual([])
})

test('a reason is a sentence, and stands above a block of commands', () => {
  for (const { page, line, reason } of blocks)
    if (reason !== undefined) expect(reason.length, `${page}:${line}`).toBeGreaterThan(30)
  for (const page of pages) {
    const written = read(page).match(/^<!-- not typed/gm)?.length ?? 0
    expect(written, page).toBe(blocks.filter((block) => block.page === page && block.reason !== undefined).length)
  }
})

test('a reason that names a test names one that exists', () => {
  const named = blocks.flatMap(({ reason }) => reason?.match(/test\/[\w/.-]+\.ts/g) ?? [])
  expect(named.length).toBeGreaterThan(2)
  expect(named.filter((file) => !existsSync(file))).toEqual([])
})

describe.each(Object.entries(typedBy))('%s', (page, file) => {
  it(`has blocks that ${file} types`, () => {
    expect(blocks.some((block) => block.page === page && block.reason === undefined)).toBe(true)
    const source = read(file)
    const folder = page.startsWith('docs/') ? page.split('/').slice(0, 2).join('/') : page
    const types =
      source.includes('typedBy') || source.includes(basename(page)) || source.includes(`readdirSync('${folder}')`)
    // The demo is a program of its own, and the test runs it.
    expect(types || page === 'docs/tutorial.md').toBe(true)
  })
})

test('the demo runs the command lines of the tutorial', () => {
  const demo = read('demo/demo.ts').replaceAll(`\${file}`, 'acme.snapshot.yaml')
  const lines = commandBlocks('docs/tutorial.md')
    .filter(({ reason }) => reason === undefined)
    .flatMap(({ text }) => text.trim().split('\n'))
  expect(lines.length).toBeGreaterThan(5)
  expect(lines.filter((line) => !demo.includes(line))).toEqual([])
})
