import { runsAt } from './switch-looks.ts'
import type { SwitchMember } from './switch-members.ts'
import type { SwitchSide } from './switch-side.ts'

/** Deletes runs at the giving side that its scheduler has made for members after they were switched off there. */
export async function sweep(members: readonly SwitchMember[], giving: SwitchSide): Promise<void> {
  const { to } = giving.prepared
  const all = await runsAt(giving, members, ({ giving: ref }) => ref)
  for (const [member, runs] of all) {
    const id = giving.prepared.live.resources.get(member.giving)?.id
    // A run that is late was there before, and a worker may take it at any moment.
    const isNew = runs.some(({ auto, state }) => auto && state === 'waiting')
    if (isNew && id !== undefined) await member.kind.runs?.clear(to.client.uninterrupted, id, to.server.version)
  }
}
