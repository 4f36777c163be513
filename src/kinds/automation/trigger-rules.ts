import { isObject, type Json, type JsonObject, type Pointer, step } from '../../json.ts'
import type { Finding, Rule } from '../../kind.ts'
import { suggest } from '../../suggest.ts'
import { list, object, objects } from '../endpoints.ts'
import { isTime, laxInteger, laxSeconds, noTime } from '../lax-values.ts'
import { parts } from './trigger.ts'

const schemas = 'prefect/server/events/schemas/automations.py'
const triggerTypes = ['event', 'compound', 'sequence', 'metric']

type Problem = Omit<Finding, 'pointer'> & { readonly at?: string }

/** Judges each trigger, also those inside of others. A trigger of an unknown type is left alone. */
function each(types: readonly string[], judge: (trigger: JsonObject) => Iterable<Problem>): Rule['find'] {
  return function* (value) {
    for (const { part, pointer } of parts(value, ''))
      if (types.includes(String(part.type)))
        for (const { at, ...problem } of judge(part))
          yield { pointer: at === undefined ? pointer : step(pointer, at), ...problem }
  }
}

const isComposite = ['compound', 'sequence']

/** What Prefect demands of triggers. */
export const triggerRules: readonly Rule[] = [
  {
    name: 'trigger-type',
    doc: 'The type of a trigger is event, compound or sequence; only Prefect Cloud has metric.',
    source: `${schemas}: ServerTriggerTypes`,
    *find(value) {
      for (const { part, pointer } of parts(value, '')) {
        const type = String(part.type)
        if (!triggerTypes.includes(type))
          yield { pointer: `${pointer}/type`, ...unknownType('trigger', type, triggerTypes) }
      }
    },
  },
  {
    name: 'posture',
    doc: 'An event trigger has the posture Reactive or Proactive.',
    source: `${schemas}: EventTrigger.posture`,
    find: each(['event'], function* ({ posture }) {
      if (posture === 'Reactive' || posture === 'Proactive') return
      const what = posture === undefined ? 'no posture' : `the posture ${JSON.stringify(posture)}`
      yield {
        ...(posture === undefined ? {} : { at: 'posture' }),
        problem: `an event trigger with ${what}`,
        fix: 'Write posture: Reactive, for events that occur, or posture: Proactive, for events that do not.',
      }
    }),
  },
  {
    name: 'within',
    doc: 'The time of a trigger is a number of seconds, or a duration such as PT10M. That of an event trigger is not negative, and at least 10 seconds (or 0 for 10) for a Proactive one.',
    source: `${schemas}: EventTrigger.enforce_minimum_within_for_proactive_triggers`,
    find: each([...isComposite, 'event'], function* ({ type, within, posture }) {
      if (within === undefined || (within === null && type !== 'event')) return
      const seconds = Number(laxSeconds(within))
      if (within === null)
        yield {
          at: 'within',
          problem: 'an event trigger whose within is null',
          fix: 'Remove within, or write seconds.',
        }
      else if (!isTime(within)) yield { at: 'within', ...noTime('within', within) }
      else if (type === 'event' && seconds < 0 && posture !== 'Proactive')
        yield { at: 'within', problem: `within of ${seconds} seconds`, fix: 'Write 0 or more seconds.' }
      else if (type === 'event' && posture === 'Proactive' && seconds !== 0 && seconds < 10)
        yield {
          at: 'within',
          problem: `within of ${seconds} seconds: a Proactive trigger waits for at least 10`,
          fix: 'Write 10 or more seconds.',
        }
    }),
  },
  {
    name: 'threshold',
    doc: 'The threshold of an event trigger is an integer.',
    source: `${schemas}: EventTrigger.threshold`,
    find: each(['event'], function* ({ threshold }) {
      if (threshold !== undefined && laxInteger(threshold) === undefined)
        yield {
          at: 'threshold',
          problem: `the threshold ${JSON.stringify(threshold)}, which is no integer`,
          fix: 'Write the number of events.',
        }
    }),
  },
  {
    name: 'event-names',
    doc: 'after, expect and for_each are lists of texts.',
    source: `${schemas}: EventTrigger`,
    find: each(['event'], function* (trigger) {
      for (const at of ['after', 'expect', 'for_each']) {
        const names = trigger[at]
        if (names !== undefined && !(Array.isArray(names) && names.every((name) => typeof name === 'string')))
          yield { at, problem: `${at}, which is no list of texts`, fix: `Write ${at}: [NAME].` }
      }
    }),
  },
  {
    name: 'match',
    doc: 'match maps labels to a text or a list of texts; match_related is such a map, or a list of them.',
    source: 'prefect/server/events/schemas/events.py: ResourceSpecification',
    find: each(['event'], function* (trigger) {
      for (const at of ['match', 'match_related']) {
        const value = trigger[at]
        const maps = at === 'match_related' && Array.isArray(value) ? value : [value]
        if (value !== undefined && !maps.every(isSpecification))
          yield {
            at,
            problem: `${at}, which does not map labels to texts`,
            fix: `Write ${at}: {prefect.resource.id: prefect.flow-run.*}.`,
          }
      }
    }),
  },
  {
    name: 'require',
    doc: 'A compound trigger requires any, all, or a number from 1 to that of its triggers.',
    source: `${schemas}: CompoundTrigger.validate_require`,
    find: each(['compound'], function* ({ require, triggers }) {
      const count = list(triggers).length
      if (require === 'any' || require === 'all') return
      const number = laxInteger(require ?? null)
      if (number !== undefined && Number(number) >= 1 && Number(number) <= count) return
      yield {
        ...(require === undefined ? {} : { at: 'require' }),
        problem:
          require === undefined
            ? 'a compound trigger without require'
            : `require: ${JSON.stringify(number === undefined ? require : Number(number))} of ${count} triggers`,
        fix: `Write require: any, require: all, or a number from 1 to ${count}.`,
      }
    }),
  },
  {
    name: 'triggers',
    doc: 'A compound or sequence trigger has a list of triggers.',
    source: `${schemas}: CompositeTrigger.triggers`,
    find: each(isComposite, function* ({ type, triggers }) {
      if (!Array.isArray(triggers) || !triggers.every(isObject))
        yield { problem: `a ${type} trigger without a list of triggers`, fix: 'Write triggers: as a list of triggers.' }
    }),
  },
  {
    name: 'run-loop',
    doc: 'An enabled automation that reacts to all states of flow runs does not run the inferred deployment, and a selected one only with a filter.',
    source: `${schemas}: AutomationCore.prevent_run_deployment_loops`,
    *find(trigger, { resource: { spec } }) {
      const { type = 'event', posture, expect, match, match_related: related } = object(trigger)
      if (spec.enabled === false || type !== 'event' || posture !== 'Reactive') return
      const loops = ['Scheduled', 'Pending', 'Running', '*'].map((state) => `prefect.flow-run.${state}`)
      if (!list(expect).some((event) => loops.includes(String(event)))) return
      for (const action of objects(spec.actions)) {
        if (action.type !== 'run-deployment') continue
        const isInferred = action.source === 'inferred'
        const filters = Array.isArray(related) ? related : [related]
        if (isInferred || (coversRuns(match) && filters.some(coversRuns)))
          yield {
            pointer: '',
            problem: `a trigger on every flow run that runs ${isInferred ? 'the inferred' : 'a'} deployment, which is a flow run again: an infinite loop`,
            fix: 'Select a deployment, and add labels to match or match_related.',
          }
      }
    },
  },
]

/** Whether a filter matches every flow run. */
function coversRuns(match: Json | undefined): boolean {
  const labels = Object.entries(object(match))
  if (labels.length === 0) return true
  const [[label, value] = ['', null]] = labels
  const isAll = (pattern: Json) => pattern === '*' || pattern === 'prefect.flow-run.*'
  return labels.length === 1 && label === 'prefect.resource.id' && (Array.isArray(value) ? value : [value]).some(isAll)
}

function isSpecification(value: Json | undefined): boolean {
  const isText = (item: Json) =>
    typeof item === 'string' || (Array.isArray(item) && item.every((one) => typeof one === 'string'))
  return isObject(value) && Object.values(value).every(isText)
}

/** A newer version may have more types, so a type without a similar name is only a warning. */
export function unknownType(what: string, type: string, known: readonly string[]): Problem {
  const near = known.find((name) => name === type.toLowerCase()) ?? suggest(type, known)
  const problem = `the ${what} type ${JSON.stringify(type)}, which Prefect does not have`
  return near
    ? { problem, fix: `Did you mean "${near}"?` }
    : { problem, fix: `Types: ${known.join(', ')}.`, severity: 'warning' }
}

/** A pointer to a field of an action. */
export function below(pointer: Pointer, field: string, action: JsonObject): Pointer {
  return action[field] === undefined ? pointer : step(pointer, field)
}
