/*
 * Nightly drift report: plans a snapshot against a server and posts the changes to a webhook as Markdown.
 *
 *   PREFECT_API_URL=… tsx examples/drift-report.ts prod.snapshot.yaml https://hooks.example/…
 */
import { planSnapshot, renderPlan } from 'prefect-snapshot'

const [snapshot = '', webhook = ''] = process.argv.slice(2)
const planned = await planSnapshot({ snapshot, prune: true }, { env: process.env })
const { changes } = planned.plan
if (changes.length > 0) {
  const body = JSON.stringify({ text: await renderPlan(planned, 'markdown') })
  const { status } = await fetch(webhook, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  if (status >= 300) throw new Error(`the webhook answered with ${status}`)
}
console.log(`${changes.length} changes`)
