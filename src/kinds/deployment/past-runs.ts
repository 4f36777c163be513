import { isNumber, type Json, type JsonObject } from '../../json.ts'
import type { PastRun, RunArtifact, RunHistory } from '../../kind/run-history.ts'
import { objects, text } from '../endpoints.ts'

/** Pages of artifacts that are read for the same runs: an artifact may be large, and there may be one for each task. */
const mostPages = 20
const artifactsOfPage = 50

/** What a deployment has run: `POST /flow_runs/filter` and `POST /artifacts/filter`, as all versions from 2.20 on have them. */
export const runHistory: RunHistory = {
  async runs(reader, id, { since, until }, onRuns) {
    const before = new Date(until).toISOString()
    let [after, offset, known] = [new Date(since).toISOString(), 0, new Set<string>()]
    for (;;) {
      const page = objects(
        await reader.query('/flow_runs/filter', {
          deployments: { id: { any_: [id] } },
          flow_runs: { expected_start_time: { after_: after, before_: before } },
          sort: 'EXPECTED_START_TIME_ASC',
          offset,
        }),
      )
      const fresh = page.filter((raw) => !known.has(text(raw, 'id')))
      onRuns(fresh.flatMap((raw) => pastRun(raw) ?? []))
      const last = text(page.at(-1) ?? {}, 'expected_start_time')
      if (page.length === 0 || last === '') return
      // The next page begins at the time of the last run, which others may have too: an offset would move with every new run.
      const ids = page.map((raw) => text(raw, 'id'))
      if (Date.parse(last) > Date.parse(after)) [after, offset, known] = [last, 0, new Set(ids)]
      else {
        offset += page.length
        for (const one of ids) known.add(one)
      }
      if (fresh.length === 0 && offset === 0) return
    }
  },

  async artifacts(reader, runs) {
    const found: RunArtifact[] = []
    if (runs.length === 0) return found
    for (let page = 0, offset = 0; page < mostPages; page++) {
      const raws = objects(
        await reader.query('/artifacts/filter', {
          flow_runs: { id: { any_: [...runs] } },
          sort: 'CREATED_DESC',
          limit: artifactsOfPage,
          offset,
        }),
      )
      found.push(...raws.map(runArtifact))
      offset += raws.length
      if (raws.length < artifactsOfPage) break
    }
    return found
  },
}

function pastRun(raw: JsonObject): PastRun | undefined {
  const due = Date.parse(text(raw, 'expected_start_time'))
  if (Number.isNaN(due)) return undefined
  const start = Date.parse(text(raw, 'start_time'))
  return {
    id: text(raw, 'id'),
    scheduled: raw.auto_scheduled === true,
    due,
    state: text(raw, 'state_type') || 'NONE',
    seconds: numberIn(raw.total_run_time),
    ...(Number.isNaN(start) ? {} : { late: (start - due) / 1000 }),
    retries: Math.max(0, numberIn(raw.run_count) - 1),
  }
}

function numberIn(value: Json | undefined): number {
  return value !== undefined && isNumber(value) ? Number(value) : 0
}

function runArtifact(raw: JsonObject): RunArtifact {
  const [key, type] = [text(raw, 'key'), text(raw, 'type')]
  return {
    run: text(raw, 'flow_run_id'),
    ...(key === '' ? {} : { key }),
    ...(type === '' ? {} : { type }),
    data: raw.data ?? null,
    ofFlow: (raw.task_run_id ?? null) === null,
  }
}
