import { describeRecorded } from './recorded.ts'

describeRecorded('block-schema', {
  // From 3.6.24 on the client gives every property a position, and with it every schema another checksum.
  'block-schema/local-file-system/0fc8b7f9': ['only on 3.8.8'],
  'block-schema/local-file-system/80dd31d7': ['only on 3.4.14'],
  'block-schema/secret/c078ed9c': ['only on 3.8.8'],
  'block-schema/secret/f290d6be': ['only on 3.4.14'],
  'block-schema/slack-webhook/415bae7e': ['only on 3.8.8'],
  'block-schema/slack-webhook/4c5f58a0': ['only on 3.4.14'],
  'block-schema/warehouse-login/0de83bd0': ['only on 3.8.8'],
  'block-schema/warehouse-login/1fca467d': ['only on 3.4.14'],
  'block-schema/warehouse/4e79f461': ['only on 3.8.8'],
  'block-schema/warehouse/984548ec': ['only on 3.4.14'],
  'block-schema/webhook/58bb03f0': ['only on 3.8.8'],
  'block-schema/webhook/61e9dbea': ['only on 3.4.14'],
})
