import { pathText } from '../field-path.ts'
import type { Issue } from '../issue.ts'
import { type Pointer, step } from '../json.ts'
import type { Around, Finding, Kind, Rule } from '../kind.ts'
import type { Ref, Resource } from '../model.ts'
import { visible } from '../plain-text.ts'
import { refOf } from '../ref.ts'
import { userSchemas } from './user-schemas.ts'

/** Everything that Prefect would refuse in these resources, by the rules of their kinds. */
export function checkRules(
  resources: readonly Resource[],
  kinds: readonly Kind[],
  wanted: (rule: Rule) => boolean = () => true,
): Issue[] {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  const byRef = new Map(resources.map((resource) => [refOf(resource), resource]))
  const resourceOf = (ref: Ref) => byRef.get(ref)
  const schemas = userSchemas()
  return resources.flatMap((resource) => {
    const kind = byName.get(resource.kind)
    return kind ? checkResource(kind, { resource, resourceOf, schemas }, wanted) : []
  })
}

function checkResource({ fields, keyRules = [] }: Kind, around: Around, wanted: (rule: Rule) => boolean): Issue[] {
  const { key, spec } = around.resource
  const issues = keyRules
    .filter(wanted)
    .flatMap((rule) => [...rule.find(key, around)].map((one) => issueOf(one, rule, '/key', around)))
  for (const [name, { rules = [] }] of Object.entries(fields)) {
    const value = spec[name]
    if (value === undefined) continue
    const at = step('/spec', name)
    for (const rule of rules.filter(wanted))
      for (const one of rule.find(value, around)) issues.push(issueOf(one, rule, at, around))
  }
  return issues
}

function issueOf(finding: Finding, { held, since }: Rule, at: Pointer, { resource }: Around): Issue {
  const ref = refOf(resource)
  const pointer = at + finding.pointer
  const from = since ? ` from ${since} on` : ''
  return {
    code: 'refused-value',
    severity: held === undefined ? (finding.severity ?? 'error') : 'warning',
    message: `${visible(ref)} ${pathText(pointer)}: Prefect${from} refuses ${visible(finding.problem)}${held ? `; ${held}` : ''}.`,
    ...(finding.fix ? { fix: finding.fix } : {}),
    ref,
    pointer,
  }
}
