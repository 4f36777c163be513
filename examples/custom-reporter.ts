/*
 * A report format of one's own: a plan as lines of CSV.
 *
 *   PREFECT_API_URL=… tsx examples/custom-reporter.ts prod.snapshot.yaml
 */
import { planSnapshot, type Reporter, renderPlan } from 'prefect-snapshot'

const csv: Reporter = (report) => {
  if (report.schema !== 'prefect-snapshot/plan') return ''
  const rows = report.changes.map(({ action, ref }) => `${action},"${ref.replaceAll('"', '""')}"\n`)
  return `action,resource\n${rows.join('')}`
}

const [snapshot = ''] = process.argv.slice(2)
const planned = await planSnapshot({ snapshot }, { env: process.env })
process.stdout.write(await renderPlan(planned, csv))
