import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type InitRequest, initialize } from '../../src/operations/initialize.ts'
import { toyKinds } from '../support/toy-kinds.ts'

it('init adds lines with the line ends of the file, and keeps its byte order mark', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'init-'))
  const ignore = join(folder, '.gitignore')
  const request: InitRequest = { folder, snapshot: 'prod.snapshot.yaml', action: 'x@1', force: true }
  const run = async () => {
    const files = await initialize(request, { kinds: toyKinds } as Parameters<typeof initialize>[1])
    return files.find(({ path }) => path === '.gitignore')?.status
  }
  writeFileSync(ignore, '\uFEFF.env\r\n*.log')
  expect(await run()).toBe('lines added')
  const text = readFileSync(ignore, 'utf8')
  expect(text).toMatch(/^\uFEFF\.env\r\n\*\.log\r\n\*\.plain/)
  expect(text.replaceAll('\r\n', '')).not.toContain('\n')
  expect(await run()).toBe('up to date')
  writeFileSync(ignore, '\uFEFF.env\r\n')
  expect(await run()).toBe('lines added')
  writeFileSync(ignore, readFileSync(ignore, 'utf8').replace('\uFEFF', ''))
  expect(await run()).toBe('up to date')
})
