// cspell:ignore pkeyopt paramgen keyout addext CAcreateserial Acreateserial
import { execFile } from 'node:child_process'
import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A certificate for `localhost` and 127.0.0.1, and the file of the authority that signed it. */
export interface Certificate {
  readonly key: string
  readonly cert: string
  readonly caFile: string
}

/** Makes an authority and a certificate, which are worth nothing outside of the test. */
export async function makeCertificate(): Promise<Certificate> {
  const dir = await mkdtemp(join(tmpdir(), 'prefect-snapshot-ca-'))
  const at = (name: string) => join(dir, name)
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const openssl = (...args: string[]) => run('openssl', args)
  await openssl(
    'req',
    '-x509',
    ...ec,
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.pem'),
    '-days',
    '2',
    '-subj',
    '/CN=Test CA',
  )
  await openssl(
    'req',
    ...ec,
    '-keyout',
    at('key.pem'),
    '-out',
    at('request.pem'),
    '-subj',
    '/CN=localhost',
    '-addext',
    'subjectAltName=DNS:localhost,IP:127.0.0.1',
  )
  await openssl(
    'x509',
    '-req',
    '-in',
    at('request.pem'),
    '-CA',
    at('ca.pem'),
    '-CAkey',
    at('ca.key'),
    '-CAcreateserial',
    '-out',
    at('cert.pem'),
    '-days',
    '2',
    '-copy_extensions',
    'copy',
  )
  const [key, cert] = await Promise.all(['key.pem', 'cert.pem'].map((name) => readFile(at(name), 'utf8')))
  return { key: key ?? '', cert: cert ?? '', caFile: at('ca.pem') }
}
