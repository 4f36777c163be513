import { mkdirSync, writeFileSync } from 'node:fs'
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
