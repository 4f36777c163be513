import { visible } from '../../plain-text.ts'
import type { ConditionsReport } from '../model/report.ts'

/** Describes the conditions of a scope. */
export function conditionsText(scope: ConditionsReport): string {
  const { include, exclude, tags, kinds, dependents, within } = scope
  const parts = [
    ...(kinds ? [`of ${kinds.join(' or ')}`] : []),
    ...(tags ? [`tagged ${tags.join(' or ')}`] : []),
    ...(include.join() === '**' ? [] : [include.join(', ')]),
    ...exclude.map((glob) => `not ${glob}`),
  ]
  const conditions = parts.length === 0 ? 'everything' : parts.join(', ')
  const wider = within && conditionsText(within)
  const all = visible(conditions + (dependents ? ', and its dependents' : ''))
  return wider === undefined || wider === 'everything' ? all : `${all}; within ${wider}`
}
