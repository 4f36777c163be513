import type { GraphReport } from './model/report.ts'
import type { Reporter, View } from './reporter.ts'
import type { Explained } from './text/explanation.ts'
import type { SecretsReport } from './text/secret-table.ts'

/** Every format of a report, by its name for `--format`. Each module is loaded on first use. */
export const reporters = {
  text: async () => (await import('./text/text.ts')).text,
  json: async () => (await import('./json-report.ts')).json,
  markdown: async () => (await import('./markdown/markdown.ts')).markdown,
  html: async () => (await import('./html/html.ts')).html,
} satisfies Readonly<Record<string, () => Promise<Reporter>>>
export type Format = keyof typeof reporters

/** Every format of a report, the default first. */
export const formats = Object.keys(reporters) as [Format, ...Format[]]

/** Every format of `graph`. */
export const graphReporters = {
  mermaid: async () => (await import('./graph/mermaid.ts')).mermaid,
  dot: async () => (await import('./graph/dot.ts')).dot,
  svg: async () => (await import('./graph/svg.ts')).svg,
  html: reporters.html,
  json: reporters.json,
} satisfies Readonly<Record<string, () => Promise<Reporter<GraphReport>>>>
export type GraphFormat = keyof typeof graphReporters

/** Every format of `graph`, the default first. */
export const graphFormats = Object.keys(graphReporters) as [GraphFormat, ...GraphFormat[]]

/** Every format of `explain`. */
export const explanationReporters = {
  text: async () => (await import('./text/explanation.ts')).explanationText,
  json: async () => (await import('./json-report.ts')).schemaJson,
} satisfies Readonly<Record<string, () => Promise<(explained: Explained, view: View) => string>>>
type ExplanationFormat = keyof typeof explanationReporters

/** Every format of `explain`, the default first. */
export const explanationFormats = Object.keys(explanationReporters) as [ExplanationFormat, ...ExplanationFormat[]]

/** Every format of `secrets list`. */
export const secretsReporters = {
  text: async () => (await import('./text/secret-table.ts')).secretTable,
  json: reporters.json,
} satisfies Readonly<Record<string, () => Promise<(report: SecretsReport, view: View) => string>>>
type SecretsFormat = keyof typeof secretsReporters

/** Every format of `secrets list`, the default first. */
export const secretsFormats = Object.keys(secretsReporters) as [SecretsFormat, ...SecretsFormat[]]
