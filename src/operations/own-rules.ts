import type { Context } from '../context.ts'
import { Failure, type Issue } from '../issue.ts'
import type { EnvironmentChoice } from '../project/environments.ts'
import { readPolicy } from '../project/policy-file.ts'
import { namesSomething, type PolicyRule } from '../project/policy-rules.ts'
import type { Judgment } from '../project/rule-violations.ts'
import { type Parsed, parseSnapshot } from '../snapshot/parse.ts'
import { readSnapshot } from './load-snapshot.ts'
import type { PreparedPlan } from './make-plan.ts'

/** Adds to a plan how its resources violate rules of the policy file. An error is a reason to refuse the plan. */
export async function withViolations<P extends PreparedPlan>(
  prepared: P,
  request: { readonly snapshot: string } & EnvironmentChoice,
  context: Context,
): Promise<P> {
  const { plan, parsed } = prepared
  const { issues } = await judged(parsed, readPolicy(request.snapshot, context).rules, request, context)
  return issues.length === 0 ? prepared : { ...prepared, plan: { ...plan, issues: [...issues, ...plan.issues] } }
}

/** A snapshot that was validated. */
export interface ValidatedSnapshot extends Pick<Parsed, 'snapshot' | 'issues'> {
  readonly path: string
}

/** A snapshot that was judged, with the rules of its policy file. */
interface JudgedSnapshot extends ValidatedSnapshot, Pick<Judgment, 'unused'> {
  readonly rules: readonly PolicyRule[]
}

/**
 * Reads snapshots and checks them by the rules of their policy files. Nothing is thrown for faults in them, or in the policy
 * file: these are among the issues, each once. So is a warning for a rule that names something which no snapshot has.
 */
export async function validateSnapshots(
  paths: readonly string[],
  environment: EnvironmentChoice,
  context: Context,
): Promise<readonly ValidatedSnapshot[]> {
  const all: JudgedSnapshot[] = []
  const seen = new Set<string>()
  const isNew = ({ place, message }: Issue) => {
    const key = `${place?.file}:${place?.line} ${message}`
    return !seen.has(key) && seen.add(key)
  }
  for (const path of paths) {
    const parsed = await readSnapshot(path, context, environment).catch((error: unknown) => {
      // With several paths, one that cannot be read does not hide the faults of the others.
      if (error instanceof Failure && paths.length > 1)
        return { ...parseSnapshot([], context.kinds), issues: error.issues }
      throw error
    })
    const { rules, faults } = policyRules(path, context)
    const isAsApplied = !hasErrors(parsed) || parsed.originsOf !== undefined || !chooses(environment)
    const { issues, unused } = await judged(parsed, isAsApplied ? rules : [], environment, context)
    all.push({
      path,
      snapshot: parsed.snapshot,
      issues: [...parsed.issues, ...faults.filter(isNew), ...issues],
      rules: isAsApplied ? rules : [],
      unused,
    })
  }
  const [first, ...rest] = all
  const idle = idleRules(all).map(idleRule).filter(isNew)
  return first && idle.length > 0 ? [{ ...first, issues: [...first.issues, ...idle] }, ...rest] : all
}

function chooses({ overlay, environment }: EnvironmentChoice): boolean {
  return overlay !== undefined || environment !== undefined
}

function hasErrors({ issues }: Pick<Parsed, 'issues'>): boolean {
  return issues.some(({ severity }) => severity === 'error')
}

/** The rules for a snapshot, or the faults of its policy file. */
function policyRules(path: string, context: Context) {
  try {
    return { rules: readPolicy(path, context).rules, faults: [] }
  } catch (error) {
    if (error instanceof Failure) return { rules: [], faults: error.issues }
    throw error
  }
}

async function judged(
  parsed: Parsed,
  rules: readonly PolicyRule[],
  { environment }: EnvironmentChoice,
  { kinds }: Context,
): Promise<Judgment> {
  if (rules.length === 0) return { issues: [], unused: [] }
  const { judge } = await import('../project/rule-violations.ts')
  return judge({ resources: parsed.snapshot.resources, parsed }, rules, environment, kinds)
}

/** The rules that match no resource of any snapshot that they are for. */
function idleRules(all: readonly JudgedSnapshot[]): PolicyRule[] {
  const at = ({ place }: PolicyRule) => `${place.file}:${place.line}`
  const has = (rules: readonly PolicyRule[], rule: PolicyRule) => rules.some((other) => at(other) === at(rule))
  return all
    .flatMap(({ unused }) => unused)
    .filter((rule) => namesSomething(rule) && all.every(({ rules, unused }) => !has(rules, rule) || has(unused, rule)))
}

function idleRule({ name, match, place }: PolicyRule): Issue {
  return {
    code: 'unused-rule',
    severity: 'warning',
    message: `The rule ${name} matches nothing: no resource is ${match}.`,
    fix: 'Correct the glob, or limit the rule with environments:.',
    rule: name,
    place,
  }
}
