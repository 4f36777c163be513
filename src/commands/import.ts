import { kindsText, plural } from '../plain-text.ts'
import { defineCommand, flag, list, requiredValue, rest, value } from './command.ts'

export const importCommand = defineCommand({
  name: 'import',
  group: 'Share',
  summary: 'Convert files of other formats, such as prefect.yaml, to a snapshot',
  description:
    'Reads files of other formats and writes one snapshot that says the same. A prefect.yaml becomes what prefect deploy --all would make of it: flows, deployments, and the automations of their triggers. Flows of Prefect 1 become deployments that are paused until their code is rewritten. Files of prefect automation create --from-file become automations. Steps are not run, and no server is asked: what only they know stays as a template, with a warning.',
  arguments: { files: rest('file, git:REV:path, or - for standard input') },
  options: {
    output: requiredValue(
      '-o, --output <path>',
      'file, directory (ends in /), bundle (ends in .tar.gz), or - for standard output',
    ),
    as: value(
      '--as <format>',
      'format of the files: prefect-yaml, prefect1 or automations (default: their content tells)',
    ),
    outputOf: list(
      '--output-of <name=value>',
      'output of a build or push step, such as build-image.tag=v1; repeatable',
    ),
    python: value(
      '--python <interpreter>',
      'interpreter with Prefect 3 that loads the flows of a prefect.yaml, which runs their code (default: no code is run)',
    ),
    pool: list(
      '--pool <from=name>',
      'work pool for a run config of Prefect 1, by type (kubernetes=k8s) or label (label:gpu=gpus); repeatable',
    ),
    checklist: value(
      '--checklist <file>',
      'also write what a person has to do for flows of Prefect 1 (.json or Markdown)',
    ),
    nameOf: list('--name-of <id=kind/key>', 'resource that an ID in an automation file names; repeatable'),
    overwrite: flag('--overwrite', 'replace what is at the output, also comments, uncommitted edits and other files'),
  },
  examples: [
    'import prefect.yaml -o platform/',
    'import prefect.yaml -o prod.snapshot.yaml --output-of build-image.tag=v1',
    'import prefect.yaml -o platform/ --python .venv/bin/python',
    'import flows.json -o platform/ --checklist checklist.md --pool kubernetes=k8s',
    'import automations.yaml -o platform/ --name-of b091c6f6-906f-4f61-a4b2-a474a53a4b50=deployment/etl/prod',
    'import team-a/prefect.yaml team-b/prefect.yaml -o platform/',
  ],
  async run(input, io) {
    const operations = await import('../operations/import-files.ts')
    const { writeResultText } = await import('../report/text/write-result.ts')
    const { noteBundle } = await import('./print.ts')
    const { snapshot, issues, text, written, bundle } = await operations.importFiles(input, io)
    io.warn(issues)
    if (text !== undefined) io.out(text)
    else if (bundle) noteBundle(input.output, bundle, io)
    else {
      if (written?.directory) io.note(writeResultText(input.output, written))
      const { resources } = snapshot
      io.note(`Wrote ${plural(resources.length, 'resource')} to ${input.output}: ${kindsText(resources)}\n`)
    }
    return 'ok'
  },
})
