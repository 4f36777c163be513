import { describeRecorded } from './recorded.ts'

describeRecorded('block', {
  // Another schema of the same type (block-schema.test.ts).
  'block/local-file-system/(deployment%2Flegacy%2Fanonymous%2Fstorage_document_id)': ['/refs/schema'],
  'block/local-file-system/results': ['/refs/schema'],
  'block/secret/api-token': ['/refs/schema'],
  'block/secret/db-login': ['/refs/schema'],
  'block/slack-webhook/alerts': ['/refs/schema'],
  'block/warehouse-login/loader': ['/refs/schema'],
  'block/warehouse/inlined': ['/refs/schema'],
  'block/warehouse/linked': ['/refs/schema'],
  'block/webhook/ticket': ['/refs/schema'],
})
