import { Failure } from '../issue.ts'
import type { Kind } from '../kind.ts'
import { readLive } from '../live/read-live.ts'
import type { Live, LiveResource, Snapshot } from '../model.ts'
import { confirmed, type Performed, type PerformFlags, performPlan } from '../operations/apply-plan.ts'
import { connected } from '../operations/connect.ts'
import { withPlaceholdersOf } from '../operations/declared-secrets.ts'
import { makePlanOf, type PlanFlags, refusal } from '../operations/make-plan.ts'
import type { SecretFlags } from '../operations/secret-sources.ts'
import { snapshotOf } from '../operations/server-snapshot.ts'
import type { Activation } from '../plan/activation.ts'
import { readPolicy } from '../project/policy-file.ts'
import { refOf } from '../ref.ts'
import type { Format } from '../report/index.ts'
import { kindTable } from '../report/text/kind-table.ts'
import { withPlaceholders } from '../secrets/placeholders.ts'
import { refuseUnknownKinds, type Selection, selected, selects } from '../selection/selection.ts'
import { formatSnapshot } from '../snapshot/format.ts'
import { writeText } from '../store/files.ts'
import type { ExitStatus, Io } from './io.ts'
import { printApply, type Shown, showPlan } from './show-plan.ts'

export interface TransferFlags extends Selection, PerformFlags, SecretFlags {
  readonly from: string
  readonly to: string
  readonly dryRun?: boolean
  /** Keeps the snapshot, with placeholders for secrets, in this file. */
  readonly save?: string
  readonly activation: Activation
  readonly allowUnresolved?: boolean
  readonly skipUnsupported?: boolean
  readonly allowSameServer?: boolean
  readonly overrideChangeLimit?: boolean
  readonly format?: Format
}

/** Export and apply in one go; secrets pass from server to server in memory. */
export async function transfer(flags: TransferFlags, kinds: readonly Kind[], io: Io): Promise<ExitStatus> {
  refuseUnknownKinds(flags, kinds)
  const source = await connected({ profile: flags.from }, io, async ({ client, server }) => {
    if (!io.quiet) io.err(`Reading ${flags.from}  ${server.url}  (Prefect ${server.version})\n`)
    io.onEvent({ type: 'phase', phase: 'reading' })
    return readLive(client, server, kinds, { on: io.onEvent })
  })
  io.warn(source.issues)
  const held = withPlaceholdersOf(readPolicy('-', io.cwd), source, kinds)
  const snapshot = transferred(held, flags, kinds)
  if (flags.save !== undefined) await save(flags.save, snapshot, kinds, io)
  return connected({ profile: flags.to }, io, async (to) => {
    if (!flags.allowSameServer && source.server.url === to.server.url) throw sameServer('both have the same URL')
    const how: PlanFlags = { ...planFlags(flags), snapshot: `profile ${flags.from}`, profile: flags.to }
    const more = selects(flags) ? { whole: transferred(held, {}, kinds) } : {}
    const planned = await makePlanOf({ snapshot, issues: [], placeOf: () => undefined }, how, to, kinds, io, more)
    if (!flags.allowSameServer && sharesIds(source, planned.live))
      throw sameServer(
        'the same objects have the same ids on both; it is one server behind two URLs, or a copy of its database',
      )
    return carryOut(flags, { planned, flags: how, to, kinds }, io)
  })
}

async function carryOut(flags: TransferFlags, shown: Shown, io: Io): Promise<ExitStatus> {
  const { planned, kinds, to } = shown
  const { issues, exit } = refusal(planned.plan, shown.flags) ?? { issues: [], exit: 'ok' }
  await showPlan(shown, issues, io)
  const finish = async (performed: Performed): Promise<ExitStatus> => {
    if ((flags.format ?? 'text') === 'text') tellKinds(shown, performed, io)
    return printApply(shown, issues, performed, io)
  }
  if (exit !== 'ok' || flags.dryRun || planned.plan.changes.length === 0) return finish({ exit })
  if (await confirmed(flags, planned, to, io))
    return finish(await performPlan(planned, `transfer from ${flags.from}`, flags, to, kinds, io))
  io.err('Nothing was changed.\n')
  return 'failed'
}

function tellKinds({ planned, kinds }: Shown, { outcomes }: Performed, io: Io): void {
  const refs = planned.parsed.snapshot.resources.map(refOf)
  io.out(
    `\n${kindTable(
      refs,
      planned.plan,
      outcomes,
      kinds.map(({ name }) => name),
      io.style,
    )}`,
  )
}

function planFlags(flags: TransferFlags) {
  const { allowUnresolved, skipUnsupported, overrideChangeLimit, activation, format, envFile } = flags
  return {
    activation,
    ...(envFile ? { envFile } : {}),
    ...(allowUnresolved ? { allowUnresolved } : {}),
    ...(skipUnsupported ? { skipUnsupported } : {}),
    ...(overrideChangeLimit ? { overrideChangeLimit } : {}),
    ...(format ? { format } : {}),
  }
}

/** What is to be moved. Secrets stay in their type; those that the source does not show are placeholders. */
export function transferred(source: Live, flags: Selection, kinds: readonly Kind[]): Snapshot {
  const carried = selected([...source.resources.values()], kinds, flags)
  const placeholders = withPlaceholders(carried, kinds)
  const resources = carried.map((resource, index) =>
    Object.values(resource.secrets).some((placeholder) => 'masked' in placeholder)
      ? { ...resource, secrets: mixed(resource, placeholders[index]?.secrets ?? {}) }
      : resource,
  )
  return snapshotOf(source.server, flags, resources)
}

function mixed({ secrets }: LiveResource, placeholders: LiveResource['secrets']): LiveResource['secrets'] {
  return Object.fromEntries(
    Object.entries(secrets).map(([pointer, placeholder]) => [
      pointer,
      'masked' in placeholder ? (placeholders[pointer] ?? placeholder) : placeholder,
    ]),
  )
}

async function save(path: string, snapshot: Snapshot, kinds: readonly Kind[], io: Io): Promise<void> {
  const text = formatSnapshot({
    ...snapshot,
    resources: withPlaceholders(snapshot.resources as readonly LiveResource[], kinds),
  })
  await writeText(path, text)
  io.err(`Saved what was read as ${path}\n`)
}

/** Whether two servers hold the same objects under the same ids; those that every server makes by itself do not count. */
function sharesIds(from: Live, to: Live): boolean {
  const own = [...to.resources.values()].filter(
    ({ kind, id }) => !['block-type', 'block-schema'].includes(kind) && id !== 'server',
  )
  return own.length > 0 && own.every((resource) => from.resources.get(refOf(resource))?.id === resource.id)
}

function sameServer(reason: string): Failure {
  return new Failure([
    {
      code: 'same-server',
      severity: 'error',
      message: `source and destination are the same server: ${reason}`,
      fix: 'Check the two profiles; --allow-same-server goes on nevertheless',
    },
  ])
}
