import { graphFormats } from '../report/index.ts'
import type { GraphReport } from '../report/model/report.ts'
import { count, defineCommand, flag, list, required } from './command.ts'
import { environmentOptions, formatOf, selectionOptions, snapshotForms } from './options.ts'

export const graph = defineCommand({
  name: 'graph',
  group: 'Review',
  summary: 'Draw the dependency graph of a snapshot',
  description:
    'Draws the dependency graph of a snapshot: each arrow goes from a resource to one that it depends on, and cycles are marked.',
  arguments: { snapshot: required(snapshotForms) },
  options: {
    ...formatOf(graphFormats),
    focus: list(
      '--focus <ref>',
      'show only this resource (or those that a glob matches) and its dependencies; repeatable',
    ),
    depth: count('--depth <n>', 'with --focus: limit the number of steps'),
    reverse: flag('--reverse', 'with --focus: show dependents instead of dependencies'),
    ...selectionOptions,
    ...environmentOptions,
  },
  examples: [
    'graph prod.snapshot.yaml > graph.mmd',
    'graph prod.snapshot.yaml --tag team-a -f svg > team-a.svg',
    'graph prod.snapshot.yaml -f svg --focus deployment/etl/prod > dependencies.svg',
    'graph prod.snapshot.yaml -f html --focus work-pool/k8s --reverse --depth 2 > dependents.html',
  ],
  async run(input, io) {
    const { graphSnapshot } = await import('../operations/graph-snapshot.ts')
    const { graphReporters } = await import('../report/index.ts')
    const { allFieldsOf } = await import('../report/model/field-views.ts')
    const { commonOf } = await import('./print.ts')
    const { refOf } = await import('../ref.ts')
    const { snapshot, issues, placeOf, focus, resources, external, edges } = await graphSnapshot(input, io)
    const status = issues.some(({ severity }) => severity === 'error') ? 'usage' : 'ok'
    const report: GraphReport = {
      schema: 'prefect-snapshot/graph',
      ...commonOf(issues, status, io),
      source: { file: input.snapshot, ...(snapshot.source ?? {}) },
      ...(focus ? { focus } : {}),
      resources: [
        ...resources.map((resource) => {
          const place = placeOf(refOf(resource))
          const at = place ? { place: { file: place.file, line: place.line } } : {}
          return { ref: refOf(resource), ...at, fields: allFieldsOf(resource, 'after') }
        }),
        ...external.map((ref) => ({ ref, external: true as const, fields: [] })),
      ],
      edges,
    }
    const reporter = await graphReporters[input.format]()
    io.out(await reporter(report, { style: io.style, width: io.width }))
    if (input.format !== 'json') io.warn(issues)
    return status
  },
})
