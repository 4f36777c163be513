import type { Writer } from './writer.ts'

interface Format {
  /** What it is for, in `--help`. */
  readonly doc: string
  /** Loads the writer, which a command needs only if it is asked for. */
  load(): Promise<Writer>
}

/** The formats of other tools that resources can be written in. A new one is one file and one line here. */
export const writers = {
  'prefect-yaml': {
    doc: 'prefect.yaml with the deployments',
    load: async () => (await import('./prefect-yaml/deploy-file.ts')).prefectYaml,
  },
  terraform: {
    doc: 'a Terraform configuration',
    load: async () => (await import('./terraform/terraform.ts')).terraform,
  },
  automations: {
    doc: 'files for prefect automation create',
    load: async () => (await import('./automation-files.ts')).automations,
  },
} as const satisfies Readonly<Record<string, Format>>

/** The name of a format. */
export type FormatName = keyof typeof writers

/** What each format is for, by its name. */
export const formatDocs = Object.fromEntries(Object.entries(writers).map(([name, { doc }]) => [name, doc])) as Readonly<
  Record<FormatName, string>
>
