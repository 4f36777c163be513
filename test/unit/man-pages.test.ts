import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { manList, manPages, writeManPages } from '../../scripts/man-pages.ts'
import { exitCodes } from '../../src/cli/exit-codes.ts'
import { commands } from '../../src/commands/all.ts'

const folder = `${mkdtempSync(join(tmpdir(), 'prefect-snapshot-man-'))}/`
writeManPages(folder)
const names = Object.keys(manPages('1.2.3'))

/** Whether a program is installed. */
function has(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** A letter that is printed twice, in bold, or a line below one. */
const overstrike = new RegExp(`.${String.fromCharCode(8)}`, 'g')

/** Text as a terminal shows it: without bold type, hyphenation and the width of the lines. */
function rendered(program: string, args: readonly string[]): string {
  const env = { ...process.env, LC_ALL: 'C.UTF-8', MANWIDTH: '400', MAN_KEEP_FORMATTING: '', PAGER: 'cat' }
  const text = execFileSync(program, [...args], { encoding: 'utf8', env, maxBuffer: 64 * 1024 * 1024 })
  return text.replaceAll(overstrike, '').replaceAll('‐', '-').replace(/\s+/g, ' ')
}

test('package.json lists every page of the manual (npm run reference)', () => {
  const { man, files } = JSON.parse(readFileSync('package.json', 'utf8')) as { man: string[]; files: string[] }
  expect(man).toEqual(manList())
  expect(man.map((path) => path.replace('./man/', '')).sort()).toEqual([...names].sort())
  expect(files).toContain('man')
})

test('there is a page for the tool and one for each command', () => {
  const pages = commands.map(({ name }) => `prefect-snapshot-${name.replaceAll(' ', '-')}.1`)
  expect([...names].sort()).toEqual(['prefect-snapshot.1', ...pages].sort())
})

describe.skipIf(!has('mandoc'))(`mandoc${has('mandoc') ? '' : ', which is not installed'}`, () => {
  it('finds no fault in any page', () => {
    // A date would change the bytes of each build.
    const args = ['-T', 'lint', '-W', 'warning', ...names.map((name) => folder + name)]
    let told = ''
    try {
      told = execFileSync('mandoc', args, { encoding: 'utf8' })
    } catch (error) {
      told = (error as { stdout: string }).stdout
    }
    expect(told.split('\n').filter((line) => line !== '' && !line.endsWith('missing date, using "": TH'))).toEqual([])
  })

  it.each(commands.map(({ name }) => name))('shows every option, example and exit code of %s', (name) => {
    const command = commands.find((one) => one.name === name)
    const page = `${folder}prefect-snapshot-${name.replaceAll(' ', '-')}.1`
    const text = rendered('mandoc', ['-T', 'utf8', '-O', 'width=400', page])
    for (const { flags } of Object.values(command?.options ?? {}))
      expect(text).toContain(flags.replace(/<([^>]+)>/, '$1'))
    for (const line of command?.examples ?? []) expect(text).toContain(`prefect-snapshot ${line}`)
    for (const status of ['ok', 'usage', ...Object.keys(command?.exits ?? {})] as (keyof typeof exitCodes)[])
      expect(text).toMatch(new RegExp(`EXIT STATUS.* ${exitCodes[status]} [A-Z]`))
  })
})

describe.skipIf(!has('man'))(`man${has('man') ? '' : ', which is not installed'}`, () => {
  it.each(['prefect-snapshot.1', 'prefect-snapshot-export.1', 'prefect-snapshot-bundle-verify.1'])(
    'shows %s without a warning',
    (name) => {
      const script = 'man --warnings -l "$1" 2>&1 >/dev/null'
      expect(execFileSync('sh', ['-c', script, 'sh', folder + name], { encoding: 'utf8' })).toBe('')
      const text = rendered('man', ['-l', folder + name])
      for (const heading of ['NAME', 'SYNOPSIS', 'DESCRIPTION', 'OPTIONS', 'EXIT STATUS'])
        expect(text).toContain(heading)
    },
  )

  it('shows the commands, the exit codes and the environment on the page of the tool', () => {
    const text = rendered('man', ['-l', `${folder}prefect-snapshot.1`])
    for (const { name } of commands) expect(text).toContain(`prefect-snapshot-${name.replaceAll(' ', '-')}(1)`)
    for (const code of Object.values(exitCodes)) expect(text).toMatch(new RegExp(` ${code} [A-Z]`))
    expect(text).toContain('PREFECT_API_URL')
  })
})
