import type { Check } from '../check.ts'
import type { Kind } from '../kind.ts'
import type { Live, Reader } from '../model.ts'

/** Checks for each kind whether workers are available to run the server's resources. */
export async function checkReadiness(reader: Reader, live: Live, kinds: readonly Kind[]): Promise<readonly Check[]> {
  const resources = [...live.resources.values()]
  const checks = kinds.map(async ({ name, readiness }): Promise<readonly Check[]> => {
    const own = resources.filter(({ kind }) => kind === name)
    if (!readiness || own.length === 0) return []
    const expected = own.flatMap((resource) => readiness.ofType?.(resource, live.server) ?? [])
    return [...expected, ...(await readiness.check(reader, live.server, own))]
  })
  return (await Promise.all(checks)).flat()
}
