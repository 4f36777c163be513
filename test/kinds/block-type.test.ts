import { describeRecorded } from './recorded.ts'

describeRecorded('block-type', {
  // Types that the two versions register with other texts and pictures; they are not rewritten.
  'block-type/local-file-system': ['/spec/logo_url'],
  'block-type/secret': ['/spec/logo_url'],
  'block-type/slack-webhook': ['/spec/description', '/spec/logo_url'],
  'block-type/webhook': ['/spec/logo_url'],
})
