import type { Diagnosis } from './api-error.ts'

/** Whether an error code is about TLS. */
export function isOfTls(code: string): boolean {
  return /CERT|SSL|TLS|^EPROTO$|UNABLE_TO_VERIFY|UNABLE_TO_GET/.test(code)
}

/** Diagnoses a failed handshake with `peer`; `plain` says what to do if it does not speak TLS. */
export function tlsProblem(code: string, peer: string, plain: string): Diagnosis {
  if (/EPROTO|WRONG_VERSION|PACKET_LENGTH/.test(code))
    return { code: 'tls', cause: `${peer} does not speak TLS (${code})`, fix: plain }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return { code: 'tls', cause: `the certificate of ${peer} is for another host`, fix: 'Check the host in the URL.' }
  const fix = 'Set PREFECT_API_SSL_CERT_FILE to the file of the CA certificate.'
  return { code: 'tls', cause: `the certificate of ${peer} is not trusted (${code})`, fix }
}
