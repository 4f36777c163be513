import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { newest } from '../servers/versions.ts'
import { cliIn, journalIn, newHome, writeProfiles } from '../support/cli.ts'
import { plainHttp } from '../support/plain-http.ts'

/*
 * Prefect allows several automations with the same name. A change of one must never affect another, regardless of the
 * selection.
 */
let one: PrefectServer
let two: PrefectServer
const home = newHome()
const { cli, good } = cliIn(home)
const events = ['same-name.a', 'same-name.b', 'same-name.c']

/** The event that each automation expects, by its id. */
async function expected({ url }: PrefectServer): Promise<Record<string, string>> {
  const rows = await plainHttp(url).list('/automations/filter', { sort: 'CREATED_DESC' })
  return Object.fromEntries(
    rows.map(({ id, trigger }) => [String(id), String((trigger as { expect: string[] }).expect[0])]),
  )
}

async function change({ url }: PrefectServer, from: string, to: string): Promise<void> {
  const { list, put } = plainHttp(url)
  const row = (await list('/automations/filter', {})).find(
    ({ trigger }) => (trigger as { expect: string[] }).expect[0] === from,
  )
  const { name, trigger, actions } = row as { name: string; trigger: object; actions: unknown[] }
  await put(`/automations/${row?.id}`, { name, actions, enabled: true, trigger: { ...trigger, expect: [to] } })
}

const text = (file = 'all.yaml') => readFileSync(join(home, file), 'utf8')
/** The key in a snapshot of the automation that expects an event. */
const keyOf = (event: string, file?: string) =>
  new RegExp(`^key: (.*)\\n(?:(?!^---).*\\n)*? +expect: \\[${event}\\]`, 'm').exec(text(file))?.[1] ?? ''
const edit = (from: string, to: string) =>
  writeFileSync(join(home, 'edited.yaml'), text().replace(`[${from}]`, `[${to}]`))

beforeAll(async () => {
  one = await freshServer(newest)
  two = await freshServer(newest)
  writeProfiles(home, { one: one.url, two: two.url })
})
afterAll(async () => {
  await one?.stop()
  await two?.stop()
})
beforeEach(async () => {
  for (const { url } of [one, two]) {
    const { list, post, delete: remove } = plainHttp(url)
    for (const { id } of await list('/automations/filter', {})) await remove(`/automations/${id}`)
    if (url === two.url) continue
    for (const event of events) {
      const trigger = { type: 'event', posture: 'Reactive', expect: [event], threshold: 1, within: 0 }
      await post('/automations/', { name: 'twin', trigger, actions: [{ type: 'do-nothing' }] })
    }
  }
  await good('export', '--profile', 'one', '-o', 'all.yaml', '--overwrite')
  await good('apply', 'all.yaml', '--profile', 'two', '--yes')
})

describe('automations with the same name', () => {
  test.each(events)('only the selected and edited one is changed (%s)', async (event) => {
    const before = await expected(two)
    edit(event, 'same-name.new')
    await good('apply', 'edited.yaml', '--profile', 'two', '--include', `automation/${keyOf(event)}`, '--yes')
    const after = Object.entries(before).map(([id, was]) => [id, was === event ? 'same-name.new' : was])
    expect(await expected(two)).toEqual(Object.fromEntries(after))
  })

  test.each(events)(
    'only the one that was edited at the source and selected for a transfer is changed (%s)',
    async (event) => {
      const before = await expected(two)
      await change(one, event, 'same-name.new')
      await good('export', '--profile', 'one', '-o', 'now.yaml')
      const key = keyOf('same-name.new', 'now.yaml')
      await good('transfer', '--from', 'one', '--to', 'two', '--include', `automation/${key}`, '--yes')
      const after = Object.entries(before).map(([id, was]) => [id, was === event ? 'same-name.new' : was])
      expect(await expected(two)).toEqual(Object.fromEntries(after))
    },
  )

  test.each(events)('one that was changed on the server keeps its key in the snapshot (%s)', async (event) => {
    const key = keyOf(event)
    writeFileSync(join(home, 'all.yaml'), text().replace(`key: ${key}\n`, `key: ${key}    # ours\n`))
    await change(two, event, 'same-name.new')
    const diff = await good('diff', 'all.yaml', 'profile:two')
    expect(diff.stdout).toMatch(new RegExp(`~ automation ${key}[\\s\\S]*"${event}" → "same-name.new"`))
    expect(diff.stdout).toContain('0 created, 1 updated, 0 deleted, 2 unchanged')
    await good('plan', 'all.yaml', '--profile', 'two', '--accept-remote', `automation/${key}`)
    expect(text()).toMatch(new RegExp(`^key: ${key} +# ours$`, 'm'))
    expect(keyOf('same-name.new')).toBe(`${key}    # ours`)
    await change(two, 'same-name.new', 'same-name.newer')
    await good('export', '--profile', 'two', '-o', 'all.yaml', '--update')
    expect(keyOf('same-name.newer')).toBe(`${key}    # ours`)
    expect(text().match(/^key: twin#/gm)).toHaveLength(3)
  })

  test('undo finds the one to which a changed automation refers', async () => {
    const { list, post, patch } = plainHttp(one.url)
    const deployment = await post('/deployments/', {
      name: 'target',
      flow_id: (await post('/flows/', { name: 'same-name' })).id,
    })
    const run = { type: 'run-deployment', source: 'selected', deployment_id: deployment.id }
    const trigger = { type: 'event', posture: 'Reactive', expect: ['same-name.d'], threshold: 1, within: 0 }
    const twin = await post('/automations/', { name: 'twin', trigger, actions: [run] })
    const pause = { type: 'pause-automation', source: 'selected', automation_id: twin.id }
    const { id } = await post('/automations/', { name: 'switch', trigger, actions: [pause] })
    await good('export', '--profile', 'one', '-o', 'refers.yaml')
    await patch(`/automations/${id}`, { enabled: false })
    const applied = await good('apply', 'refers.yaml', '--profile', 'one', '--yes')
    await good('undo', journalIn(applied), '--profile', 'one', '--yes')
    const rows = await list('/automations/filter', {})
    expect(rows.find(({ name }) => name === 'switch')?.enabled).toBe(false)
  })

  test('an ambiguous one is not changed', async () => {
    const before = await expected(two)
    const alone = 'kind: snapshot\nversion: 1\n---\nkind: automation\nkey: twin\nspec:\n  enabled: true\n'
    const trigger =
      '  trigger: {type: event, posture: Reactive, expect: [same-name.new]}\n  actions: [{type: do-nothing}]\n'
    writeFileSync(join(home, 'alone.yaml'), alone + trigger)
    const { exit, stderr } = await cli('apply', 'alone.yaml', '--profile', 'two', '--yes')
    expect(exit).toBe(3)
    expect(stderr).toMatch(/\[ambiguous-name] automation\/twin could be one of several on the server/)
    expect(stderr).toContain('alone.yaml:5')
    expect(await expected(two)).toEqual(before)
  })

  test('one that is renamed and edited at the same time is renamed', async () => {
    const [, event = ''] = events
    const before = await expected(two)
    const key = keyOf(event)
    edit(event, 'same-name.new')
    const moved = `moved:\n  - {from: automation/${key}, to: automation/other}\n`
    const renamed = text('edited.yaml').replace(`key: ${key}`, 'key: other')
    writeFileSync(join(home, 'edited.yaml'), renamed.replace('\n---\n', `\n${moved}---\n`))
    await good('apply', 'edited.yaml', '--profile', 'two', '--yes')
    const left = Object.values(await expected(two)).sort()
    expect(left).toEqual([...Object.values(before).filter((was) => was !== event), 'same-name.new'].sort())
  })
})
