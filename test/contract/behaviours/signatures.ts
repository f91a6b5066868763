import assert from 'node:assert/strict';
import { receive } from '../inbox.ts';
import type { Behaviour } from '../subject.ts';

/** Texts that are no request of any platform, but may come with a genuine signature. */
const NONSENSE: readonly string[] = ['', '{', 'null', '"text"', '[]', '12', '{"type":', '\u0000', '<html></html>'];

/** JSON that is genuine and of no known shape, or of a shape that fits almost. */
const ODD: readonly string[] = [
  '{}',
  '{"type":null}',
  '{"type":"event_callback","event":{"type":"message","text":7}}',
  '{"type":"message","id":{},"text":[]}',
  '{"type":"message","serviceUrl":"javascript:alert(1)"}',
  '{"action":"created","comment":null,"installation":{"id":"x"}}',
  '{"type":2,"id":"7","token":1}',
  '{"__proto__":{"type":1},"constructor":{"prototype":{}}}',
  `{"type":"event_callback","event":${'['.repeat(2_000)}${']'.repeat(2_000)}}`,
  `{"type":"message","text":"${'x'.repeat(200_000)}"}`,
];

/** Who may speak at the hub's endpoint, and what is made of what is said. */
export const signatures: readonly Behaviour[] = [
  {
    sentence: 'a request that is not signed, or signed wrongly, is refused with 401 and leaves nothing',
    async run({ adapter, forgeries }) {
      const all = await forgeries();
      assert.ok(all.length >= 5);
      for (const { wrong, request } of all) {
        const { response, delivery } = await receive(adapter, request);
        assert.deepEqual([wrong, response.status, delivery], [wrong, 401, undefined]);
      }
    },
  },
  {
    sentence: 'a signature that is hours old, or hours ahead, is refused',
    needs: 'signed time',
    async run({ adapter, signedAt }) {
      for (const inS of [-7_200, 7_200]) {
        const { response, delivery } = await receive(adapter, await signedAt(Buffer.from('{"type":1,"id":"1"}'), inS));
        assert.deepEqual([inS, response.status, delivery], [inS, 401, undefined]);
      }
    },
  },
  {
    sentence: 'nonsense that is signed is refused with 400 and words that say what is wrong',
    async run({ adapter, signed }) {
      for (const body of NONSENSE) {
        const { response, delivery } = await receive(adapter, await signed(Buffer.from(body)));
        assert.deepEqual([body, response.status, delivery], [body, 400, undefined]);
        assert.ok(response.body.length > 10);
      }
    },
  },
  {
    sentence: 'JSON of an unknown shape is never a server’s error, and what is kept of it says why it is ignored',
    async run({ adapter, signed }) {
      for (const body of ODD) {
        const { response, delivery } = await receive(adapter, await signed(Buffer.from(body)));
        assert.ok(response.status < 500, `${response.status} for ${body.slice(0, 80)}`);
        assert.equal(delivery === undefined || response.status === 200, true);
        for (const event of delivery?.events ?? []) {
          assert.ok(event.kind === 'ignored' && event.reason.length > 5, JSON.stringify(event));
        }
        assert.ok((delivery?.id.length ?? 0) <= 200);
      }
    },
  },
  {
    sentence: 'a request by another method is refused',
    async run({ adapter, signed }) {
      const request = await signed(Buffer.from('{"type":1,"id":"1"}'));
      const { response, delivery } = await receive(adapter, { ...request, method: 'GET' });
      assert.deepEqual([response.status, delivery], [405, undefined]);
    },
  },
];
