import { plural } from '../plain-text.ts'
import { defineCommand, required } from './command.ts'
import { identityOption, recipientOption } from './options.ts'

export const rekey = defineCommand({
  name: 'rekey',
  group: 'Share',
  summary: 'Encrypt the secrets of a snapshot for other recipients',
  description:
    'Decrypts every encrypted value of a snapshot and encrypts it for other recipients, in place. Comments, order and all other content are unchanged.',
  arguments: { snapshot: required('file or directory') },
  options: { ...recipientOption, ...identityOption },
  examples: [
    'rekey prod.snapshot.yaml --identity key.txt --recipient age1… --recipient age1…',
    'rekey platform/ --identity key.txt',
  ],
  async run(input, io) {
    const operations = await import('../operations/rekey.ts')
    const { secrets, recipients } = await operations.rekey(input, io)
    const done = `Encrypted ${plural(secrets, 'secret')} of ${input.snapshot} for ${plural(recipients, 'recipient')}\n`
    io.note(secrets === 0 ? `${input.snapshot} holds no encrypted values and is unchanged\n` : done)
    return 'ok'
  },
})
