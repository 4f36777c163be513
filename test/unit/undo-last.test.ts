import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { newHome } from '../support/cli.ts'
import { command } from '../support/command.ts'
import { FakeSystem } from '../support/fake-system.ts'
import { toyKinds } from '../support/toy-kinds.ts'
import { toyUrl } from '../support/toy-server.ts'

/** A user with a server of toy kinds. */
async function user(home = newHome()) {
  const system = new FakeSystem()
  const url = await toyUrl(system)
  const run = (...args: readonly string[]) =>
    command([...args, '--api-url', url], { HOME: home }, home, { kinds: toyKinds })
  const apply = (count: number) => {
    writeFileSync(join(home, 's.yaml'), `kind: snapshot\nversion: 1\n---\nkind: a\nkey: one\nspec: {count: ${count}}\n`)
    return run('apply', 's.yaml', '--yes')
  }
  const counts = () => [...system.objects.values()].map(({ count }) => Number(count))
  return { home, url, run, apply, counts }
}
const journals = (home: string) => join(home, '.local/state/prefect-snapshot/journals')

describe('undo --last', () => {
  it('reverts the newest apply, and after that, itself', async () => {
    const { run, apply, counts } = await user()
    await apply(1)
    await apply(2)
    await apply(3)
    const { exit, out } = await run('undo', '--last', '--yes')
    expect([exit, counts()]).toEqual([0, [2]])
    expect(out).toMatch(/^Plan for the server.*\n {2}from \S+\.ndjson\n/)
    await run('undo', '--last', '--yes')
    expect(counts()).toEqual([3])
  })

  it('reverts the newest apply to the server, whatever was applied to others since', async () => {
    const one = await user()
    const other = await user(one.home)
    await one.apply(1)
    await one.apply(2)
    await other.apply(5)
    const { exit } = await one.run('undo', '--last', '--yes')
    expect([exit, one.counts(), other.counts()]).toEqual([0, [1], [5]])
  })

  it('says that there is none, and fails if the newest one cannot be read', async () => {
    const { home, url, run, apply } = await user()
    const none = await run('undo', '--last', '--yes')
    const message = `There is no journal of an apply to ${url} in ${journals(home)}.`
    expect([none.exit, none.issues.map((issue) => issue.message)]).toEqual([3, [message]])
    await apply(1)
    mkdirSync(journals(home), { recursive: true })
    writeFileSync(join(journals(home), '2999-01-01T00-00-00.000Z-1.ndjson'), 'damaged\n')
    const damaged = await run('undo', '--last', '--yes')
    expect(damaged.issues.map(({ code }) => code)).toEqual(['invalid-journal'])
  })

  it.each([[['undo']], [['undo', '--last', 'a.ndjson']]])('%s is refused: which apply?', async (args) => {
    const { run } = await user()
    const { exit, issues } = await run(...args)
    expect([exit, issues.map(({ code, fix }) => `${code} ${fix}`)]).toEqual([
      3,
      ['usage Pass a file that `prefect-snapshot journals` lists, or --last for the newest apply to the server.'],
    ])
  })
})

describe('a damaged journal', () => {
  /** Applies two updates and damages the line of the journal that contains a text. */
  async function damaged(text: string, damage: (line: string, next: string) => readonly string[]) {
    const found = await user()
    const { home, run } = found
    const apply = (count: number) => {
      const resource = (key: string) => `---\nkind: a\nkey: ${key}\nspec: {count: ${count}}\n`
      writeFileSync(join(home, 's.yaml'), `kind: snapshot\nversion: 1\n${resource('one')}${resource('two')}`)
      return run('apply', 's.yaml', '--yes', '--override-change-limit')
    }
    await apply(1)
    await apply(2)
    const file = join(journals(home), readdirSync(journals(home)).sort().at(-1) ?? '')
    const lines = readFileSync(file, 'utf8').split('\n')
    const at = lines.findIndex((line) => line.includes(text))
    lines.splice(at, 2, ...damage(lines[at] ?? '', lines[at + 1] ?? ''))
    writeFileSync(file, lines.join('\n'))
    return { ...found, line: at + 1 }
  }
  const intentOfTwo = '"type":"intent","ref":"a/two"'

  it.each([
    ['a torn line', (line: string, next: string) => [line.slice(0, 40), next]],
    [
      'a torn line that the next one follows without a line end',
      (line: string, next: string) => [line.slice(0, 40) + next],
    ],
    ['bytes that were never written', (line: string, next: string) => ['\0'.repeat(line.length), next]],
  ])('with %s reverts what the other lines have, and tells what it lacks', async (_, damage) => {
    const { run, counts, line } = await damaged(intentOfTwo, damage)
    const { exit, err } = await run('undo', '--last', '--yes')
    expect([exit, counts()]).toEqual([5, [1, 2]])
    const text = err.replace(/\s+/g, ' ')
    expect(text).toMatch(/Line \d+ of \S+ndjson is damaged, as on a full disk\. Changes that no other line records are/)
    expect(text).toContain(`Line ${line} of `)
    expect(text).toContain('a/two is left as it is: what the apply replaced is in a damaged line of the journal.')
  })

  it('whose damaged lines are results reverts everything', async () => {
    const { run, counts } = await damaged('"type":"result"', (line, next) => [line.slice(0, 30) + next])
    const { exit } = await run('undo', '--last', '--yes')
    expect([exit, counts()]).toEqual([5, [1, 1]])
  })
})
