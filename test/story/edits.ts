import { plainHttp, type Row } from '../support/plain-http.ts'
import type { Made } from './platform.ts'

/** Edits the parameters of deployments at the old side, and makes one more beside the first one, whose name is returned. */
export async function editAtOld(url: string, edited: readonly Made[], table: string): Promise<string> {
  const { get, patch, post } = plainHttp(url)
  for (const { id } of edited) await patch(`/deployments/${id}`, { parameters: { table } })
  const [first] = edited as [Made]
  const { flow_id, work_pool_name, tags } = await get(`/deployments/${first.id}`)
  const name = `added-${table.replaceAll(' ', '-')}`
  const schedules = [{ schedule: { cron: '30 4 * * *', timezone: 'UTC' }, active: true }]
  await post('/deployments/', {
    ...{ name, flow_id, work_pool_name, tags, schedules, paused: false },
    ...{ entrypoint: 'flows/added.py:run', path: '/srv/flows', parameters: { table } },
  })
  return `${first.name.split('/')[0]}/${name}`
}

/** The deployments of a server by flow and name, by plain HTTP. */
async function deploymentsAt(url: string): Promise<ReadonlyMap<string, Row>> {
  const { list } = plainHttp(url)
  const flows = new Map((await list('/flows/filter', {})).map(({ id, name }) => [id, String(name)]))
  const rows = await list('/deployments/filter', {})
  return new Map(rows.map((row) => [`${flows.get(row.flow_id)}/${row.name}`, row]))
}

/** The tables in the parameters of deployments. */
export async function parametersAt(url: string, names: readonly string[]): Promise<unknown[]> {
  const rows = await deploymentsAt(url)
  return names.map((name) => (rows.get(name)?.parameters as Row | undefined)?.table)
}

/** What the schedules of deployments say of their times. */
export async function schedulesAt(url: string, names: readonly string[]): Promise<unknown[]> {
  const rows = await deploymentsAt(url)
  return names.map((name) =>
    ((rows.get(name)?.schedules ?? []) as Row[]).map(({ schedule }) => {
      const { cron, interval, rrule, anchor_date } = schedule as Row
      // Servers from 3.6.26 on begin rules without a start of their own.
      const text = typeof rrule === 'string' ? rrule.replace('DTSTART:20200101T000000\n', '') : undefined
      return { cron, interval, rrule: text, anchor: anchor_date ? Date.parse(String(anchor_date)) : undefined }
    }),
  )
}

/** The names of the deployments that the journal of a migration says run on both sides. */
export function dualRunIn(lines: readonly Row[]): string[] {
  const taken = lines.filter(({ type, move, step }) => type === 'switch' && move === 'dual-run' && step === 'taken')
  return taken.map(({ ref }) => String(ref).replace('deployment/', ''))
}
