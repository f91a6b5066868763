import assert from 'node:assert/strict';
import { test } from 'node:test';
import pino from 'pino';
import { openStages, WITHHELD } from '../../src/agent/stages.ts';

const log = pino({ level: 'silent' });

test('a stage that takes too long is one that failed', async () => {
  const slow = { of: 's', afterAnswer: () => new Promise<string>(() => {}) };
  const late = (onFailure: 'skip' | 'refuse') => openStages([{ ...slow, onFailure }], log, 20).afterAnswer('text');
  assert.equal(await late('skip'), 'text');
  assert.equal(await late('refuse'), WITHHELD);
});

test('what a stage returns that is no answer is not taken', async () => {
  const odd = { of: 's', onFailure: 'skip', afterAnswer: () => 7, beforeAnswer: () => 'x' } as never;
  const stages = openStages([odd], log);
  assert.equal(await stages.afterAnswer('text'), 'text');
  const messages = [{ role: 'user', text: 'a' }] as const;
  assert.equal(await stages.beforeAnswer(messages), messages);
});
