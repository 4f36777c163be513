import { ApiError } from '../client/client.ts'
import type { Issue } from '../issue.ts'
import type { Kind } from '../kind.ts'
import type { Plan, Reader, Server } from '../model.ts'
import { plural } from '../plain-text.ts'
import { splitRef } from '../ref.ts'

/**
 * The routes that a plan needs for its creates and the server lacks, although its version has them: one issue each. A GET of
 * a route that only creates is answered with 405 where it exists. Changes and deletes have the path of a read, so that no
 * read tells whether they exist. Prefect Cloud is not asked: nobody knows how its gateway answers. Never rejects.
 */
export async function missingRoutes(
  reader: Pick<Reader, 'get'>,
  { version }: Pick<Server, 'version'>,
  { changes }: Pick<Plan, 'changes'>,
  kinds: readonly Kind[],
): Promise<readonly Issue[]> {
  if (version === 'cloud') return []
  const created = new Map<string, number>()
  for (const { ref, action } of changes) {
    const { kind } = splitRef(ref)
    if (action === 'create') created.set(kind, (created.get(kind) ?? 0) + 1)
  }
  const asked = kinds.flatMap(({ name, answers = [] }) => {
    const count = created.get(name)
    return count === undefined ? [] : answers.filter(({ creates }) => creates).map(({ to }) => ({ name, count, to }))
  })
  const issues = await Promise.all(
    asked.map(async ({ name, count, to }): Promise<Issue[]> => {
      const [, path = ''] = to.split(' ')
      if (!(await isMissing(reader, path.replaceAll('*', 'none')))) return []
      const message = `The server says that its version is ${version}, but it lacks the route ${to.replaceAll('*', '{name}')}, with which it would create ${plural(count, name)}.`
      return [{ code: 'not-found', severity: 'error', message, fix }]
    }),
  )
  return issues.flat()
}

const fix = 'Check the version of the server, and whether a gateway in front of it lets only some routes through.'

/** Whether a server has no such route, in the words of its framework. Any other failure is told better by the write. */
async function isMissing(reader: Pick<Reader, 'get'>, path: string): Promise<boolean> {
  try {
    await reader.get(path)
    return false
  } catch (error) {
    return error instanceof ApiError && error.status === 404 && error.detail === 'Not Found'
  }
}
