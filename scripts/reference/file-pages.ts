import { schemaFile } from './json-page.ts'
import { block, generated, page, prose } from './markdown-text.ts'
import { schemaTable } from './schema-tables.ts'

interface FilePage {
  readonly schema: string
  readonly title: string
  readonly intro: readonly string[]
  readonly example: string
  readonly after?: readonly string[]
}

/** Files that people write, by the name of their page. A test reads each example with the code that reads such a file. */
export const filePages: Readonly<Record<'policy' | 'overlay' | 'waves', FilePage>> = {
  policy: {
    schema: 'policy',
    title: 'Policy file',
    intro: [
      '`prefect-snapshot.yaml` says what a repository of snapshots agrees on: what is never deleted, who can decrypt secrets, the environments with their overlays, and rules of your own. It is searched in the directory of the snapshot and in those above it. `prefect-snapshot init` writes one.',
      'A policy file that others can write to is not used to change a server, unless you pass `--trust-directory`. Its faults are reported all at once, each with its line.',
    ],
    example: `version: 1
protect: [work-pool/**, block/**]
moved:
  - {from: variable/old-name, to: variable/new-name}
recipients: [age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p]
secret_paths: ['deployment/**#/spec/job_variables/env/*_KEY']
environments:
  prod: prod.overlay.yaml
  site: [prod.overlay.yaml, site.overlay.yaml]
rules:
  - name: owner-tag
    match: deployment/**
    environments: [prod]
    schema: {properties: {spec: {properties: {tags: {contains: {pattern: '^owner:'}}}}}}
    message: Deployments of prod have an owner tag.`,
    after: [
      'The recipe [Rules of your own](../recipes/rules.md) has more rules. `prefect-snapshot schema --of policy` prints the JSON Schema, which is [`schemas/policy.v1.json`](../../schemas/policy.v1.json), too.',
    ],
  },
  overlay: {
    schema: 'overlay',
    title: 'Overlay file',
    intro: [
      'An overlay is what is different in one environment: it changes the documents of a snapshot before they are checked and planned. Pass it with `--overlay FILE`, or list it in the [policy file](policy.md) and pass `-E NAME`.',
      `An entry that matches nothing, a pointer to a missing place, an unset variable and a value of the wrong type are errors, each with its line. Texts may contain \`\${env:NAME}\`, the value of an environment variable, and \`\${json:NAME}\`, the same as JSON; write \`$\${env:NAME}\` for the text itself. Overlays match the names of the snapshot; renames take effect after all entries.`,
    ],
    example: `kind: overlay
version: 1
external: [block/secret/prod-token]
map: {work-pool/dev: work-pool/k8s}
entries:
  - match: deployment/**
    set:
      /spec/parameters/bucket: s3://\${env:BUCKET}-prod
      /spec/parameters/workers: \${json:WORKERS}
    merge: {spec: {tags: [prod]}}
    remove: [/spec/job_variables/env/DEBUG]
    refs: {queue: work-queue/k8s/high}
  - match: flow/*
    rename: {from: 'dev-*', to: 'prod-*'}
  - match: variable/tmp_*
    drop: true
  - match: deployment/**
    where: {refs.infrastructure: '*', spec.tags.*: etl}
    remove: [/refs/infrastructure]
  - match: '{deployment,block}/**'
    replace: {from: dev-bucket, to: '\${env:BUCKET}-prod'}`,
    after: [
      '`prefect-snapshot schema --of overlay` prints the JSON Schema, which is [`schemas/overlay.v1.json`](../../schemas/overlay.v1.json), too. [Why overlays are as they are](../decisions/0030-overlays.md).',
    ],
  },
  waves: {
    schema: 'waves',
    title: 'Waves file',
    intro: [
      '`waves.yaml` says which deployments and automations move from the old server to the new one together. Every command of `migrate` reads it; `--waves FILE` names another one. The journal of the migration is beside it.',
    ],
    example: `version: 1
from: old
to: new
overlay: new.overlay.yaml
waves:
  - name: ingest
    tag: [ingest, landing]
  - name: reports
    include: [deployment/report-*/**, automation/report-*]
    exclude: deployment/report-yearly/**
    after: ingest`,
    after: [
      '[Migration in waves](../migrate.md) says what each command does with it. `prefect-snapshot schema --of waves` prints the JSON Schema, which is [`schemas/waves.v1.json`](../../schemas/waves.v1.json), too.',
    ],
  },
}

/** docs/reference/policy.md, overlay.md and waves.md. */
export function filePage(name: keyof typeof filePages): string {
  const { schema, title, intro, example, after = [] } = filePages[name]
  return page(
    `# ${title}`,
    generated,
    ...intro,
    block(example, 'yaml'),
    '## Fields',
    'Lists are `[]`, and `NAME` stands for a name that you choose.',
    schemaTable(schemaFile(schema)),
    ...after.map((text) => (text.includes('](') ? text : prose(text))),
  )
}
