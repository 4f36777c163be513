import { type Database, openDatabase } from '../../hard/database.ts'
import { freshServer, type PrefectServer, type ServerVersion } from '../../servers/servers.ts'

/** Two servers, and how both are emptied for the next world. */
export interface WorldBench {
  readonly version: ServerVersion
  readonly source: PrefectServer
  readonly target: PrefectServer
  empty(): Promise<void>
  close(): Promise<void>
}

export async function openWorldBench(version: ServerVersion): Promise<WorldBench> {
  const [source, target] = await Promise.all([freshServer(version), freshServer(version)])
  const databases: readonly Database[] = [openDatabase(source), openDatabase(target)]
  for (const database of databases) await database.save('empty')
  return {
    version,
    source,
    target,
    async empty() {
      for (const database of databases) await database.load('empty')
    },
    async close() {
      for (const database of databases) database.close()
      await source.stop()
      await target.stop()
    },
  }
}
