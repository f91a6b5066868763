import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { Attachment } from '../../../src/model/message.ts';
import type { Behaviour, Talk } from '../subject.ts';
import { fails, soon, unique } from '../tools.ts';

const FILE = { name: 'notes.txt', mediaType: 'text/plain', bytes: Buffer.from('0123456789') };

/** Files that come with messages. */
export const files: readonly Behaviour[] = [
  {
    sentence: 'a file that is shared is listed by its name and can be read, whole or in part',
    async run(talk) {
      const { handle, name } = await shared(talk);
      assert.equal(name, FILE.name);
      const whole = await talk.adapter.fetchAttachment(talk.access, handle, 100, soon());
      assert.deepEqual([Buffer.from(whole.bytes).toString(), whole.truncated], ['0123456789', false]);
      const some = await talk.adapter.fetchAttachment(talk.access, handle, 4, soon());
      assert.deepEqual([Buffer.from(some.bytes).toString(), some.truncated], ['0123', true]);
    },
  },
  {
    sentence: 'a handle that leads to another host is refused, and nothing is asked there',
    async run(talk) {
      const { handle } = await shared(talk);
      assert.ok(handle.includes(talk.standIn.url));
      let asked = 0;
      const server = createServer((_, response) => {
        asked += 1;
        response.end('caught');
      });
      await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
      const address = server.address();
      assert.ok(address !== null && typeof address === 'object');
      const strange = handle.replace(talk.standIn.url, `http://127.0.0.1:${address.port}`);
      const read = talk.adapter.fetchAttachment(talk.access, strange, 100, soon());
      await fails(talk, read, 'refused').finally(() => server.close());
      assert.equal(asked, 0);
    },
  },
  {
    sentence: 'a handle holds none of the credentials',
    async run(talk) {
      const { handle } = await shared(talk);
      for (const secret of talk.secrets) assert.ok(!handle.includes(secret));
    },
  },
];

async function shared({ people, inbox }: Talk): Promise<Attachment> {
  const name = unique('see');
  await people.share(name, FILE);
  const { message } = await inbox.event('message', (event) => event.message.text.startsWith(name));
  const [attachment, ...others] = message.attachments;
  assert.ok(attachment);
  assert.equal(others.length, 0);
  return attachment;
}
