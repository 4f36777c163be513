import type { CommandReport } from './model/command-reports.ts'
import type { MigrateCompareReport } from './model/compare-reports.ts'
import type { FleetReport } from './model/fleet-report.ts'
import type { MigratePlanReport } from './model/migrate-reports.ts'
import type { GraphReport } from './model/report.ts'
import type { Reporter, View } from './reporter.ts'

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

/** Every format of the commands that neither plan nor compare. */
export const commandReporters = {
  text: async () => (await import('./text/command-text.ts')).commandText,
  json: reporters.json,
} satisfies Readonly<Record<string, () => Promise<(report: CommandReport, view: View) => string | Promise<string>>>>
export type CommandFormat = keyof typeof commandReporters

/** Every format of the commands that neither plan nor compare, the default first. */
export const commandFormats = Object.keys(commandReporters) as [CommandFormat, ...CommandFormat[]]

/** Every format of `migrate plan`. */
export const migratePlanReporters = {
  text: async () => (await import('./text/migrate-plan-text.ts')).migratePlanText,
  json: reporters.json,
  markdown: async () => (await import('./markdown/migrate-checklist.ts')).migrateChecklist,
} satisfies Readonly<Record<string, () => Promise<(report: MigratePlanReport, view: View) => string>>>
export type MigratePlanFormat = keyof typeof migratePlanReporters

/** Every format of `migrate plan`, the default first. */
export const migratePlanFormats = Object.keys(migratePlanReporters) as [MigratePlanFormat, ...MigratePlanFormat[]]

/** Every format of `migrate compare`. */
export const compareReporters = {
  text: async () => (await import('./text/migrate-compare-text.ts')).migrateCompareText,
  json: reporters.json,
  html: async () => (await import('./html/compare-page.ts')).comparePage,
} satisfies Readonly<Record<string, () => Promise<(report: MigrateCompareReport, view: View) => string>>>
export type CompareFormat = keyof typeof compareReporters

/** Every format of `migrate compare`, the default first. */
export const compareFormats = Object.keys(compareReporters) as [CompareFormat, ...CompareFormat[]]

/** Every format of a command that runs for several servers. */
export const fleetReporters = {
  text: async () => (await import('./text/fleet-text.ts')).fleetText,
  json: reporters.json,
  markdown: async () => (await import('./markdown/markdown-fleet.ts')).markdownFleet,
} satisfies Readonly<Record<string, () => Promise<(report: FleetReport, view: View) => string | Promise<string>>>>
