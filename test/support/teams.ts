/**
 * A snapshot of two teams on one server. Each has a flow, a scheduled deployment, an automation and a variable, all with
 * its tag; they share a pool with a queue for each.
 */
export const twoTeams = `kind: snapshot
version: 1
${['red', 'blue']
  .map(
    (team) => `---
kind: variable
key: ${team}_threshold
spec: {value: 5, tags: [${team}]}
---
kind: work-queue
key: shared/${team}
refs: {pool: work-pool/shared}
spec: {is_paused: false}
---
kind: flow
key: ${team}-etl
spec: {tags: [${team}]}
---
kind: deployment
key: ${team}-etl/prod
refs: {flow: flow/${team}-etl, queue: work-queue/shared/${team}}
spec:
  entrypoint: flows/etl.py:main
  tags: [${team}, prod]
  parameters: {bucket: ${team}-dev, threshold: 2.0}
  paused: false
  schedules:
    - {slug: nightly, cron: 0 3 * * *, timezone: UTC, active: true}
    - {slug: spare, cron: 0 9 * * *, timezone: UTC, active: false}
---
kind: automation
key: ${team} again
spec:
  tags: [${team}]
  enabled: true
  trigger:
    type: event
    posture: Reactive
    expect: [prefect.flow-run.Failed]
    match_related: {prefect.resource.id: 'prefect.deployment.<ref:deployment/${team}-etl/prod>'}
  actions: [{type: run-deployment, source: selected, deployment_id: '<ref:deployment/${team}-etl/prod>'}]
`,
  )
  .join('')}---
kind: work-pool
key: shared
spec: {type: process, is_paused: false}
---
kind: concurrency-limit
key: unowned
spec: {limit: 3}
`
