import assert from 'node:assert/strict';
import { test } from 'node:test';
import { estimateTokens } from '../../src/llm/tokens.ts';

const of = (text: string): number => estimateTokens({ system: '', messages: [{ role: 'user', text }] });

test('a text is estimated with rather too many tokens than too few', () => {
  // Counted with OpenAI's o200k_base: 10, 7 and 12 tokens.
  assert.ok(of('The quick brown fox jumps over the lazy dog.') >= 10);
  assert.ok(of('今天天气怎么样？') >= 7);
  assert.ok(of('for (let i = 0; i < 10; i += 1) {}') >= 12);
});

test('tools, calls, what is carried, images and the system text count as well', () => {
  const plain = of('x');
  const user = { role: 'user', text: 'x' } as const;
  const more = (rest: object): number => estimateTokens({ system: '', messages: [user], ...rest });
  const call = { id: '1', name: 'f', arguments: 'y'.repeat(300) };
  const carried = { provider: 'p', model: 'm', items: ['z'.repeat(300)] };
  assert.ok(more({ system: 'x'.repeat(300) }) >= plain + 100);
  assert.ok(more({ tools: [{ name: 'f', description: 'x'.repeat(300), parameters: {} }] }) >= plain + 100);
  assert.ok(more({ messages: [user, { role: 'assistant', text: '', calls: [call] }] }) >= plain + 100);
  assert.ok(more({ messages: [user, { role: 'assistant', text: '', carried }] }) >= plain + 100);
  const image = { mediaType: 'image/png', bytes: new Uint8Array(3), digest: 'd' } as const;
  assert.ok(more({ messages: [{ ...user, images: [image, image] }] }) >= plain + 2000);
});
