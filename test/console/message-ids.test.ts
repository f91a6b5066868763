import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageIdsOf } from '../../src/console/message-ids.ts';

const has = (copied: string, ...ids: string[]): void => {
  const found = messageIdsOf(copied);
  for (const id of ids) assert.ok(found.includes(id), `${id} in ${found.join(' ')}`);
};

test('a link stands for the ids that its parts have on the platforms', () => {
  has('https://acme.slack.com/archives/C024BE91L/p1355517523000008?cid=C024BE91L', 'C024BE91L', '1355517523.000008');
  has('https://discord.com/channels/81384788765712384/381870553235193857/1172236784930193408', '1172236784930193408');
  has(
    'https://teams.microsoft.com/l/message/19%3Aabc%40thread.tacv2/1699877523123?parentMessageId=1699877000000',
    '19:abc@thread.tacv2',
    '1699877523123',
  );
  has('https://github.com/acme/site/pull/7#discussion_r1390234567', '1390234567', 'r1390234567');
  has('https://github.com/acme/site/pull/7#issuecomment-1390234567', 'c1390234567');
  has('https://github.com/acme/site/pull/7#pullrequestreview-1390234567', 'v1390234567');
});

test('an id is taken as it is, and what is no address is no mistake', () => {
  has(' 1355517523.000008 ', '1355517523.000008');
  has('c1390234567', 'c1390234567');
  has('https://%zz/%E0%A4', 'https://%zz/%E0%A4');
  assert.ok(messageIdsOf(`https://x.example/${'a/'.repeat(500)}`).length <= 60);
});
