import { Failure } from '../issue.ts'
import type { OpenConnection } from './connect.ts'

/**
 * Throws `Failure` if data of a server that would be shown or written contains the credentials that were sent to it:
 * because it echoes requests, or because somebody stored them there. Values of secrets are not looked at.
 */
export function refuseEchoes({ client }: OpenConnection, data: unknown): void {
  if (!client.echoes(JSON.stringify(data) ?? '')) return
  throw new Failure([
    {
      code: 'echoed-credentials',
      severity: 'error',
      message: `The data of ${client.url} contains the credentials that were sent there, so it is neither shown nor written.`,
      fix: 'If somebody stored them there on purpose, make the value a secret with secret_paths: in prefect-snapshot.yaml or --secret-path. Otherwise the server, or a proxy, repeats requests: do not use it.',
    },
  ])
}
